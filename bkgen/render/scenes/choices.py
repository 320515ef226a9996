"""The answers to an open question, the simplest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bkgen.model.expressions import Value
from bkgen.model.tables import Column
from bkgen.model.types import Kind, Type
from bkgen.render.scenes.constants import Constants
from bkgen.render.scenes.world import Absent, Cell, CellOf, Given, KeyOf, Question, RowsOf, World, is_own

_MOST_ROWS = 14
_SHARED = frozenset({Kind.UUID, Kind.INTEGER, Kind.STRING, Kind.EMAIL})
"""Kinds of keys that rows keep of each other without a reference."""


def choices(world: World, question: Question, constants: Constants) -> Iterator[World]:
    """The worlds in which a question is settled, and which tests can make."""
    found: Iterator[World]
    match question:
        case RowsOf():
            found = _referring(world, question, constants)
        case Given():
            found = _given(world, question, constants.and_those_of(world))
        case CellOf():
            found = _cells(world, question, constants.and_those_of(world))
    return (one for one in found if len(one.tables) <= _MOST_ROWS and one.can_be_made())


def _referring(world: World, question: RowsOf, constants: Constants) -> Iterator[World]:
    """No more rows, one more, two more."""
    there = world.service.table(question.table).column(question.column).reference
    assert there is not None
    settled = replace(world, counted=world.counted | {question})
    for count in constants.few():
        found = settled
        for _ in range(count):
            found, row = found.with_row(question.table)
            found = found.with_cell(CellOf(row, question.column), KeyOf(question.row, there.column))
        yield found


def _cells(world: World, place: CellOf, constants: Constants) -> Iterator[World]:
    column = world.column(place)
    if column.reference is not None:
        yield from _references(world, place, column)
    else:
        own = KeyOf(place.row, place.column)
        made = is_own(column, world.table(place.row)) or column.type.kind in _MADE
        cells: list[Cell] = [own] if made else []
        if not is_own(column, world.table(place.row)):
            cells += [*constants.fitting(column.type, column.attribute), *_keys(world, column, place.row)]
        yield from (world.with_cell(place, cell) for cell in cells)
    if column.nullable:
        yield world.with_cell(place, None)


_MADE = frozenset({Kind.UUID, Kind.JSON, Kind.OBJECT, Kind.ANY, Kind.BYTES})
"""Kinds of which a test takes the value that every row gets."""


def _references(world: World, place: CellOf, column: Column) -> Iterator[World]:
    reference = column.reference
    assert reference is not None
    more, new = world.with_row(reference.table)
    yield more.with_cell(place, KeyOf(new, reference.column))
    for row, table in enumerate(world.tables):
        if table == reference.table and row != place.row:
            yield world.with_cell(place, KeyOf(row, reference.column))


def _given(world: World, question: Given, constants: Constants) -> Iterator[World]:
    member = question.member
    assert isinstance(member.gives, Value)
    type_ = member.gives.type or Type(Kind.STRING)
    cells: list[Cell] = [Absent()] if member.optional else []
    cells += [
        KeyOf(row, column.name)
        for row, table in enumerate(world.tables)
        for column in world.service.table(table).columns
        if column.type.kind is type_.kind and is_own(column, world.service.table(table)) and not column.nullable
    ]
    cells += constants.fitting(type_, member.attribute)
    cells += [None] if member.gives.nullable else []
    yield from (replace(world, given={**world.given, question: cell}) for cell in cells)


def _keys(world: World, column: Column, own: int) -> Iterator[KeyOf]:
    """What tells other rows apart, and a column may hold: their keys, and what else is unique."""
    if column.type.kind not in _SHARED:
        return
    for row, table in enumerate(world.tables):
        for key in world.service.table(table).columns:
            if row != own and key.type.kind is column.type.kind and is_own(key, world.service.table(table)):
                yield KeyOf(row, key.name)
