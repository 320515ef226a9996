"""What a body may hold, from the columns that its fields are written to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from bkgen.model.actions import Assignments, Each, Insert, Step, Update
from bkgen.model.expressions import Call, Expression, Function, MemberOf, Name
from bkgen.model.shapes import Array, Field, Given, Object, Shape
from bkgen.model.types import Type
from bkgen.resolve.expressions.kinds import TEXTS
from bkgen.resolve.fitting import request_type
from bkgen.resolve.lookup import Tables
from bkgen.resolve.vocabulary import BODY

Path = tuple[str, ...]
_SHORTENING = (Function.TRIM, Function.LOWER, Function.UPPER, Function.SLUG)


def limited(body: Object, steps: Iterable[Step], tables: Tables) -> Object:
    """The body, whose fields take no more than the columns that they are written to, as they are or tidied."""
    limits: defaultdict[Path, list[Type]] = defaultdict(list)
    for path, type_ in _written(steps, {BODY: ()}, tables):
        limits[path].append(type_)
    return _limited_object(body, (), limits)


def _written(steps: Iterable[Step], places: Mapping[str, Path], tables: Tables) -> Iterator[tuple[Path, Type]]:
    """The parts of the body that are written to columns; `places` are the names that stand for parts of it."""
    for step in steps:
        match step:
            case Insert(table=table, values=values, on_conflict=conflict):
                changed: Assignments = conflict.values if conflict is not None else ()
                yield from _assigned((*values, *changed), table, places, tables)
            case Update(table=table, values=values):
                yield from _assigned(values, table, places, tables)
            case Each(source=source, name=name, steps=inner):
                path = _path(source, places)
                yield from _written(inner, {**places, name: path} if path is not None else places, tables)


def _assigned(
    values: Assignments, table: str, places: Mapping[str, Path], tables: Tables
) -> Iterator[tuple[Path, Type]]:
    for name, value in values:
        if (path := _path(value, places)) is not None:
            yield path, tables[table].column(name).type


def _path(expression: Expression, places: Mapping[str, Path]) -> Path | None:
    """The attributes that lead to a part of the body; None for all other expressions."""
    match expression:
        case Name(name=name):
            return places.get(name)
        case MemberOf(record=record, member=member):
            before = _path(record, places)
            return (*before, member.attribute) if before is not None else None
        case Call(function=function, arguments=(argument,)) if function in _SHORTENING:
            return _path(argument, places)
        case _:
            return None


def _limited_object(shape: Object, path: Path, limits: Mapping[Path, list[Type]]) -> Object:
    return replace(shape, fields=tuple(_limited_field(field, path, limits) for field in shape.fields))


def _limited_field(field: Field, path: Path, limits: Mapping[Path, list[Type]]) -> Field:
    return replace(field, shape=_limited(field.shape, (*path, field.attribute), limits))


def _limited(shape: Shape, path: Path, limits: Mapping[Path, list[Type]]) -> Shape:
    match shape:
        case Object():
            return _limited_object(shape, path, limits)
        case Array(items=items):
            return replace(shape, items=_limited(items, path, limits))
        case Given(type=type_):
            for column in limits.get(path, ()):
                found = request_type(column, type_)
                if found is not None and (found.kind is type_.kind or {found.kind, type_.kind} <= TEXTS):
                    type_ = found
            return Given(type_)
        case _:
            return shape
