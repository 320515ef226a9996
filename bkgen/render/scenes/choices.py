"""The answers to an open question, the simplest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bkgen.model.expressions import Value
from bkgen.model.tables import Column, Reference
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
    reference = world.reference_of(question)
    settled = replace(world, counted=world.counted | {question})
    for count in constants.few():
        found: World | None = settled
        for _ in range(count):
            if found is not None:
                found, row = found.with_row(question.table)
                found = found.with_reference(row, reference, question.row)
        if found is not None:
            yield found


def _cells(world: World, place: CellOf, constants: Constants) -> Iterator[World]:
    column, table = world.column(place), world.table(place.row)
    references = [one for one in table.references if column.name in one.columns]
    for reference in references:
        yield from _references(world, place.row, reference)
    if not references or (not column.nullable and all(map(table.is_optional, references))):
        own = KeyOf(place.row, place.column)
        made = is_own(column, table) or column.type.kind in _MADE
        cells: list[Cell] = [own] if made else []
        if not is_own(column, table):
            cells += [*constants.fitting(column.type, column.attribute), *_keys(world, column, place.row)]
        yield from (world.with_cell(place, cell) for cell in cells)
    if column.nullable:
        yield world.with_cell(place, None)


_MADE = frozenset({Kind.UUID, Kind.JSON, Kind.OBJECT, Kind.ANY, Kind.BYTES, Kind.FILE})
"""Kinds of which a test takes the value that every row gets."""


def _references(world: World, row: int, reference: Reference) -> Iterator[World]:
    more, new = world.with_row(reference.table)
    others = [other for other, table in enumerate(world.tables) if table == reference.table and other != row]
    found = [more.with_reference(row, reference, new), *(world.with_reference(row, reference, one) for one in others)]
    yield from (one for one in found if one is not None)


def _given(world: World, question: Given, constants: Constants) -> Iterator[World]:
    member = question.member
    assert isinstance(member.gives, Value)
    type_ = member.gives.type or Type(Kind.STRING)
    cells: list[Cell] = [Absent()] if member.optional else []
    cells += [
        KeyOf(row, column.name)
        for row, table in enumerate(world.tables)
        for column in world.service.table(table).every
        if column.type.kind is type_.kind and is_own(column, world.service.table(table)) and not column.nullable
    ]
    cells += constants.fitting(type_, member.attribute)
    cells += [None] if member.gives.nullable else []
    yield from (replace(world, given={**world.given, question: cell}) for cell in cells)


def _keys(world: World, column: Column, own: int) -> Iterator[KeyOf]:
    """What tells other rows apart, and a column may hold: their keys, and what else is unique."""
    if column.type.kind not in _SHARED or column.type.enum:
        return
    for row, table in enumerate(world.tables):
        for key in world.service.table(table).columns:
            if row != own and key.type.kind is column.type.kind and is_own(key, world.service.table(table)):
                yield KeyOf(row, key.name)
