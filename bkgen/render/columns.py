"""Columns as SQLAlchemy writes them: in the typed models."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from bkgen.migrate.snapshot import server_default
from bkgen.model.service import Service
from bkgen.model.tables import Column, Default, OnDelete, Reference, Table
from bkgen.model.types import ArrayForm, Kind, Type
from bkgen.render.literals import literal

_PYTHON = {
    Kind.STRING: "str",
    Kind.EMAIL: "str",
    Kind.URL: "str",
    Kind.INTEGER: "int",
    Kind.NUMBER: "float",
    Kind.BOOLEAN: "bool",
    Kind.UUID: "UUID",
    Kind.DATE: "date",
    Kind.TIME: "time",
    Kind.DATETIME: "datetime",
    Kind.DECIMAL: "Decimal",
    Kind.BYTES: "bytes",
    Kind.JSON: "Any",
    Kind.OBJECT: "dict[str, Any]",
    Kind.ANY: "Any",
    Kind.FILE: "dict[str, Any]",
}
_SQL = {
    Kind.NUMBER: "Double()",
    Kind.BOOLEAN: "Boolean()",
    Kind.UUID: "Uuid()",
    Kind.DATE: "Date()",
    Kind.TIME: "Time()",
    Kind.JSON: "JSON(none_as_null=True)",
    Kind.OBJECT: "JSON(none_as_null=True)",
    Kind.ANY: "JSON(none_as_null=True)",
    Kind.FILE: "JSON(none_as_null=True)",
}
_SERIALS = {16: "SmallSerial", 64: "BigSerial"}
_INTEGERS = {16: "SmallInteger()", 32: "Integer()", 64: "BigInteger()"}


def column_code(table: Table, name: str) -> str:
    """The attribute of the model that is a column: `Post.title`."""
    return f"{table.class_name}.{table.column(name).attribute}"


def both(conditions: Sequence[str]) -> str:
    """One condition that holds where all of these do."""
    return conditions[0] if len(conditions) == 1 else " & ".join(f"({one})" for one in conditions)


def python_type(type_: Type) -> str:
    """The annotation of a value of `type_`."""
    if type_.enum:
        return f"Literal[{', '.join(literal(value) for value in type_.enum)}]"
    return _PYTHON[type_.kind]


def sql_type(column: Column, service: Service) -> str:
    """The SQLAlchemy type of a column, as an expression."""
    type_ = column.type
    if type_.enum:
        values = ", ".join(literal(value) for value in type_.enum)
        name = literal(column.name)
        return f"Enum({values}, name={name}, native_enum=False, create_constraint=True)"
    match type_.kind:
        case Kind.STRING | Kind.EMAIL | Kind.URL:
            if service.signs_in_by_email(column):
                return f"Lowercase({type_.max_length or ''})"
            return f"String({type_.max_length})" if type_.max_length else "Text()"
        case Kind.BYTES:
            return f"LargeBinary({type_.max_length})" if type_.max_length else "LargeBinary()"
        case Kind.INTEGER:
            if column.default is Default.AUTOINCREMENT and type_.bits in _SERIALS:
                return _SERIALS[type_.bits]
            return _INTEGERS[type_.bits or 32]
        case Kind.DECIMAL if type_.precision is None:
            return "ExactNumeric()"
        case Kind.DECIMAL:
            return f"ExactNumeric({type_.precision}, {type_.scale or 0})"
        case Kind.DATETIME:
            return "UtcDateTime()" if type_.timezone else "DateTime()"
        case kind:
            return _SQL[kind]


def default(column: Column) -> str | None:
    """The value of an insert that gives none, as an expression; None where there is no default."""
    match column.default:
        case None | Default.AUTOINCREMENT:
            return None
        case Default.UUID:
            return "uuid4"
        case Default.NOW:
            return now(column.type)
        case constant if column.type.kind is Kind.DATETIME:
            return from_json(column.type, literal(_in_utc(str(constant), column.type.timezone)))
        case constant if column.type.kind is Kind.DECIMAL:
            return from_json(column.type, literal(str(constant)))
        case constant:
            return from_json(column.type, literal(constant))


def default_value(column: Column) -> str:
    """What a row gets that says nothing, as an expression of its own: a call where `default` is a function."""
    code = default(column) or "None"
    return f"{code}()" if isinstance(column.default, Default) and code != "None" else code


_FROM_JSON = {
    Kind.UUID: "UUID({})",
    Kind.DATE: "date.fromisoformat({})",
    Kind.TIME: "time.fromisoformat({})",
    Kind.DATETIME: "datetime.fromisoformat({})",
    Kind.DECIMAL: "Decimal({})",
    Kind.BYTES: "b64decode({})",
}


def from_json(type_: Type, value: str) -> str:
    """The expression that makes a column's value of the one that JSON has for it."""
    return _FROM_JSON.get(type_.kind, "{}").format(value)


