"""Failures of the database that values can lead to which it reckons."""

from __future__ import annotations

from collections.abc import Iterator

from bkgen.migrate.bounds import bounds_of
from bkgen.model.actions import Assignments, Insert, Update, every
from bkgen.model.endpoints import Cause, Endpoint
from bkgen.model.expressions import Call, ColumnOf, Conditional, Expression, Function, Literal, MemberOf, Name
from bkgen.model.service import Service
from bkgen.model.shapes import Array, Given, Object, Shape
from bkgen.model.tables import Table
from bkgen.model.types import Kind, Type

_NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL})
_SHORTENING = frozenset({Function.TRIM, Function.LOWER, Function.UPPER, Function.SLUG})


def decorators(endpoint: Endpoint, service: Service) -> Iterator[str]:
    """What the function of an action is decorated with."""
    refused = [one for one in endpoint.responses if Cause.REFUSED in one.causes and one.literal is not None]
    taken = endpoint.response(Cause.TAKEN)
    if taken is not None and taken.literal is None and any(one.status == taken.status for one in refused):
        yield "naming_conflicts"
    if may_be_too_large(endpoint, service):
        yield measured(endpoint)


def measured(endpoint: Endpoint) -> str:
    """The decorator by which a value that does not fit is answered with the status of a wrong body."""
    invalid = endpoint.response(Cause.INVALID)
    return "measured()" if invalid is None or invalid.status == 422 else f"measured({invalid.status})"


def reckons(endpoint: Endpoint, service: Service) -> bool:
    """Whether a number that the table sets is made of others, and may be out of its range."""
    if endpoint.table is None:
        return False
    table = service.table(endpoint.table)
    values = [*endpoint.presets.items(), *((one.column, one.value) for one in endpoint.derived)]
    numbers = [(name, value) for name, value in values if table.column(name).type.kind in (*_NUMBERS, Kind.NUMBER)]
    return any(_is_reckoned(value, table, name) for name, value in numbers)


def may_be_too_large(endpoint: Endpoint, service: Service) -> bool:
    """Whether a value can be too long or too large for where it goes."""
    types = (*_given(endpoint.body), *(query.type for query in endpoint.query))
    if any(type_.kind is Kind.INTEGER and not _fits(type_, service.fewest_bits) for type_ in types):
        return True
    return reckons(endpoint, service) or any(
        _is_reckoned(value, service.table(table), column)
        for table, values in _written(endpoint)
        for column, value in values
    )


def _written(endpoint: Endpoint) -> Iterator[tuple[str, Assignments]]:
    for step in every(endpoint.steps):
        match step:
            case Insert(table=table, values=values, on_conflict=conflict):
                yield table, values
                yield table, conflict.values if conflict is not None else ()
            case Update(table=table, values=values):
                yield table, values


def _given(shape: Shape | None) -> Iterator[Type]:
    """The types of what the steps are given in a body."""
    match shape:
        case Object(fields=fields):
            for field in fields:
                yield from _given(field.shape)
        case Array(items=items):
            yield from _given(items)
        case Given(type=type_):
            yield type_


def _fits(type_: Type, bits: int) -> bool:
    """Whether an integer column of so many bits has room for every value of an integer type."""
    if type_.minimum is None or type_.maximum is None:
        return False
    room = 2 ** (bits - 1)
    return bool(-room <= type_.minimum and type_.maximum < room)


def _is_reckoned(value: Expression, table: Table, column: str) -> bool:
    """Whether it is made of other values, and the column has an end."""
    type_ = table.column(column).type
    if type_.kind not in _NUMBERS and type_.max_length is None and not bounds_of(table.column(column)):
        return False
    match value:
        case Call(function=function, arguments=(argument,)) if function in _SHORTENING:
            return _is_reckoned(argument, table, column)
        case Conditional(yes=yes, no=no):
            return _is_reckoned(yes, table, column) or _is_reckoned(no, table, column)
        case Literal() | Name() | MemberOf():
            return False
        case ColumnOf(gives=gives):
            return gives.type is not None and gives.type != type_
        case _:
            return True
