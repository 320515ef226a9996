"""What generated tests send, and look for, in columns that policies do not let everyone write."""

from __future__ import annotations

from bkgen.model.endpoints import Endpoint, Operation
from bkgen.model.service import Service
from bkgen.model.shapes import ColumnValue, Field
from bkgen.model.tables import Column, Table
from bkgen.model.types import Kind
from bkgen.render.columns import from_json
from bkgen.render.literals import literal
from bkgen.render.path_rows import PathRows
from bkgen.render.test_bodies import column_of, fields_of, wire
from bkgen.render.test_values import a_file, other_value, sent_value, stands_alone
from bkgen.render.test_views import found_by
from bkgen.resolve.implied import columns_in

UNCOMPARED = frozenset({Kind.JSON, Kind.BYTES, Kind.FILE, Kind.NUMBER, Kind.DECIMAL, Kind.OBJECT, Kind.ANY})


def held(endpoint: Endpoint, rows: PathRows, service: Service, but: str = "") -> list[tuple[str, str]]:
    """What a body has of a row that is there, so that rules go on to hold: what it has already, for all `but` one."""
    if endpoint.operation not in (Operation.REPLACE, Operation.UPDATE):
        return []
    table = service.table(endpoint.table or "")
    kept = _kept(endpoint, table) - {but}
    return [
        (literal(field.name), _as_it_is(table.column(column_of(field)), rows.own_word))
        for field in fields_of(endpoint)
        if column_of(field) in kept
    ]


def _as_it_is(column: Column, row: str) -> str:
    """What a row that is there has in a column, as JSON has it; of a file, another one like it."""
    if column.type.kind is Kind.FILE:
        return a_file(column.type)
    code, plain = wire(column, row), f"{row}[{literal(column.name)}]"
    return f"{code} if {plain} is not None else None" if column.nullable and code != plain else code


def _kept(endpoint: Endpoint, table: Table) -> set[str]:
    """The columns that not everyone may write, and those that the policy of changes speaks of, which the body can have
    as they are."""
    found = set(endpoint.writable)
    if endpoint.allowed is not None:
        found |= columns_in(endpoint.allowed.expression)
    for reference in table.joint:
        if not found.isdisjoint(reference.columns):
            found.update(reference.columns)
    narrow = {
        field.shape.column
        for field in fields_of(endpoint)
        if isinstance(field.shape, ColumnValue) and field.shape.type != table.column(field.shape.column).type
    }
    return {
        column for column in found if column in endpoint.writable or column in table.referring or column not in narrow
    }


def changed(
    column_name: str, endpoint: Endpoint, rows: PathRows, service: Service, value: str = ""
) -> list[tuple[str, str]] | None:
    """What a body has that gives a row another value, or that `value`, in a column; None where no other one is known.

    A PATCH has no more than that, and a PUT has what the row has in the other columns that rules speak of.
    """
    table = service.table(endpoint.table or "")
    column, field = table.column(column_name), _sent(endpoint, column_name)
    assert isinstance(field.shape, ColumnValue)
    other = value or (sent_value(column, table, field.shape.type, service) if stands_alone(column, table) else "")
    other = other or other_value(field.shape.type, wire(column, rows.own_word))
    if not other:
        return None
    kept = held(endpoint, rows, service, but=column_name) if endpoint.operation is Operation.REPLACE else []
    return [*kept, (literal(field.name), other)]


def stored(column_name: str, holds: bool, endpoint: Endpoint, rows: PathRows, service: Service) -> str:
    """The assertion that a column has what was sent, or has not; empty where values may be equal in other spellings."""
    table = service.table(endpoint.table or "")
    column = table.column(column_name)
    if column.type.kind in UNCOMPARED:
        return ""
    value = from_json(column.type, f"body[{literal(_sent(endpoint, column_name).name)}]")
    arguments = f"{table.class_name}, {found_by(table, rows.own_word)}, {column.attribute}={value}"
    return f"{'' if holds else 'not '}rows.database.has({arguments})"


def _sent(endpoint: Endpoint, column: str) -> Field:
    return next(field for field in fields_of(endpoint) if column_of(field) == column)
