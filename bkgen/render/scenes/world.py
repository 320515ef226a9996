"""What is decided about a situation so far: rows, some values in them, who is signed in, what the request says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from bkgen.model.expressions import Member
from bkgen.model.service import Service
from bkgen.model.tables import Column, Default, Reference, Table
from bkgen.model.types import Kind
from bkgen.render.test_values import stands_alone


@dataclass(frozen=True, slots=True)
class KeyOf:
    """The value that a row has in a column, whatever that is; of a row's own column: what is made for it by default."""

    row: int
    column: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, by its distance from the present one; or the day of that time."""

    since_now: timedelta
    is_day: bool = False


@dataclass(frozen=True, slots=True)
class Absent:
    """In place of a member that the request leaves out."""


Cell = KeyOf | Moment | Absent | UUID | str | int | float | Decimal | date | datetime | time | None


@dataclass(frozen=True, slots=True)
class CellOf:
    """The open question what a row has in a column."""

    row: int
    column: str


@dataclass(frozen=True, slots=True)
class RowsOf:
    """The open question which rows of `table` refer to `row` by `columns`."""

    row: int
    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """The open question what the request has as a member, a single value, of the record `record`."""

    record: str
    member: Member


Question = CellOf | RowsOf | Given


@dataclass(frozen=True)
class World:
    """A situation, as far as it is decided. Rows are numbered in the order in which they came up.

    Attributes:
        service: whose tables the rows are of.
        tables: the table of every row, by name.
        cells: what rows have in columns. Columns that refer to a row have `KeyOf` that row, or values that it has.
        counted: which questions for referring rows are settled; the rows are among `tables`.
        row: the row that the condition speaks of.
        actor: the row of the account that is signed in, None for nobody.
        given: what the request has.
        variables: names that rows have from outside.
    """

    service: Service
    tables: tuple[str, ...]
    row: int
    cells: Mapping[CellOf, Cell] = field(default_factory=dict)
    counted: frozenset[RowsOf] = frozenset()
    actor: int | None = None
    given: Mapping[Given, Cell] = field(default_factory=dict)
    variables: Mapping[int, str] = field(default_factory=dict)

    def table(self, row: int) -> Table:
        return self.service.table(self.tables[row])

    def column(self, place: CellOf | KeyOf) -> Column:
        return self.table(place.row).column(place.column)

    def with_row(self, table: str) -> tuple[World, int]:
        """The same with one row more, and its number."""
        return replace(self, tables=(*self.tables, table)), len(self.tables)

    def with_cell(self, place: CellOf, cell: Cell) -> World:
        return replace(self, cells={**self.cells, place: cell})

    def with_reference(self, row: int, reference: Reference, target: int) -> World | None:
        """The same with `row` referring to `target`; None where it has other values already, which that cannot have.

        Where columns of it belong to other references, too, `target` gets the values that they have.
        """
        found = self
        for here, there in reference.pairs:
            own, other = CellOf(row, here), KeyOf(target, there)
            known = found.cells.get(own, other)
            if known == other:
                found = found.with_cell(own, other)
            elif CellOf(target, there) not in found.cells and not is_own(found.column(other), found.table(target)):
                found = found.with_cell(CellOf(target, there), known)
            elif not found.is_same(known, other):
                return None
        return found

    def refers(self, row: int, reference: Reference, target: int) -> bool:
        """Whether `row` refers to `target`."""
        own = [self.cells.get(CellOf(row, here)) for here in reference.columns]
        there = [KeyOf(target, name) for name in reference.targets]
        return any(one == other for one, other in zip(own, there, strict=True)) and all(
            one is not None and self.is_same(one, other) for one, other in zip(own, there, strict=True)
        )

    def is_same(self, one: Cell, other: Cell) -> bool:
        """Whether two cells surely have the same value."""
        return self._end(one) == self._end(other)

    def _end(self, cell: Cell) -> Cell:
        """The cell that another one has its value of."""
        while isinstance(cell, KeyOf):
            further = self.cells.get(CellOf(cell.row, cell.column), cell)
            if further == cell:
                return cell
            cell = further
        return cell

    def reference_of(self, question: RowsOf) -> Reference:
        """The reference that a question is about."""
        there = self.tables[question.row]
        references = self.service.table(question.table).references
        return next(one for one in references if (one.columns, one.table) == (question.columns, there))

    def referring(self, question: RowsOf) -> list[int]:
        """The rows that refer to a row."""
        reference = self.reference_of(question)
        rows = (row for row, table in enumerate(self.tables) if table == question.table)
        return [row for row in rows if self.refers(row, reference, question.row)]

    def needed_by(self, row: int) -> Iterator[int]:
        """The rows that have to be there before a row can be made."""
        for place, cell in self.cells.items():
            if place.row == row and isinstance(cell, KeyOf) and cell.row != row:
                yield cell.row

    def order(self, *rows: int) -> list[int] | None:
        """The rows with all that they need, each behind what it needs; None where rows need each other in a circle."""
        found: list[int] = []
        return found if all(self._place(row, found, frozenset()) for row in rows) else None

    def _place(self, row: int, found: list[int], above: frozenset[int]) -> bool:
        if row in above:
            return False
        if row not in found:
            if not all(self._place(needed, found, above | {row}) for needed in self.needed_by(row)):
                return False
            found.append(row)
        return True

    def can_be_made(self) -> bool:
        """Whether no rows need each other, none needs the row that needs the account, and no unique rule is broken."""
        keys = (cell for place, cell in self.cells.items() if isinstance(cell, KeyOf) and cell.row != place.row)
        if any(self.cells.get(CellOf(key.row, key.column), key) is None for key in keys):
            return False
        before = self.order(self.actor) if self.actor is not None else []
        if before is None or (self.row in before and self.row != self.actor):
            return False
        return self.order(*range(len(self.tables))) is not None and not self._is_repeated()

    def _is_repeated(self) -> bool:
        rows = list(enumerate(self.tables))
        return any(
            all(self._may_be_same(one, other, self.service.table(table).column(name)) for name in rule)
            for one, table in rows
            for other, same in rows[one + 1 :]
            if table == same
            for rule in self.service.table(table).unique_rules
        )

    def _may_be_same(self, one: int, other: int, column: Column) -> bool:
        places = [CellOf(one, column.name), CellOf(other, column.name)]
        cells = [self.cells[place] for place in places if place in self.cells]
        if len(cells) < 2 and (is_own(column, self.table(one)) or column.name in self.table(one).referring):
            return False
        if not cells:
            return not stands_alone(column, self.table(one))
        return cells[0] == cells[-1] and cells[0] is not None


def is_own(column: Column, table: Table) -> bool:
    """Whether every row has a value of its own in the column, which no test should choose.

    The database of the tests is not empty: what is unique in the whole table may be there already.
    """
    referring = table.referring
    if column.name in referring:
        return False
    if column.type.kind is Kind.UUID and (column.primary or column.unique or column.default is Default.UUID):
        return True
    if column.default is Default.AUTOINCREMENT:
        return True
    rules = [rule for rule in table.unique_rules if column.name in rule]
    in_all = any(referring.isdisjoint(rule) for rule in rules)
    return in_all and stands_alone(column, table)
