"""How many rows a table gets, which row refers to which, and what tells its rows apart.

All of it follows from the number of a row, so that nothing needs to be remembered: the key of a row is
reckoned again wherever another one refers to it.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import prod
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ForeignKeyConstraint, Table, UniqueConstraint

from app.data.kinds import python_type
from app.data.numbers import SERIAL, Digit, digits, mixed
from app.data.values import Values

TOGETHER = 4  # rows that a rule over several columns keeps together, such as the lines of an order
ONE_IN = 6  # rows that refer to nothing, where that may be
ENDLESS = (str, UUID, datetime)  # types of which no two rows need to have the same value


class NoRows(Exception):
    """A table cannot have rows; its text says why."""


class Way:
    """A reference by the columns `own`, to `targets` of a table with so many `rows`."""

    def __init__(
        self, constraint: ForeignKeyConstraint, own: list[str], rows: int, salt: int
    ) -> None:
        targets = {one.parent.key: one.column.key for one in constraint.elements}
        self.own = own
        self.target_of = {key: targets[key] for key in own}
        self.table: Table = constraint.referred_table
        self.itself = self.table is constraint.table
        self.optional = all(constraint.table.c[key].nullable for key in own)
        self.salt = salt
        self.rows: Sequence[int] = range(rows)
        self.digit: Digit | None = None
        self.groups = 0  # of rows that refer to the same one
        self.common: list[str] = []  # columns that another reference gives
        self.partners: Mapping[tuple[Any, ...], Sequence[int]] = {}


class Plan:
    """The rows of a table.

    `values` are those of its columns, `others` the plans of tables that come before. References to
    tables that come later are `ahead`: the rows are there before what they refer to.

    Raises:
        NoRows: it has to refer to a row that is not there.
    """

    def __init__(
        self,
        table: Table,
        rows: int,
        values: Mapping[str, Values],
        others: Mapping[Table, "Plan"],
        salt: int,
    ) -> None:
        self.table = table
        self.rows = rows
        self.ahead: list[Way] = []
        self.empty: set[str] = set()
        self.way_of: dict[str, Way] = {}
        self.digit_of: dict[str, Digit] = {}
        self.distinct: list[set[str]] = []
        self._salt = salt
        self.values = values
        self._others = {**others, table: self}
        for constraint in sorted(table.foreign_key_constraints, key=_order):
            self._add(constraint)
        for rule in unique_rules(table):
            self._keep(rule)

    def value(self, column: str, row: int) -> Any:
        """The value of a column that refers, that tells rows apart, or that other rows refer to."""
        if column in self.empty:
            return None
        if (way := self.way_of.get(column)) is not None:
            there = self.row_of(way, row)
            return (
                None
                if there is None
                else self._others[way.table].value(way.target_of[column], there)
            )
        values = self.values[column]
        digit = self.digit_of.get(column)
        return values.numbered(digit.of(row) if digit else mixed(row, self._salt) % values.size)

    def row_of(self, way: Way, row: int) -> int | None:
        """The row that a row refers to; None for none. Earlier rows refer to earlier ones, as time goes."""
        chance, choice = mixed(row, way.salt) % ONE_IN, mixed(row, way.salt) // ONE_IN
        if way.common:
            return self._partner(way, row, choice)
        if way.digit is not None:
            place = way.digit.of(row)
            if way.itself:
                return place - 1 if place else None
            return way.rows[place * len(way.rows) // way.groups if way.groups else place]
        if way.optional and chance == 0:
            return None
        if way.itself:
            return choice % row if row else None if way.optional else 0
        return way.rows[choice % max(1, len(way.rows) * (row + 1) // self.rows)]

    def _partner(self, way: Way, row: int, choice: int) -> int | None:
        """A row that has in common with this one what another reference gives both."""
        if way.itself and not way.partners:  # known by now, for its other references are
            way.partners = self._rows_by(
                [(key, way.target_of[key]) for key in way.common], self, way
            )
        found = way.partners.get(tuple(self.value(key, row) for key in way.common), ())
        count = bisect_left(found, row) if way.itself else len(found)
        if count == 0:
            return row if way.itself and not way.optional else None
        return found[choice % count]

    def _add(self, constraint: ForeignKeyConstraint) -> None:
        ends = {one.parent.key: one.column for one in constraint.elements}
        keys = list(ends)
        # What a row and the one of the same table that it refers to have in common, no reference gives.
        known = {key for key in keys if key in self.way_of or ends[key] is self.table.c[key]}
        free = [key for key in keys if key not in known and key not in self.empty]
        other = self._others.get(constraint.referred_table)
        way = Way(constraint, free, other.rows if other else 0, mixed(len(self.way_of), self._salt))
        if other is None or other.rows == 0:
            self._do_without(way, constraint)
            return
        way.common = [key for key in keys if key not in free]
        if not way.common:
            self.way_of.update(dict.fromkeys(free, way))
            return
        if not free and all(_root(self.table.c[key]) is _root(ends[key]) for key in keys):
            return  # whatever the other reference leads to has it already
        way.target_of |= {key: ends[key].key for key in way.common}
        if not way.itself:
            way.partners = self._rows_by([(key, ends[key].key) for key in way.common], other, way)
            if not way.optional or not free:
                self._narrow(way)
        self.way_of.update(dict.fromkeys(free, way))

    def _do_without(self, way: Way, constraint: ForeignKeyConstraint) -> None:
        """Refer to nothing where the rows are not there, or not yet."""
        nullable = {key for key in way.own if self.table.c[key].nullable}
        if not nullable:
            raise NoRows(f"it has to refer to {constraint.referred_table.name}, which has none")
        if nullable == set(way.own) and len(way.own) == len(constraint.columns):
            self.ahead.append(way)
        self.empty |= nullable

    def _rows_by(
        self, pairs: list[tuple[str, str]], other: "Plan", way: Way
    ) -> dict[tuple[Any, ...], list[int]]:
        """The rows of another table by what they have in common with those that refer to them."""
        found = defaultdict(list)
        for row in range(other.rows):
            found[tuple(other.value(target, row) for _, target in pairs)].append(row)
        return dict(found)

    def _narrow(self, way: Way) -> None:
        """Leave out the rows of another reference beside which this one would lead nowhere."""
        base = self.way_of[way.common[0]]
        there = self._others[base.table]
        targets = [base.target_of.get(key) for key in way.common]
        if None in targets or base.itself:
            return
        base.rows = [
            row
            for row in base.rows
            if tuple(there.value(target, row) for target in targets if target) in way.partners
        ]
        if not base.rows:
            raise NoRows(f"no row of {base.table.name} goes together with one of {way.table.name}")

    def _keep(self, rule: set[str]) -> None:
        """Have no two rows the same values in the columns of a unique rule, with fewer rows if need be."""
        if any(known <= rule for known in self.distinct) or rule & self.empty:
            return
        ways = [way for way in dict.fromkeys(self.way_of.values()) if self._can_tell(way, rule)]
        plain = [
            key for column in self.table.c if (key := column.key) in rule and self._is_free(key)
        ]
        alone = next((key for key in plain if self._is_enough(key, bool(ways))), None)
        if alone is not None:
            self.digit_of[alone] = SERIAL
            self.distinct.append({alone})
            return
        ways.sort(key=lambda way: -len(way.rows))
        sizes = [*(len(way.rows) for way in ways), *(self.values[key].size for key in plain)]
        self.rows = min(self.rows, prod(sizes)) if sizes else 1
        found = digits(self.rows, sizes, TOGETHER) if sizes else []
        for way, digit in zip(ways, found, strict=False):
            way.digit = digit
            way.groups = 0 if digit.step else -(-self.rows // digit.rows)
        self.digit_of.update(zip(plain, found[len(ways) :], strict=True))
        self.distinct.append({key for way in ways for key in way.own if key in rule} | set(plain))

    def _is_free(self, key: str) -> bool:
        return key not in self.way_of and key not in self.digit_of and key not in self.empty

    def _is_enough(self, key: str, is_beside: bool) -> bool:
        """Whether a column tells all rows apart; a number or day beside a reference counts within that."""
        is_endless = issubclass(python_type(self.table.c[key]), ENDLESS)
        return self.values[key].size >= self.rows and (is_endless or not is_beside)

    def _can_tell(self, way: Way, rule: set[str]) -> bool:
        """Whether rows that refer to different ones differ in the columns of the rule."""
        if (
            way.digit is not None
            or way.common
            or (way.itself and (not way.optional or len(rule) > 1))
        ):
            return False
        seen = {way.target_of[key] for key in way.own if key in rule}
        if way.itself:
            return bool(seen)
        return any(known <= seen for known in self._others[way.table].distinct)


def unique_rules(table: Table) -> list[set[str]]:
    """The columns of each unique rule, those of few columns first."""
    joint = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    indexes = [one for one in table.indexes if one.unique]
    rules: list[Any] = [table.primary_key, *joint, *indexes]
    keys = ({column.key for column in one.columns} for one in rules)
    return sorted(keys, key=lambda rule: (len(rule), sorted(rule)))


def _order(constraint: ForeignKeyConstraint) -> tuple[bool, int, str]:
    """References to the table itself come last, and of the others those of many columns first."""
    itself = constraint.referred_table is constraint.table
    return itself, -len(constraint.columns), str(constraint.name)


def _root(column: Column[Any]) -> Column[Any]:
    """Where the values of a column come from, if it refers to another one."""
    seen = {column}
    while (key := next(iter(column.foreign_keys), None)) is not None and key.column not in seen:
        column = key.column
        seen.add(column)
    return column
