"""Columns as migrations write them: in types of SQLAlchemy's own, for migrations outlive the models."""

from __future__ import annotations

from datetime import UTC, datetime

from bkgen.migrate.conversions import parsed
from bkgen.model.schema import StoredColumn, StoredTable
from bkgen.model.types import Kind, Type
from bkgen.render.columns import from_json, moment
from bkgen.render.literals import literal
from bkgen.render.sql_names import bounds_condition, sql_text

_TYPES = {
    "smallint": "SmallInteger()",
    "integer": "Integer()",
    "bigint": "BigInteger()",
    "double": "Double()",
    "boolean": "Boolean()",
    "uuid": "Uuid()",
    "date": "Date()",
    "time": "Time()",
    "timestamp": "DateTime()",
    "timestamptz": "DateTime(timezone=True)",
    "json": "JSON(none_as_null=True)",
    "file": "JSON(none_as_null=True)",  # what is known of it; the bytes have a column of their own
    "text": "Text()",
    "document": 'JSON().with_variant(postgresql.JSONB(), "postgresql")',
}
_INTEGERS = ("smallint", "integer", "bigint")
_KINDS = {
    "uuid": Kind.UUID,
    "date": Kind.DATE,
    "time": Kind.TIME,
    "timestamp": Kind.DATETIME,
    "timestamptz": Kind.DATETIME,
}
_NOW_IN_SQLITE = "(strftime('%Y-%m-%d %H:%M:%f000', 'now'))"
_NOW = {
    "date": "datetime.now(UTC).date()",
    "timestamp": "datetime.now(UTC).replace(tzinfo=None)",
    "timestamptz": "datetime.now(UTC)",
}
_UUID = (
    '{"mariadb": func.uuid(), "postgresql": func.gen_random_uuid(), '
    '"sqlite": func.lower(func.hex(func.randomblob(16)))}[op.get_context().dialect.name]'
)


_NOW_IN_SQL = {
    "date": ("CAST(CURRENT_TIMESTAMP AT TIME ZONE 'UTC' AS DATE)", "(UTC_DATE())", "(date('now'))"),
    "timestamp": ("(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')", "(UTC_TIMESTAMP(6))", _NOW_IN_SQLITE),
    "timestamptz": ("CURRENT_TIMESTAMP", "(UTC_TIMESTAMP(6))", _NOW_IN_SQLITE),
}
"""In PostgreSQL, MariaDB and SQLite."""


def plain_type(column: StoredColumn) -> str:
    """The type of a column, without the check of an enum, as an expression."""
    name, numbers = parsed(column.type)
    arguments = ", ".join(map(str, numbers))
    match name:
        case "varchar":
            return f"String({arguments})"
        case "bytes":
            return f"LargeBinary({arguments})"
        case "decimal":
            return f'Numeric({arguments}).with_variant(Text(), "sqlite")'
        case "bigint" | "smallint" if column.counts:
            return f'{_TYPES[name].removesuffix("()")}().with_variant(Integer(), "sqlite")'
        case _:
            return _TYPES[name]


_POSTGRESQL = {"double": "DOUBLE PRECISION"}
_SQLITE = {"double": "DOUBLE", "decimal": "TEXT"}


def value_in_document(path: str, type_: str) -> str:
    """A value that an index of a collection is over, as the models say it, in SQL that each database knows."""
    *objects, last = path.split(".")
    found = "document"
    for name in objects:
        found = f"({found} -> '{name}')"
    found = f"({found} ->> '{last}')"
    if type_ == "text":
        return f"text({literal(found)})"
    name, numbers = parsed(type_)
    in_full = f"{name}({', '.join(map(str, numbers))})" if numbers else name
    postgresql = f"CAST({found} AS {_POSTGRESQL.get(name, in_full.upper())})"
    sqlite = f"CAST({found} AS {_SQLITE.get(name, in_full.upper())})"
    if name == "uuid":
        sqlite = f"replace({found}, '-', '')"
    if sqlite == postgresql:
        return f"text({literal(sqlite)})"
    is_postgresql = 'op.get_context().dialect.name == "postgresql"'
    return f"text({literal(postgresql)} if {is_postgresql} else {literal(sqlite)})"