def moment(type_: Type, text: str) -> str:
    """A date or time; one with a zone is in UTC, and has it where the column has."""
    text = _in_utc(text, type_.timezone) if type_.kind is Kind.DATETIME else text
    return from_json(type_, literal(text))


def _in_utc(text: str, zone: bool) -> str:
    instant = datetime.fromisoformat(text)
    instant = instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    return (instant if zone else instant.replace(tzinfo=None)).isoformat()


def now(type_: Type) -> str:
    """The function that gives the present time as a value of `type_`."""
    match type_.kind:
        case Kind.DATE:
            return "utc_today"
        case Kind.DATETIME if type_.timezone:
            return "utc_now"
        case _:
            return "local_now"


def foreign_key(column: Column, table: Table, service: Service) -> str | None:
    """The `ForeignKey(...)` of a column that refers to another table by itself."""
    if (reference := column.reference) is None:
        return None
    (target,) = targets(reference, service)
    return f"ForeignKey({literal(target)}{on_delete(reference)}{ahead(table, reference, service)})"


def targets(reference: Reference, service: Service) -> list[str]:
    """What a reference leads to, as the models say it: SQLAlchemy finds the columns by attribute."""
    table = service.table(reference.table)
    return [f"{table.name}.{table.column(name).attribute}" for name in reference.targets]


def on_delete(reference: Reference) -> str:
    """The argument that says what happens when the row referred to is deleted; empty for nothing."""
    rule = reference.on_delete
    return "" if rule is OnDelete.NO_ACTION else f", ondelete={literal(rule.value)}"


def ahead(table: Table, reference: Reference, service: Service) -> str:
    """The argument that says that the constraint comes after the table; empty where both tables can be there first."""
    return ", use_alter=True" if service.refers_ahead(table, reference) else ""


def field(column: Column, service: Service) -> str:
    """The `field(...)` of a typed model: a value in the document of its row."""
    path = ", ".join(map(literal, column.path))
    given = f", default={code}" if (code := default(column)) else ""
    doc = f", doc={literal(column.description)}" if column.description else ""
    return f"field(document, {_type_in_document(column, service)}, {path}{given}{doc})"


def in_document(column: Column, document: str, service: Service) -> str:
    """The expression that finds a value in the document of its row."""
    return f"value_at({document}, {_type_in_document(column, service)}, {', '.join(map(literal, column.path))})"


def _type_in_document(column: Column, service: Service) -> str:
    """The type of a value that JSON holds: texts of any kind are as long as the body lets them be."""
    match column.type.kind:
        case Kind.STRING | Kind.EMAIL | Kind.URL:
            return "String()"
        case Kind.DATE | Kind.TIME | Kind.DATETIME as kind:
            return f"IsoText({kind})"
        case _:
            return sql_type(column, service)


def mapped_column(column: Column, table: Table, service: Service) -> str:
    """The `mapped_column(...)` of a typed model."""
    renamed = column.attribute != column.name
    options = {
        "key": literal(column.attribute) if renamed else None,
        "primary_key": "True" if column.primary else None,
        "autoincrement": "False" if _plain_integer_key(column) else None,
        "unique": "True" if column.unique else None,
        "index": "True" if column.index else None,
        "default": default(column),
        "server_default": None if (given := server_default(column, table)) is None else literal(given),
        "onupdate": _on_update(column),
        # Not `comment`, which is part of the schema: to change a word would take a migration.
        "doc": literal(column.description) if column.description else None,
    }
    arguments = [
        literal(column.name) if renamed else None,
        sql_type(column, service),
        foreign_key(column, table, service),
        *(f"{name}={value}" for name, value in options.items() if value is not None),
    ]
    return f"mapped_column({', '.join(argument for argument in arguments if argument is not None)})"


def _on_update(column: Column) -> str | None:
    """What becomes of the column when its row is changed; None for nothing."""
    if column.version:
        return f"literal_column({literal(column.name + ' + 1')})"
    return now(column.type) if column.updated else None


def _plain_integer_key(column: Column) -> bool:
    return column.primary and column.type.kind is Kind.INTEGER and column.default is not Default.AUTOINCREMENT


def annotation(column: Column) -> str:
    """What stands in `Mapped[...]`."""
    python = python_type(column.type)
    if isinstance(column.type.form, ArrayForm):
        python = "list[Any]" if column.path else f"list[{python_type(column.type.form.items)}]"
    elif column.type.form is not None:
        python = "dict[str, Any]"
    return f"{python} | None" if column.nullable else python
