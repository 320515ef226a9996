"""Rows like those of real use, in every table, as many as are asked for."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from random import Random
from types import SimpleNamespace
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Table,
    exists,
    select,
    update,
)

from app.data.bulk import AT_ONCE, count_on, insert_rows, update_rows
from app.data.numbers import mixed
from app.data.plan import ONE_IN, NoRows, Plan, Way, unique_rules
from app.data.progress import progress
from app.data.row import Follows, Holds, PasswordHash, Secret
from app.data.rows import ROWS
from app.data.times import is_time, times
from app.data.values import NoValue, Values, values_of
from app.data.words import Words
from app.mariadb_statements import delete_all
from app.models import Base

USUAL = 400  # different texts of a column whose values may repeat
LACKING = 0.1  # of the rows have nothing where that may be


class HasRows(Exception):
    """The database is in use; the text says which table has rows."""


def seed(
    connection: Connection,
    rows: Mapping[str, int],
    number: int = 1,
    password_hash: str = "",
    replace: bool = False,
) -> dict[str, int | str]:
    """Fill all tables, and say how many rows each one has got, or why it has none.

    `rows` are wanted for each table. The same `number` makes the same rows.

    Raises:
        HasRows: there are some, and they shall not be replaced.
    """
    tables = [table for table in Base.metadata.sorted_tables if table.name in ROWS]
    if replace:
        clear(connection)
    for table in tables:
        if connection.scalar(select(exists(select(table)))):
            raise HasRows(table.name)
    plans, told = plans_of(tables, rows, number)
    with progress("Seeding", sum(plan.rows for plan in plans.values())) as bar:
        for plan in plans.values():
            _fill(connection, plan, number, password_hash, bar)
    for plan in plans.values():
        for way in plan.ahead:
            if way.table in plans:
                _refer_back(connection, plan, way, plans[way.table])
        count_on(connection, plan.table)
    return {
        table.name: plans[table].rows if table in plans else told[table.name] for table in tables
    }


def clear(connection: Connection) -> None:
    """Delete all rows of all tables."""
    tables = Base.metadata.sorted_tables
    for table in tables:  # those that refer to each other could not go one before the other
        ahead = [one for one in table.foreign_key_constraints if one.use_alter]
        empty = {column.key: None for one in ahead for column in one.columns if column.nullable}
        if empty:
            connection.execute(update(table).values(empty))
    delete_all(connection, reversed(tables))


def plans_of(
    tables: Sequence[Table], rows: Mapping[str, int], number: int
) -> tuple[dict[Table, Plan], dict[str, str]]:
    """The plan of each table, those that others refer to first, and why there is none."""
    words, plans, told = Words(number), dict[Table, Plan](), dict[str, str]()
    for table in tables:
        if issubclass(ROWS[table.name], Secret):
            told[table.name] = "only its owner could use what is in it"
            continue
        values = ColumnValues(table, words, number, rows[table.name])
        try:
            plan = Plan(table, rows[table.name], values, plans, _salt(number, table.name))
            values.prepare(plan)
        except NoRows as error:
            told[table.name] = str(error)
        except NoValue:
            told[table.name] = f"no value was found that {values.asked} may have"
        else:
            plans[table] = plan
    return plans, told


class ColumnValues(dict[str, Values]):
    """The values of the columns of a table, made when they are asked for; `asked` is the last one."""

    def __init__(self, table: Table, words: Words, number: int, rows: int) -> None:
        super().__init__()
        self.asked = ""
        self._table = table
        self._words = words
        self._number = number
        self._rows = rows
        self._distinct = set[str]().union(*unique_rules(table))

    def prepare(self, plan: Plan) -> None:
        """Make those that the rows will need, or raise NoValue."""
        for column in self._table.c:
            if column.key not in plan.way_of and column.key not in plan.empty:
                self.setdefault(column.key, self[column.key])

    def __missing__(self, key: str) -> Values:
        self.asked = key
        column, field = self._table.c[key], ROWS[self._table.name].model_fields[key]
        salt = _salt(self._number, self._table.name, key)
        rows = self._rows if key in self._distinct else min(self._rows, USUAL)
        self[key] = found = values_of(column, field, self._words, salt, rows)
        return found


def _salt(*parts: object) -> int:
    """A number of 64 bits that is always the same for the same things."""
    return int.from_bytes(sha256(repr(parts).encode()).digest()[:8], "big")


def _random(*parts: object) -> Random:
    return Random(_salt(*parts))  # noqa: S311 (the same values every time are the point)


def _fill(connection: Connection, plan: Plan, number: int, password_hash: str, bar: Any) -> None:
    keys = [column.key for column in plan.table.c]
    maker = Maker(plan, password_hash)
    for start in range(0, plan.rows, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, plan.rows))
        found = maker.columns(numbers, _random(number, plan.table.name, start))
        insert_rows(
            connection, plan.table, keys, list(zip(*(found[key] for key in keys), strict=True))
        )
        bar.update(len(numbers))


class Maker:
    """Makes the rows of a plan, column by column."""

    def __init__(self, plan: Plan, password_hash: str) -> None:
        self._plan = plan
        self._hash = password_hash
        fields = ROWS[plan.table.name].model_fields
        self._marks = {key: fields[key].metadata for key in fields}
        self._referred = {
            one.column.key
            for table in Base.metadata.tables.values()
            for one in (key for rule in table.foreign_key_constraints for key in rule.elements)
            if one.column.table is plan.table
        }

    def columns(self, numbers: range, random: Random) -> dict[str, list[Any]]:
        """The values of all columns, by key, in the rows of these numbers."""
        plan, found = self._plan, dict[str, list[Any]]()
        free = [column for column in plan.table.c if not self._is_reckoned(column)]
        moments = times([one for one in free if is_time(one)], numbers, plan.rows, random)
        for column in plan.table.c:
            if column in free:
                found[column.key] = moments.get(column.key) or self._any(column, numbers, random)
            else:
                found[column.key] = [plan.value(column.key, one) for one in numbers]
        for key, marks in self._marks.items():
            for mark in marks:
                if isinstance(mark, Holds):
                    there = [one is not None for one in found[mark.column]]
                    found[key] = [mark.content if one else None for one in there]
                    found[mark.column] = [mark.description if one else None for one in there]
                elif isinstance(mark, Follows) and key not in self._referred:
                    found[key] = self._following(key, mark, found, numbers)
        return found

    def _is_reckoned(self, column: Column[Any]) -> bool:
        """Whether the plan says what the value is."""
        key, plan = column.key, self._plan
        return (
            key in plan.way_of or key in plan.digit_of or key in plan.empty or key in self._referred
        )

    def _any(self, column: Column[Any], numbers: range, random: Random) -> list[Any]:
        if any(isinstance(mark, PasswordHash) for mark in self._marks[column.key]):
            return [self._hash for _ in numbers]
        default: Any = column.default
        if column.onupdate is not None and column.onupdate.is_clause_element:  # it counts changes
            return [default.arg for _ in numbers]
        values = self._plan.values[column.key].some(random, len(numbers))
        if column.nullable:
            return [None if random.random() < LACKING else value for value in values]
        return values

    def _following(
        self, key: str, mark: Follows, found: Mapping[str, list[Any]], numbers: range
    ) -> list[Any]:
        """What follows from the rest of each row, with the row's number behind it where it is distinct."""
        is_distinct = mark.distinct or key in self._plan.digit_of
        most = getattr(self._plan.table.c[key].type, "length", None)
        values = []
        for place, number in enumerate(numbers):
            row = SimpleNamespace(**{name: column[place] for name, column in found.items()})
            value = mark.value(row)
            if isinstance(value, str):
                ending = f"-{number + 1}" if is_distinct else ""
                value = value[: None if most is None else most - len(ending)] + ending
            values.append(value)
        return values


def _refer_back(connection: Connection, plan: Plan, way: Way, other: Plan) -> None:
    """Have rows refer to those that came after them."""
    keys = [column.key for column in plan.table.primary_key.columns]
    is_one_to_one = any(rule & set(way.own) for rule in unique_rules(plan.table))
    for pairs in _portions(_referring(plan, way, other, is_one_to_one)):
        rows = [
            {key: plan.value(key, row) for key in keys}
            | {key: other.value(way.target_of[key], there) for key in way.own}
            for row, there in pairs
        ]
        update_rows(connection, plan.table, rows)


def _referring(plan: Plan, way: Way, other: Plan, one_to_one: bool) -> Iterator[tuple[int, int]]:
    """(row, row that it refers to), of those that refer to any."""
    for row in range(min(plan.rows, other.rows) if one_to_one else plan.rows):
        chance = mixed(row, way.salt)
        if one_to_one:
            yield row, row
        elif chance % ONE_IN:
            yield row, chance // ONE_IN % other.rows


def _portions(pairs: Iterator[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    portion: list[tuple[int, int]] = []
    for pair in pairs:
        portion.append(pair)
        if len(portion) == AT_ONCE:
            yield portion
            portion = []
    if portion:
        yield portion