def full_type(column: StoredColumn) -> str:
    """The type of a column of a new table: an enum brings its check along."""
    if not column.enum:
        return plain_type(column)
    values = ", ".join(map(literal, column.enum))
    return f"Enum({values}, name={literal(column.name)}, native_enum=False, create_constraint=True)"


def table_column(column: StoredColumn, table: StoredTable) -> str:
    """The `Column(...)` of a new table, without keys and constraints, which have names of their own."""
    arguments = [literal(column.name), full_type(column)]
    key = column.name in table.key
    if key and not column.counts and column.type in _INTEGERS:
        arguments.append("autoincrement=False")
    if column.server_default is not None:
        arguments.append(f"server_default={literal(column.server_default)}")
    if not key:
        arguments.append(f"nullable={column.nullable}")
    return f"Column({', '.join(arguments)})"


def added_column(column: StoredColumn, name: str | None = None) -> str:
    """The `Column(...)` of a column that comes to a table with rows: all of these have null there at first."""
    arguments = [literal(name or column.name), plain_type(column)]
    if column.server_default is not None:
        arguments.append(f"server_default={literal(column.server_default)}")
    elif column.served and not column.computed:  # from the first moment, for others may write rows meanwhile
        arguments.append(f"server_default={server_default(column)}")
    return f"Column({', '.join(arguments)}, nullable=True)"


def existing(column: StoredColumn, *, nullable: bool | None = None, type_: str = "") -> str:
    """Arguments that say what a column is until it is altered: MariaDB is told all of it anew."""
    found = [f"existing_type={type_ or plain_type(column)}"]
    found.append(f"existing_nullable={column.nullable if nullable is None else nullable}")
    if column.server_default is not None:
        found.append(f"existing_server_default={literal(column.server_default)}")
    return ", ".join(found)


def default_value(column: StoredColumn) -> str:
    """What rows get that have no value, as an expression; the column has a default."""
    value = column.default
    if column.computed:
        return _UUID if value == "uuid" else _NOW[column.type]
    name, _ = parsed(column.type)
    if name == "decimal":
        return literal(str(value))
    if (kind := _KINDS.get(name)) is None:
        return literal(value)
    type_ = Type(kind, timezone=name == "timestamptz")
    return moment(type_, str(value)) if kind is Kind.DATETIME else from_json(type_, literal(value))


def server_default(column: StoredColumn) -> str:
    """What the database itself gives, as an expression; None where it gives nothing."""
    if not column.served:
        return literal(column.server_default)
    if column.computed:
        return _UUID if column.default == "uuid" else _by_database(*_NOW_IN_SQL[column.type])
    if column.type not in ("timestamp", "timestamptz"):
        return f"literal({default_value(column)}, {plain_type(column)})"
    moment = datetime.fromisoformat(str(column.default))
    written = (moment.astimezone(UTC) if moment.tzinfo else moment).replace(tzinfo=None).isoformat(" ", "microseconds")
    zone = "+00" if column.type == "timestamptz" else ""
    return _by_database(sql_text(written + zone), sql_text(written), sql_text(written))


def _by_database(postgresql: str, mariadb: str, sqlite: str) -> str:
    """The SQL of each database, as an expression."""
    found = {"postgresql": postgresql, "mariadb": mariadb, "sqlite": sqlite}
    ways = ", ".join(f'"{name}": text({literal(sql)})' for name, sql in found.items())
    return f"{{{ways}}}[op.get_context().dialect.name]"


def check_condition(column: StoredColumn) -> str:
    """The condition that only the values of an enum, or those within the bounds, meet, as an expression."""
    if column.bounds:
        return literal(bounds_condition(column.name, column.type.startswith("decimal"), column.bounds))
    return f"column({literal(column.name)}).in_({literal(list(column.enum))})"
