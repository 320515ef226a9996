"""Conditions on the rows that an endpoint works on."""

from __future__ import annotations

from bkgen.model.endpoints import Access, Operation, QueryParameter
from bkgen.model.expressions import Condition
from bkgen.resolve.expressions import as_condition, is_queryable, resolve_expression
from bkgen.resolve.nodes import span_of, text
from bkgen.resolve.routes import Route
from bkgen.resolve.scope import Scope
from bkgen.resolve.vocabulary import ROW, of_request

_ON_ROWS = frozenset({Operation.LIST, Operation.READ, Operation.REPLACE, Operation.UPDATE, Operation.DELETE})


def where_of(route: Route, access: Access, query: tuple[QueryParameter, ...], scope: Scope) -> Condition | None:
    """The endpoint's `where`; None where it has none, or one that cannot be, which is reported."""
    written = text(route.node, "where")
    table = scope.table_of(route)
    if written is None:
        return None
    span = span_of(route.node, "where")
    if table is None or route.operation not in _ON_ROWS:
        message = f"{route} is a `{route.operation}`, which looks for no rows"
        scope.diagnostics.add("BK420", span, message, "remove `where`")
        return None
    words = of_request(table, access, route.parameters, query, scope)
    found = resolve_expression(written, span, words, scope.diagnostics)
    found = as_condition(found, scope.diagnostics) if found is not None else None
    if found is None or not is_queryable(found, frozenset({ROW}), scope.diagnostics):
        return None
    return Condition(written, found)
