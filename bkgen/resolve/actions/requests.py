"""What a request brings to an action: a body of any shape, and query parameters of any name."""

from __future__ import annotations

from bkgen.model.endpoints import Mentioned, QueryParameter
from bkgen.model.expressions import Gives, Member, Record, Records, Value, Values
from bkgen.model.shapes import Array, Field, Given, Object, Shape
from bkgen.model.types import Kind
from bkgen.resolve import names, texts
from bkgen.resolve.constraints import check_unambiguous, is_definition, refuse_default, written_type
from bkgen.resolve.fields import distinct
from bkgen.resolve.routes import Route
from bkgen.resolve.scope import Scope
from bkgen.resolve.words import singular
from bkgen.source import Entry, List, Map, Node

MOST_ITEMS = 100
"""Of an array in the body of an action, each of which can be a statement."""

_NO_DEFAULT = "write `?` behind the type, and what stands in for it in the steps: `has(body.x) ? body.x : ...`"


def action_body(name: str, route: Route, scope: Scope) -> Object | None:
    """The body that the action called `name` takes; None where it takes none."""
    node = route.node.get("requestBody")
    if not isinstance(node, Map) or not node.entries or not check_unambiguous(node, scope.diagnostics):
        return None
    return _object(node, names.class_name(f"{name}_request"), route, scope)


def action_query(route: Route, scope: Scope) -> tuple[QueryParameter, ...]:
    """The query parameters that the action takes; all of them may be absent."""
    node = route.node.get("query")
    taken = {parameter.attribute for parameter in route.parameters}
    found = []
    for entry in node if isinstance(node, Map) else ():
        if not texts.check_field_name(entry.key, entry.key_span, scope.diagnostics):
            continue
        written = written_type(entry.value, scope.diagnostics)
        if written is None:
            continue
        if written.array:
            scope.diagnostics.add("BK417", entry.value.span, f"`{entry.key}` is no single value", 'write "string"')
            continue
        refuse_default(entry.value, _NO_DEFAULT, scope.diagnostics)
        attribute = names.unique(names.parameter(entry.key), taken)
        taken.add(attribute)
        found.append(QueryParameter(entry.key, attribute, written.type, Mentioned(), False, None, entry.key_span))
    return tuple(found)


def gives_of(shape: Shape, nullable: bool = False) -> Gives:
    """What an expression gets of a part of the body."""
    match shape:
        case Object(fields=fields):
            members = {
                field.name: Member(field.attribute, gives_of(field.shape, field.nullable), not field.required)
                for field in fields
            }
            return Record(members, nullable)
        case Array(items=items):
            item = gives_of(items)
            if isinstance(item, Record):
                return Records(item)
            assert isinstance(item, Value)
            return Values(item)
        case Given(type=type_):
            return Value(type_, nullable)
        case _:
            raise ValueError("no part of the body of an action")


def _object(node: Map, name: str, route: Route, scope: Scope) -> Object | None:
    fields = [field for entry in node if (field := _field(entry, name, route, scope))]
    if not fields:
        return None
    return Object(name, route.package, distinct(fields, scope.diagnostics), None, node.span)


def _field(entry: Entry, owner: str, route: Route, scope: Scope) -> Field | None:
    if not texts.check_field_name(entry.key, entry.key_span, scope.diagnostics):
        return None
    found = _shape(entry.value, names.class_name(f"{names.snake(owner)}_{entry.key}"), route, scope)
    if found is None:
        return None
    shape, optional = found
    return Field(entry.key, names.attribute(entry.key), shape, not optional, optional, entry.key_span)


def _shape(node: Node, name: str, route: Route, scope: Scope) -> tuple[Shape, bool] | None:
    """What a field is, and whether it may be absent or null."""
    match node:
        case List(items=(Map() as item,)) if not is_definition(item):
            inner = _object(item, names.class_name(singular(names.snake(name))), route, scope)
            return (Array(inner, node.span, MOST_ITEMS), False) if inner is not None else None
        case Map() if not check_unambiguous(node, scope.diagnostics):
            return None
        case Map() if not is_definition(node):
            inner = _object(node, name, route, scope)
            return (inner, False) if inner is not None else None
    written = written_type(node, scope.diagnostics)
    if written is None:
        return None
    if written.type.kind is Kind.FILE:
        message = f"{route} is done step by step, or by a handler, and takes no files"
        fix = "let `POST`, `PUT` or `PATCH` on the rows that have a column of type `file` take them"
        scope.diagnostics.add("BK692", node.span, message, fix)
        return None
    refuse_default(node, _NO_DEFAULT, scope.diagnostics)
    value = Given(written.type)
    return (Array(value, node.span, MOST_ITEMS) if written.array else value), written.optional
