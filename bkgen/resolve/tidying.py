"""What is written to columns that are tidied, or compared with them, is tidied wherever in the request it stands.

Guarded URLs come whole from one field of the body, which is checked as the column is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from bkgen.model.actions import Assignments, Each, Insert, Step, Update, expressions
from bkgen.model.endpoints import PathParameter, QueryParameter
from bkgen.model.expressions import Binary, ColumnOf, Expression, MemberOf, Name, Operator
from bkgen.model.shapes import Array, Field, Given, Object, Shape
from bkgen.model.types import Kind, Type
from bkgen.resolve.expressions.parts import walk
from bkgen.resolve.scope import Scope
from bkgen.resolve.vocabulary import BODY, PATH, QUERY
from bkgen.source import Span

Place = tuple[str, ...]

_REQUEST: Mapping[str, Place] = {name: (name,) for name in (BODY, PATH, QUERY)}


class Tidying:
    """How the parts of a request are tidied: by the columns that they are written to, and compared with."""

    def __init__(self, steps: Iterable[Step], conditions: Iterable[Expression], scope: Scope) -> None:
        self._scope = scope
        self._columns: dict[Place, tuple[str, Type]] = {}
        for place, column, type_ in (*_compared(conditions, _REQUEST), *self._written(steps, _REQUEST)):
            if type_.is_tidied:
                self._columns.setdefault(place, (column, type_))

    def body(self, body: Object) -> Object:
        """The body with what is done to its texts."""
        return self._object(body, (BODY,))

    def path(self, parameters: Iterable[PathParameter]) -> tuple[PathParameter, ...]:
        """The parameters of the path with what is done to them."""
        return tuple(replace(one, type=self._tidied(one.type, (PATH, one.attribute), None)) for one in parameters)

    def query(self, parameters: Iterable[QueryParameter]) -> tuple[QueryParameter, ...]:
        """The query parameters with what is done to them."""
        return tuple(replace(one, type=self._tidied(one.type, (QUERY, one.attribute), one.span)) for one in parameters)

    def _written(self, steps: Iterable[Step], places: Mapping[str, Place]) -> Iterator[tuple[Place, str, Type]]:
        for step in steps:
            if not isinstance(step, Each):
                yield from _compared(expressions([step]), places)
            match step:
                case Insert(table=table, values=values, on_conflict=conflict):
                    changed: Assignments = conflict.values if conflict is not None else ()
                    yield from self._assigned((*values, *changed), table, places)
                case Update(table=table, values=values):
                    yield from self._assigned(values, table, places)
                case Each(source=source, name=name, steps=inner):
                    place = _place(source, places)
                    yield from self._written(inner, {**places, name: place} if place is not None else places)

    def _assigned(
        self, values: Assignments, table: str, places: Mapping[str, Place]
    ) -> Iterator[tuple[Place, str, Type]]:
        for name, value in values:
            type_ = self._scope.tables[table].column(name).type
            whole = _place(value, places) or ()
            if type_.public and whole[:1] != (BODY,) and any(_place(part, places) for part in walk(value)):
                message = f"`{table}.{name}` is no field of the body, as it stands there: nothing judges its host"
                self._scope.diagnostics.add(
                    "BK518", value.span, message, "take the whole URL from one field of the body"
                )
            for part in walk(value):
                if (place := _place(part, places)) is not None:
                    yield place, f"{table}.{name}", type_

    def _object(self, shape: Object, place: Place) -> Object:
        return replace(shape, fields=tuple(self._field(field, (*place, field.attribute)) for field in shape.fields))

    def _field(self, field: Field, place: Place) -> Field:
        return replace(field, shape=self._shape(field.shape, place, field.span))

    def _shape(self, shape: Shape, place: Place, span: Span) -> Shape:
        match shape:
            case Object():
                return self._object(shape, place)
            case Array(items=items):
                return replace(shape, items=self._shape(items, place, span))
            case Given(type=type_):
                return Given(self._tidied(type_, place, span))
            case _:
                return shape

    def _tidied(self, type_: Type, place: Place, span: Span | None) -> Type:
        """The type of what stands at a place; adds `BK517` where the document says otherwise than a column."""
        if place not in self._columns or type_.kind is not Kind.STRING or type_.enum:
            return type_
        column, wanted = self._columns[place]
        if span is not None and type_.is_tidied and type_.tidying != wanted.tidying:
            message = f"`{place[-1]}` is tidied otherwise than column `{column}`, which it is for"
            self._scope.diagnostics.add("BK517", span, message, "leave that to the column")
        return replace(type_, sanitize=wanted.sanitize, trim=wanted.trim, normalize=wanted.normalize)


def _compared(found: Iterable[Expression], places: Mapping[str, Place]) -> Iterator[tuple[Place, str, Type]]:
    """What is compared with a column: another spelling of what that has is meant to be equal."""
    for part in (part for expression in found for part in walk(expression)):
        match part:
            case Binary(operator=Operator.EQUAL | Operator.NOT_EQUAL, left=left, right=right):
                for one, other in ((left, right), (right, left)):
                    place, type_ = _place(other, places), one.gives.type if isinstance(one, ColumnOf) else None
                    if isinstance(one, ColumnOf) and place is not None and type_ is not None:
                        yield place, one.column, type_


def _place(expression: Expression, places: Mapping[str, Place]) -> Place | None:
    """The attributes that lead to a part of the request; None for all other expressions."""
    match expression:
        case Name(name=name):
            return places.get(name)
        case MemberOf(record=record, member=member):
            before = _place(record, places)
            return (*before, member.attribute) if before is not None else None
        case _:
            return None
