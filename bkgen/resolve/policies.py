"""Policies of tables: which rows an endpoint sees and may change, and what new rows get."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bkgen.model.endpoints import Access, Operation
from bkgen.model.expressions import (
    Binary,
    Condition,
    Expression,
    Literal,
    Name,
    Operator,
    Value,
)
from bkgen.model.policies import Deed, Policies
from bkgen.model.tables import Column, Table
from bkgen.model.types import Kind, Type
from bkgen.resolve.expressions import as_condition, as_value, is_queryable, resolve_expression
from bkgen.resolve.lookup import find_column
from bkgen.resolve.nodes import child, span_of, text
from bkgen.resolve.scope import Scope
from bkgen.resolve.vocabulary import ACTOR, ROW, mentions, of_request, of_row
from bkgen.source import Entry, Map, Scalar

_DEEDS = {
    Operation.LIST: Deed.READ,
    Operation.READ: Deed.READ,
    Operation.CREATE: Deed.CREATE,
    Operation.REPLACE: Deed.UPDATE,
    Operation.UPDATE: Deed.UPDATE,
    Operation.DELETE: Deed.DELETE,
    Operation.CLEAR: Deed.DELETE,
}


def deed_of(operation: Operation) -> Deed | None:
    """What an operation does with the rows of its table."""
    return _DEEDS.get(operation)


def resolve_policies(nodes: Iterable[Map], scope: Scope) -> dict[str, Policies]:
    """The policies of the tables that have any, by table."""
    found = {}
    for node in nodes:
        table = scope.tables.find(text(node, "name") or "")
        rules, presets = child(node, "policies"), child(node, "set")
        if table is not None and (rules is not None or presets is not None):
            allowed = _allowed(rules, table, scope) if rules is not None else _everything(node)
            found[table.name] = Policies(allowed, _presets(presets, table, scope))
    return found


def visible(table: str, scope: Scope) -> Condition | None:
    """What holds of the rows of a table that may be read; None where all of them may."""
    return _unless_always(scope.policies, table, Deed.READ)


def allowed(table: str, deed: Deed, scope: Scope) -> Condition | None:
    """What holds of the rows with which something may be done; None where it may be done with all."""
    return _unless_always(scope.policies, table, deed)


def _unless_always(policies: Mapping[str, Policies], table: str, deed: Deed) -> Condition | None:
    rules = policies.get(table)
    if rules is None:
        return None
    condition = rules.allowed.get(deed)
    always = condition is not None and isinstance(condition.expression, Literal) and condition.expression.value is True
    return None if always else condition


def _allowed(node: Map, table: Table, scope: Scope) -> dict[Deed, Condition]:
    found = {}
    for deed in Deed:
        written = text(node, deed)
        if written is None:
            continue
        expression = resolve_expression(written, span_of(node, deed), of_row(table, scope), scope.diagnostics)
        expression = as_condition(expression, scope.diagnostics) if expression is not None else None
        if expression is not None and is_queryable(expression, frozenset({ROW}), scope.diagnostics):
            found[deed] = Condition(written, expression)
    return found


def _everything(node: Map) -> dict[Deed, Condition]:
    always = Literal(True, Value(Type(Kind.BOOLEAN)), node.span)
    return {deed: Condition("true", always) for deed in Deed}


def _presets(node: Map | None, table: Table, scope: Scope) -> dict[str, Expression]:
    found = {}
    for entry in node or ():
        column = find_column(table, entry.key)
        if column is None:
            fix = scope.diagnostics.nearest(entry.key_span, entry.key, (column.name for column in table.columns))
            scope.diagnostics.add("BK315", entry.key_span, f"`set` names `{entry.key}`, which is no column", fix)
        elif (value := _preset(entry, column, table, scope)) is not None:
            found[column.name] = value
    return found


def _preset(entry: Entry, column: Column, table: Table, scope: Scope) -> Expression | None:
    """The value of a column of new rows; None where it cannot be, which is reported."""
    written = entry.value.value if isinstance(entry.value, Scalar) else None
    words = of_request(table, Access.SIGNED_IN, (), (), scope)
    found = resolve_expression(str(written), entry.value.span, words, scope.diagnostics)
    if found is None:
        return None
    if mentions(found, ROW):
        message = f"`{column.name}` is set before its row is there, so `row` has no meaning"
        scope.diagnostics.add("BK315", entry.value.span, message, "use `actor` or `now`")
        return None
    return as_value(found, column.type, column.nullable, scope.diagnostics)


def holds_signed_in(condition: Condition) -> bool:
    """Whether it is `actor != null`, which holds of everyone who is signed in."""
    match condition.expression:
        case Binary(operator=Operator.NOT_EQUAL, left=Name(name=name), right=Literal(value=None)):
            return name == ACTOR
    return False


def none_allowed(table: str, operation: Operation, scope: Scope) -> Deed | None:
    """The deed that no policy of the table allows, though an operation does it."""
    deed, rules = deed_of(operation), scope.policies.get(table)
    return deed if rules is not None and deed is not None and deed not in rules.allowed else None
