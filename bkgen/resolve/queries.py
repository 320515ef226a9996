"""Query parameters of lists: page controls, filters, conditions, words to search for, and orders."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bkgen.diagnostics import Diagnostics
from bkgen.model.endpoints import Access, Operation, Paging, QueryParameter, Sort
from bkgen.model.shapes import Array, Fact, FactValue, Field, Object, Shape, groups_in
from bkgen.model.tables import Table
from bkgen.resolve import names
from bkgen.resolve.conditions import Conditions
from bkgen.resolve.facts import TYPES
from bkgen.resolve.lookup import find_column
from bkgen.resolve.nodes import span_of, strings, text
from bkgen.resolve.providers import provider_answer
from bkgen.resolve.query_parameters import DEFAULTS, ParameterReader
from bkgen.resolve.routes import Route
from bkgen.resolve.scope import Scope
from bkgen.resolve.views import MOST_IN_CURSOR, is_long
from bkgen.source import Map, Scalar, Span

_MENTIONED = re.compile(r"\bquery\s*\.\s*(\w+)")
_BY_NUMBER = (Fact.OFFSET, Fact.PAGE)


def query_parameters(route: Route, access: Access, answer: Shape | None, scope: Scope) -> tuple[QueryParameter, ...]:
    """The parameters that the endpoint takes. A list always has a page size, and a way to all of its pages."""
    node = route.node.get("query")
    entries = node.entries if isinstance(node, Map) else ()
    if route.operation is not Operation.LIST:
        if entries:
            message = f"{route} is a `{route.operation}`, which takes no query parameters"
            scope.diagnostics.add("BK417", entries[0].key_span, message, "only a `list` does")
        return provider_answer(route) if route.operation is Operation.OAUTH2_CALLBACK else ()
    table = scope.table_of(route)
    assert table is not None
    reader = ParameterReader(route, table, frozenset(_mentioned(route)), scope.diagnostics)
    found = [parameter for entry in entries if (parameter := reader.read(entry))]
    conditions = Conditions(route, table, access, found, scope)
    found = [
        conditions.of_parameter(one, text(node, "where"), span_of(node, "where"))
        for one in found
        for node in [reader.nodes[one.name]]
    ]
    if groups_in(answer) is not None:
        _check_groups(found, scope.diagnostics)
        return tuple(_with_pages(found, answer, route))
    _check_cursor(found, answer, scope)
    _check_keys(found, answer, route, table, scope.diagnostics)
    return tuple(_with_pages(found, answer, route))


def takes_cursor(route: Route) -> bool:
    """Whether a query parameter is a cursor."""
    node = route.node.get("query")
    values = [entry.value for entry in node] if isinstance(node, Map) else []
    return any(isinstance(value, Scalar) and value.value == "cursor" for value in values)


def _mentioned(route: Route) -> Iterator[str]:
    """The query parameters that conditions speak of, but for their own."""
    yield from _MENTIONED.findall(text(route.node, "where") or "")
    node = route.node.get("query")
    for entry in node if isinstance(node, Map) else ():
        if isinstance(entry.value, Map):
            yield from (name for name in _MENTIONED.findall(text(entry.value, "where") or "") if name != entry.key)


def _check_cursor(found: list[QueryParameter], answer: Shape | None, scope: Scope) -> None:
    """Adds `BK432` for a cursor that cannot be used."""
    cursors = [one for one in found if one.fact is Fact.CURSOR]
    if not cursors:
        return
    cursor = cursors[0]
    for other in found:
        if other.fact in _BY_NUMBER or other in cursors[1:]:
            message = f"`{cursor.name}` says where the page begins, and so does `{other.name}`"
            scope.diagnostics.add("BK432", other.span, message, "keep one of them")
    facts = {field.shape.fact for field in _fact_fields(answer) if isinstance(field.shape, FactValue)}
    if Fact.NEXT not in facts:
        message = f"`{cursor.name}` is a cursor, but the response gives none"
        fix = 'add "next": "string?" to the response'
        if isinstance(answer, Array):
            fix = 'write {"items": ["object"], "next": "string?"} as the response'
        scope.diagnostics.add("BK432", cursor.span, message, fix)


def _check_groups(found: list[QueryParameter], diagnostics: Diagnostics) -> None:
    """Adds `BK552` for what chooses an order of rows or a place among them, where the answer has groups."""
    for one in found:
        if one.fact is Fact.CURSOR:
            message = f"`{one.name}` is a cursor, which is a place among rows, and the answer has groups of them"
            diagnostics.add("BK552", one.span, message, 'take "page" or "offset" instead')
        if isinstance(one.use, Sort):
            message = f"`{one.name}` orders rows by their columns, and the answer has groups of them"
            diagnostics.add("BK552", one.span, message, "remove it: `sort` of the view says the order of the groups")


def _check_keys(
    found: list[QueryParameter], answer: Shape | None, route: Route, table: Table, diagnostics: Diagnostics
) -> None:
    """Adds `BK432` for long texts that clients would have to send back in a cursor."""
    if not any(one.fact is Fact.CURSOR for one in found):
        return
    keys = [(column, one.span) for one in found if isinstance(one.use, Sort) for column in one.use.keys.values()]
    fixed = [(word.lstrip("+-"), span) for word, span in strings(route.node.get("sort"))]
    fixed = fixed or [(key.column, row.span) for row in _rows(answer) for key in row.sort]
    for name, span in [*keys, *fixed]:
        column = find_column(table, name)
        if column is not None and is_long(column):
            message = (
                f"a cursor would have to hold all of `{name}`, which may have more than {MOST_IN_CURSOR} characters"
            )
            diagnostics.add("BK432", span, message, "limit the column, such as VARCHAR(200), or sort by another one")


def _rows(shape: Shape | None) -> Iterator[Object]:
    """The rows of a list in its answer."""
    match shape:
        case Array(items=Object() as row):
            yield row
        case Object(fields=fields):
            for field in fields:
                yield from _rows(field.shape)


def _with_pages(found: list[QueryParameter], answer: Shape | None, route: Route) -> list[QueryParameter]:
    """Adds the page controls that are missing, called as the response calls them."""
    facts = {parameter.fact for parameter in found}
    shown = {field.shape.fact: field.name for field in _fact_fields(answer) if isinstance(field.shape, FactValue)}
    taken = {parameter.attribute for parameter in found} | {parameter.attribute for parameter in route.parameters}
    added = []
    if not facts & {Fact.CURSOR, *_BY_NUMBER}:
        by_page = (Fact.PAGE in shown or Fact.PAGES in shown) and Fact.OFFSET not in shown
        added.append(Fact.PAGE if by_page else Fact.OFFSET)
    if Fact.LIMIT not in facts:
        added.insert(0, Fact.LIMIT)
    for fact in added:
        name = shown.get(fact, fact.value)
        attribute = names.unique(names.parameter(name), taken)
        taken.add(attribute)
        found.append(_added(fact, name, attribute, route.span))
    return found


def _added(fact: Fact, name: str, attribute: str, span: Span) -> QueryParameter:
    return QueryParameter(name, attribute, TYPES[fact], Paging(fact), False, DEFAULTS[fact], span)


def _fact_fields(shape: Shape | None) -> list[Field]:
    if not isinstance(shape, Object):
        return []
    return [inner for field in shape.fields for inner in (_fact_fields(field.shape) or [field])]
