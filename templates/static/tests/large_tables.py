"""A database with many rows in each table, and what its planner means to do with them."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Concatenate, ParamSpec

import pytest
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Enum,
    ForeignKeyConstraint,
    Table,
    UniqueConstraint,
    event,
    func,
    select,
    text,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.schema import DropConstraint

from app.errors import ApiError
from app.models import Base
from tests.database import ScratchDatabase

P = ParamSpec("P")
Told = Mapping[ColumnElement[Any], str]

ROWS = 100_000
AT_ONCE = 20_000  # a statement takes no longer than requests have
MANY = ROWS // 20  # more than a request may sort, or read and not want
FEW = 10_000  # different values of a column that may repeat
MOST_OF_SMALL = 30_000  # values of an integer of 16 bits
CONDITIONS = """
    SELECT relname, pg_get_expr(indpred, indrelid)
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE indpred IS NOT NULL
"""  # of the rows that are in indexes of some rows


class LargeTables:
    """Tables of 100,000 rows, or as many as their unique rules allow.

    Every value is of its column's type, and every reference leads to a row. References themselves are
    dropped, and so are checks: they take no part in plans, and would be asked of each row. `told` has
    the SQL of the values of some columns, with a number for `{}`, and that of the row for `{row}`.
    """

    def __init__(
        self,
        database: ScratchDatabase,
        told: Mapping[InstrumentedAttribute[Any], str] = MappingProxyType({}),
    ) -> None:
        self.database = database
        by_column = {key.expression: sql for key, sql in told.items()}
        tables = Base.metadata.tables.values()
        self.rows = {table.name: _rows_of(table, by_column) for table in tables}
        database.run(_fill, by_column, self.rows)
        found = database.run(lambda connection: connection.execute(text(CONDITIONS)).all())
        self.conditions = {str(name): str(condition) for name, condition in found}

    def rarest(self, column: InstrumentedAttribute[Any]) -> Any:
        """The value of a column that the fewest rows have."""
        values = select(column).where(column.is_not(None)).group_by(column)
        return self._value(values.order_by(func.count(), column).limit(1))

    def least(self, column: InstrumentedAttribute[Any]) -> Any:
        """The least value of a column."""
        return self._value(select(func.min(column)))

    def most(self, column: InstrumentedAttribute[Any]) -> Any:
        """The greatest value of a column."""
        return self._value(select(func.max(column)))

    def read_whole(
        self,
        work: Callable[Concatenate[Connection, P], Any],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> list[str]:
        """What the statements of `work(connection, ...)` read, or sort, without need; it leaves no trace."""
        return self.database.run(self._explained, lambda one: work(one, *args, **kwargs), False)

    def read_for_page(
        self,
        work: Callable[Concatenate[Connection, P], Any],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> list[str]:
        """The same of its pages alone: nothing narrows the rows, and to count them is to read them."""
        return self.database.run(self._explained, lambda one: work(one, *args, **kwargs), True)

    def _value(self, statement: Any) -> Any:
        return self.database.run(lambda connection: connection.scalar(statement))

    def _explained(
        self, connection: Connection, work: Callable[[Connection], Any], pages: bool
    ) -> list[str]:
        plans: list[tuple[str, Any]] = []

        def explain(
            _: Connection, __: Any, statement: str, values: Any, ___: Any, many: bool
        ) -> None:
            is_page = " LIMIT " in statement
            if (
                statement.startswith(("SELECT", "UPDATE", "DELETE"))
                and not many
                and is_page >= pages
            ):
                found = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values)
                plans.append((statement, found.scalar_one()[0]["Plan"]))

        is_refused = False
        trial = connection.begin_nested()
        event.listen(connection, "before_cursor_execute", explain)
        try:
            work(connection)
        except (ApiError, IntegrityError, LookupError, ValueError):
            is_refused = True  # it cannot be done with these rows, or they cannot be shown: what was asked counts
        finally:
            event.remove(connection, "before_cursor_execute", explain)
            trial.rollback()
        if is_refused and not plans:
            pytest.skip("these rows are refused before the database is asked for any")
        assert plans, "It asked the database for nothing"
        return [
            f"{line}: {statement}"
            for statement, plan in plans
            for line in self._needless(plan, pages)
        ]

    def _needless(self, plan: dict[str, Any], is_page: bool) -> Iterator[str]:
        """What a plan reads or sorts without need.

        What a field of each row asks other tables for counts where few rows are read. For a page of many,
        PostgreSQL may take it for cheaper to read those tables once: it does not look at the limit there.
        """
        if is_page and plan.get("Parent Relationship") == "SubPlan":
            return
        kind, table = plan["Node Type"], str(plan.get("Relation Name", ""))
        below = plan.get("Plans", [])
        if kind == "Seq Scan" and self.rows[table] >= MANY:
            yield f"reads all of {table}"
        asked = plan.get("Filter")
        # Rows that are to be locked are asked again what an index of some rows says of them.
        known = self.conditions.get(str(plan.get("Index Name")))
        if "Index" in kind and table and asked not in (None, known) and "Index Cond" not in plan:
            yield f"reads {table} in order, and looks at each row"
        if kind == "Sort" and any(one["Plan Rows"] >= MANY for one in below):
            yield f"sorts {below[0]['Plan Rows']} rows by {', '.join(plan['Sort Key'])}"
        for one in below:
            yield from self._needless(one, is_page)


def _fill(connection: Connection, told: Told, rows: Mapping[str, int]) -> None:
    quote = connection.dialect.identifier_preparer.quote
    tables = Base.metadata.tables.values()
    indexes = [index for table in tables for index in table.indexes]
    for index in indexes:  # to make one of all rows is faster than to let it grow
        index.drop(connection)
    for table in tables:
        for constraint in table.constraints:
            if isinstance(constraint, ForeignKeyConstraint | CheckConstraint):
                connection.execute(DropConstraint(constraint))
    for table in tables:
        names = ", ".join(quote(column.name) for column in table.columns)
        values = ", ".join(_value_of(column, "n", connection, told) for column in table.columns)
        into = f"INSERT INTO {quote(table.name)} ({names}) SELECT {values}"
        for start in range(0, rows[table.name], AT_ONCE):
            end = min(start + AT_ONCE, rows[table.name])
            series = f"generate_series({start + 1}::bigint, {end})"
            connection.exec_driver_sql(f"{into} FROM {series} AS n")
    for index in indexes:
        index.create(connection)
    connection.execute(text("ANALYZE"))


def _rules(table: Table) -> list[list[Column[Any]]]:
    """The columns of each unique rule, those of one column first."""
    joint = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    rules = [list(table.primary_key.columns), *(list(one.columns) for one in joint)]
    return sorted(rules, key=len)


def _distinct(table: Table, told: Told) -> list[Column[Any]]:
    """Columns whose values all differ, so that every unique rule holds."""
    found: list[Column[Any]] = []
    for rule in _rules(table):
        able = [one for one in rule if _is_endless(one, told)]
        if not set(rule) & set(found):
            found += able[:1]
    return found


def _is_endless(column: Column[Any], told: Told) -> bool:
    """Whether each row can have a value of its own."""
    return not isinstance(column.type, Boolean | Enum) and "{}" in told.get(column, "{}")


def _rows_of(table: Table, told: Told) -> int:
    """How many rows it can have."""
    distinct = _distinct(table, told)
    if any(not set(rule) & set(distinct) for rule in _rules(table)):
        return 1
    return min([ROWS, *(_room(column) for column in distinct)])


def _room(column: Column[Any]) -> int:
    """How many different values a column can have."""
    type_: Any = column.type
    if str(type_.compile()) == "SMALLINT":
        return MOST_OF_SMALL
    if getattr(type_, "precision", None):
        return int(10 ** (type_.precision - (type_.scale or 0))) - 1
    length = getattr(type_, "length", None)
    return ROWS if length is None else int(16 ** min(length, 8)) - 1


def _value_of(
    column: Column[Any], row: str, connection: Connection, told: Told, depth: int = 0
) -> str:
    """SQL for the value of a column in the row of which `row` is the number."""
    distinct = column in _distinct(column.table, told)
    number = row if distinct else f"({row} * 7919 % {FEW} + 1)"
    target = next(iter(column.foreign_keys), None)
    if target is not None and depth < len(Base.metadata.tables):
        value = _value_of(target.column, number, connection, told, depth + 1)
    elif column in told:
        value = told[column].replace("{}", number).replace("{row}", row)
    else:
        value = _plain_value(column, number, row, connection)
    may_lack = column.nullable and not distinct and not depth
    return f"CASE WHEN {row} % 10 <> 7 THEN {value} END" if may_lack else value


def _plain_value(column: Column[Any], number: str, row: str, connection: Connection) -> str:
    """SQL for a value; of one of a few, the first one is in nearly all rows."""
    type_: Any = column.type
    sql = type_.compile(connection.dialect)
    if isinstance(type_, Enum):
        listed = ", ".join(map(_quoted, type_.enums))
        others = len(type_.enums) - 1
        place = f"CASE WHEN {row} % 100 < {others} THEN {row} % 100 + 2 ELSE 1 END"
        return f"(ARRAY[{listed}])[{place}]"
    match sql.split("(")[0].split()[0]:
        case "BOOLEAN":
            return f"{row} % 100 = 0"
        case "UUID":
            code = f"lpad(to_hex({number}), 32, '0')"
        case "DATE":
            code = f"date '1900-01-01' + {number}::integer"
        case "TIME":
            code = f"time '00:00' + {number} * interval '1 millisecond'"
        case "TIMESTAMP":
            code = f"timestamptz '2020-01-01 00:00Z' + {row} * interval '1 minute'"
        case "JSON" | "JSONB":
            code = "'{}'"
        case "BYTEA":
            code = f"decode(lpad(to_hex({number}), 32, '0'), 'hex')"
        case "VARCHAR" | "TEXT":
            code = f"lpad(to_hex({number}), {min(getattr(type_, 'length', None) or 32, 32)}, '0')"
        case "NUMERIC" if type_.precision:
            code = f"{number} % {10 ** (type_.precision - (type_.scale or 0))}"
        case "SMALLINT" | "INTEGER" | "BIGINT" if column.primary_key:
            code = f"-({number})"  # what counts up begins with 1
        case _:
            code = number
    return f"CAST({code} AS {sql})"


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
