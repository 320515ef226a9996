"""The lines that make the rows of a situation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID

from bkgen.model.expressions import Value
from bkgen.model.types import Kind, Type
from bkgen.render.columns import from_json, moment
from bkgen.render.expressions.literals import duration
from bkgen.render.literals import literal
from bkgen.render.naming import USED_IN_TESTS, row_word
from bkgen.render.scenes.world import Absent, Cell, CellOf, KeyOf, Moment, World
from bkgen.resolve.names import unique

CALLER = "caller"


class Lines:
    """Writes a situation, in which the row of the condition is called `variable`.

    A row that another one needs anyway, and of which nothing is said, is left to be made with that one.
    """

    def __init__(self, world: World, variable: str) -> None:
        self._world = world
        self._variable = variable
        self._left_out = _left_out(world)
        self._variables = {**world.variables, world.row: variable}
        if world.actor is not None:
            self._variables[world.actor] = f"{CALLER}.row"
        taken = USED_IN_TESTS | {variable, *world.variables.values()}
        for row, table in enumerate(world.tables):
            if row not in self._variables and row not in self._left_out:
                word = row_word(world.service.table(table))
                self._variables[row] = unique(word if word not in taken else f"other_{word}", taken)
                taken |= {self._variables[row]}
        self._used = {cell.row for place, cell in self._cells() if isinstance(cell, KeyOf) and cell.row != place.row}
        self._used |= {cell.row for cell in world.given.values() if isinstance(cell, KeyOf)}

    def of(self, rows: Iterable[int]) -> tuple[str, ...]:
        """The lines that make some rows."""
        return tuple(self._line(row) for row in rows if row not in self._left_out)

    def _line(self, row: int) -> str:
        is_named = row in self._used or row in self._world.variables
        return f"{self._variables[row]} = {self._made(row)}" if is_named else self._made(row)

    def _made(self, row: int) -> str:
        arguments = ", ".join(f"{attribute}={code}" for attribute, code in self.arguments(row))
        return f"rows.{row_word(self._world.table(row))}({arguments})"

    def caller(self) -> str:
        actor = self._world.actor
        if actor is None:
            return ""
        return f"{CALLER} = rows.sign_in({self._made(actor) if self.arguments(actor) else ''})"

    def alias(self) -> tuple[str, ...]:
        """The line that calls the caller's account as the test calls that row."""
        variable = self._world.variables.get(self._world.actor) if self._world.actor is not None else None
        return (f"{variable} = {CALLER}.row",) if variable is not None else ()

    def row(self) -> str:
        is_caller = self._world.row == self._world.actor
        return f"{self._variable} = {f'{CALLER}.row' if is_caller else self._made(self._world.row)}"

    def arguments(self, row: int) -> tuple[tuple[str, str], ...]:
        """(attribute, code) of what is said of a row, in the order of its columns."""
        cells = {place.column: cell for place, cell in self._cells() if place.row == row}
        columns = [column for column in self._world.table(row).every if column.name in cells]
        return tuple((column.attribute, self._code(column.type, cells[column.name])) for column in columns)

    def given(self) -> tuple[tuple[str, str, str], ...]:
        """(record, attribute, code) of what the request has."""
        found = []
        for place, cell in self._world.given.items():
            if not isinstance(cell, Absent):
                gives = place.member.gives
                type_ = gives.type if isinstance(gives, Value) and gives.type is not None else Type(Kind.STRING)
                found.append((place.record, place.member.attribute, self._code(type_, cell)))
        return tuple(found)

    def _cells(self) -> Iterable[tuple[CellOf, Cell]]:
        """What has to be said: not what rows get by themselves."""
        for place, cell in self._world.cells.items():
            if not isinstance(cell, KeyOf) or (cell.row != place.row and cell.row not in self._left_out):
                yield place, cell

    def _code(self, type_: Type, cell: Cell) -> str:
        match cell:
            case KeyOf(row=row, column=column):
                return f"{self._variables[row]}[{literal(column)}]"
            case Moment():
                return _moment(type_, cell)
            case datetime():
                return moment(type_, cell.isoformat())
            case date() | time():
                return from_json(type_, literal(cell.isoformat()))
            case UUID():
                return from_json(type_, literal(str(cell)))
            case _:
                return literal(cell)


def _moment(type_: Type, cell: Moment) -> str:
    length = abs(cell.since_now)
    code = "utc_now()"
    if length:
        code += f" {'-' if cell.since_now < timedelta() else '+'} {duration(length)}"
    if type_.kind is Kind.DATE:
        return f"({code}).date()" if length else f"{code}.date()"
    return code if type_.timezone else f"({code}).replace(tzinfo=None)"


def _left_out(world: World) -> frozenset[int]:
    """The rows that are made with the one row that needs them."""
    uses = Counter(cell.row for place, cell in world.cells.items() if isinstance(cell, KeyOf) and cell.row != place.row)
    uses.update(cell.row for cell in world.given.values() if isinstance(cell, KeyOf))
    said = {place.row for place, cell in world.cells.items()}
    needed = {
        cell.row
        for place, cell in world.cells.items()
        if isinstance(cell, KeyOf) and cell.row != place.row and not world.column(place).nullable
    }
    kept = said | set(world.variables) | {world.row, world.actor}
    return frozenset(row for row in needed - kept if uses[row] == 1)
