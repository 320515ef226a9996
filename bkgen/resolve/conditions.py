"""Conditions on the rows that an endpoint works on: its own, and those of its query parameters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bkgen.model import endpoints
from bkgen.model.endpoints import Access, Operation, QueryParameter
from bkgen.model.expressions import Binary, ColumnOf, Condition, Expression, Literal, Name, Operator, Row, Value
from bkgen.model.tables import Table
from bkgen.resolve.asker import Asker
from bkgen.resolve.expressions import Scope as Words
from bkgen.resolve.expressions import as_condition, is_queryable, resolve_expression
from bkgen.resolve.expressions.kinds import BOOLEAN
from bkgen.resolve.expressions.parts import walk
from bkgen.resolve.expressions.presence import path_of
from bkgen.resolve.guards import guarded
from bkgen.resolve.nodes import span_of, text
from bkgen.resolve.roles import asker_of
from bkgen.resolve.routes import Route
from bkgen.resolve.scope import Scope
from bkgen.resolve.vocabulary import QUERY, ROW, of_request
from bkgen.source import Span

_ON_ROWS = frozenset(
    {Operation.LIST, Operation.READ, Operation.REPLACE, Operation.UPDATE, Operation.DELETE, Operation.CLEAR}
)


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
    return _condition(written, span, words, asker_of(route, access, scope), scope)


def file_there(route: Route, access: Access, scope: Scope) -> Condition | None:
    """That the row has the file that is the answer, and shows it to who asks; None where that holds for sure."""
    table = scope.table_of(route)
    if not route.file or table is None:
        return None
    column = table.column(route.file)
    if not column.nullable and not column.veiled:
        return None
    span = route.span
    file = ColumnOf(Name(ROW, Row(table.name), span), column.name, Value(column.type, nullable=True), span)
    there = Binary(Operator.NOT_EQUAL, file, Literal(None, Value(None, nullable=True), span), BOOLEAN, span)
    return Condition(f"row.{column.name} != null", guarded(there, scope, asker_of(route, access, scope)))


def both(one: Condition, other: Condition) -> Condition:
    """That two conditions hold."""
    left, right = one.expression, other.expression
    return Condition(f"({one.text}) && {other.text}", Binary(Operator.AND, left, right, BOOLEAN, right.span))


@dataclass(frozen=True, slots=True)
class Conditions:
    """Reads the conditions of the query parameters `query`, each of which may speak of all of them."""

    route: Route
    table: Table
    access: Access
    query: Iterable[QueryParameter]
    scope: Scope

    def of_parameter(self, parameter: QueryParameter, written: str | None, span: Span) -> QueryParameter:
        """The parameter with its condition, where it has one; it holds wherever the parameter has a value."""
        if written is None:
            return parameter
        words = of_request(self.table, self.access, self.route.parameters, self.query, self.scope, given=parameter.name)
        found = _condition(written, span, words, asker_of(self.route, self.access, self.scope), self.scope)
        if found is None:
            return parameter
        if not _speaks_of(found.expression, parameter):
            message = f"the condition of `{parameter.name}` does not say `query.{parameter.name}`"
            fix = "compare it with a column of `row`; what always holds is the endpoint's `where`"
            self.scope.diagnostics.add("BK431", span, message, fix)
        return replace(parameter, use=endpoints.Condition(found))


def _condition(written: str, span: Span, words: Words, asker: Asker, scope: Scope) -> Condition | None:
    found = resolve_expression(written, span, words, scope.diagnostics)
    found = as_condition(found, scope.diagnostics) if found is not None else None
    if found is None or not is_queryable(found, frozenset({ROW}), scope.diagnostics):
        return None
    return Condition(written, guarded(found, scope, asker))


def _speaks_of(expression: Expression, parameter: QueryParameter) -> bool:
    return any(path_of(part) == (QUERY, parameter.attribute) for part in walk(expression))
