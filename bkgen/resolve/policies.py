"""Policies of tables: which rows an endpoint sees and may change, and what new rows get."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from bkgen.model.endpoints import Access, Operation
from bkgen.model.expressions import (
    ColumnOf,
    Condition,
    Expression,
    Literal,
    Name,
    Related,
    Value,
)
from bkgen.model.policies import Deed, Derived, Policies
from bkgen.model.tables import Column, Table
from bkgen.model.types import Kind, Type
from bkgen.resolve.column_rules import WRITABLE, column_rules, policy_condition
from bkgen.resolve.expressions import as_value, resolve_expression
from bkgen.resolve.expressions.parts import walk
from bkgen.resolve.files import refuse_value
from bkgen.resolve.lookup import find_column
from bkgen.resolve.nodes import child, flag, span_of, text
from bkgen.resolve.scope import Scope
from bkgen.resolve.veils import VISIBLE, seen_by_all
from bkgen.resolve.vocabulary import ROW, mentions, of_request
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
            of_rows = rules is not None and (not rules.entries or any(deed in rules for deed in Deed))
            allowed = _allowed(rules, table, scope) if rules is not None and of_rows else _everything(node)
            given = list(_given(presets, table, scope))
            plain = {one.column: one.value for one in given if not one.sources and not one.distinct}
            set_ = frozenset(one.column for one in given)
            found[table.name] = Policies(
                allowed,
                plain,
                {one.column: one.text for one in given if one.column in plain},
                tuple(one for one in given if one.column not in plain),
                visible=column_rules(rules, VISIBLE, table, set_, scope),
                writable=column_rules(rules, WRITABLE, table, set_, scope),
            )
    return found


def visible(table: str, scope: Scope) -> Condition | None:
    """What holds of the rows of a table that may be read; None where all of them may."""
    return _unless_always(scope.policies, table, Deed.READ)


def allowed(table: str, deed: Deed, scope: Scope) -> Condition | None:
    """What holds of the rows with which something may be done; None where it may be done with all."""
    return _unless_always(scope.policies, table, deed)


def has_rules_of_rows(table: str, policies: Mapping[str, Policies]) -> bool:
    """Whether a table says more than who sees and writes single columns."""
    rules = policies.get(table)
    if rules is None:
        return False
    restricts = any(_unless_always(policies, table, deed) is not None or deed not in rules.allowed for deed in Deed)
    return restricts or bool(rules.given) or not (rules.visible or rules.writable)


def shown(table: str, column: str, scope: Scope) -> Condition | None:
    """What holds of the rows whose value of a column may be seen; None where it is as visible as its row."""
    rules = scope.policies.get(table)
    return rules.visible.get(column) if rules is not None else None


def writing(table: str, columns: Iterable[str], scope: Scope) -> dict[str, Condition]:
    """What holds of the rows in which columns may be written, of those that are not as writable as their row."""
    rules = scope.policies.get(table)
    return {column: rules.writable[column] for column in columns if column in rules.writable} if rules else {}


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
        if (written := text(node, deed)) is not None:
            # One that is no condition is told by itself: it is not missing, too.
            found[deed] = policy_condition(written, span_of(node, deed), table, scope) or _always(node)
    return found


def _everything(node: Map) -> dict[Deed, Condition]:
    return {deed: _always(node) for deed in Deed}


def _always(node: Map) -> Condition:
    return Condition("true", Literal(True, Value(Type(Kind.BOOLEAN)), node.span))


_DISTINCT = re.compile(r"\s*distinct\s*\((.*)\)\s*", re.DOTALL)
"""An expression whose value gets an ending where another row has it."""


def _given(node: Map | None, table: Table, scope: Scope) -> Iterator[Derived]:
    """What `set` says of the columns of new rows."""
    distinct = ""
    for entry in node or ():
        column = find_column(table, entry.key)
        if column is None:
            fix = scope.diagnostics.nearest(entry.key_span, entry.key, (column.name for column in table.columns))
            scope.diagnostics.add("BK315", entry.key_span, f"`set` names `{entry.key}`, which is no column", fix)
        else:
            one = _derived(entry, column, table, scope) or _unread(entry, column)
            if one.distinct and distinct:
                message = f"`{distinct}` is distinct already, and a row can be tried again for one column only"
                scope.diagnostics.add(
                    "BK315", entry.value.span, message, "make one of them with `slug` or `lower` alone"
                )
                continue
            distinct = column.name if one.distinct else distinct
            yield one


def _unread(entry: Entry, column: Column) -> Derived:
    """What stands for a value that cannot be, and is told by itself: its column has one."""
    return Derived(column.name, "", Literal(None, Value(column.type), entry.value.span), False, False, ())


def _derived(entry: Entry, column: Column, table: Table, scope: Scope) -> Derived | None:
    """The value of a column of new rows; None where it cannot be, which is reported."""
    node, on_update = entry.value, False
    if refuse_value(column, table, entry.key_span, scope.diagnostics):
        return None
    if isinstance(node, Map):
        on_update = flag(node, "onUpdate") is True
        node = node.get("value") or node
    written = str(node.value) if isinstance(node, Scalar) else ""
    match = _DISTINCT.fullmatch(written)
    words = replace(of_request(table, Access.SIGNED_IN, (), (), scope), veils=False)
    found = resolve_expression(match[1] if match else written, node.span, words, scope.diagnostics)
    found = as_value(found, column.type, column.nullable, scope.diagnostics) if found is not None else None
    if found is None:
        return None
    own = [part for part in walk(found) if isinstance(part, ColumnOf) and _is_row(part.row)]
    sources = tuple(dict.fromkeys(part.column for part in own))
    message, fix = "", None
    if mentions(found, ROW) and len(own) != sum(isinstance(part, Name) and part.name == ROW for part in walk(found)):
        message, fix = (
            f"`{column.name}` is set before its row is there, so `row` has no relations yet",
            "use its columns",
        )
    elif any(isinstance(part, Related) for part in walk(found)):
        message, fix = (
            f"`{column.name}` is set by what a request brings, not by other rows",
            "use `row`, `actor` or `now`",
        )
    elif column.name in sources:
        message, fix = f"`{column.name}` cannot follow from itself", "use other columns"
    elif match and not (column.type.kind is Kind.STRING and column.unique and not column.type.enum):
        message, fix = f"`distinct` is for texts of a unique column, and `{column.name}` is none", 'add "unique": true'
    elif on_update and len(sources) != 1:
        message = f"`{column.name}` changes with one column of its row, and this speaks of {len(sources)}"
        fix = "remove `onUpdate`, or speak of one"
    if message:
        scope.diagnostics.add("BK315", node.span, message, fix)
        return None
    if column.type.public and not _is_judged(found):
        message = f"`{table.name}.{column.name}` is put together, and nothing judges the host that comes of it"
        fix = 'take it whole from a column that has `"hosts": "public"` too'
        scope.diagnostics.add("BK518", node.span, message, fix)
        return None
    if not (column.private or column.veiled):
        use, fix = f"`{column.name}`, which follows from it,", f"hide `{column.name}` too, or make it private"
        for name in sources:
            if not seen_by_all(table.column(name), table, node.span, use, fix, scope.diagnostics):
                return None
    return Derived(column.name, written, found, match is not None, on_update, sources)


def _is_judged(url: Expression) -> bool:
    """Whether a URL is of the document, or whole as a client sent it to a column that is guarded too."""
    type_ = url.gives.type if isinstance(url, ColumnOf) else None
    return isinstance(url, Literal) or (type_ is not None and type_.public)


def _is_row(expression: Expression) -> bool:
    return isinstance(expression, Name) and expression.name == ROW


def none_allowed(table: str, operation: Operation, scope: Scope) -> Deed | None:
    """The deed that no policy of the table allows, though an operation does it."""
    deed, rules = deed_of(operation), scope.policies.get(table)
    return deed if rules is not None and deed is not None and deed not in rules.allowed else None
