"""Policies of single columns: to whom a value is shown, and who may write it."""

from __future__ import annotations

from collections.abc import Iterator

from bkgen.model.expressions import Condition, Literal
from bkgen.model.tables import Column, Table
from bkgen.resolve.expressions import as_condition, is_queryable, resolve_expression
from bkgen.resolve.lookup import find_column
from bkgen.resolve.nobody import unlike_nobody
from bkgen.resolve.nodes import child, text
from bkgen.resolve.scope import Scope
from bkgen.resolve.veils import VISIBLE
from bkgen.resolve.vocabulary import ROW, of_row
from bkgen.source import Entry, Map, Span

WRITABLE = "writable"
_REMOVE = "remove it"


def column_rules(node: Map | None, key: str, table: Table, given: frozenset[str], scope: Scope) -> dict[str, Condition]:
    """What `policies` say of columns under `key`, by column; `given` are those that `set` gives new rows."""
    found = {}
    for entry in (child(node, key) if node is not None else None) or ():
        column = find_column(table, entry.key)
        if column is None:
            message = f"`{key}` names `{entry.key}`, which is no column of `{table.name}`"
            known = [one.name for one in table.public]
            fix = scope.diagnostics.nearest(entry.key_span, entry.key, known) or f"its columns: {', '.join(known)}"
            scope.diagnostics.add("BK424", entry.key_span, message, fix)
            continue
        for message, fix in _unfit(key, column, table, given, scope):
            scope.diagnostics.add("BK424", entry.key_span, message, fix)
            break
        else:
            if (rule := _rule(entry, table, scope)) is not None:
                found[column.name] = rule
    return found


def policy_condition(written: str, span: Span, table: Table, scope: Scope) -> Condition | None:
    """What a policy says of rows of a table, and of who asks; None where it cannot be, which is reported."""
    found = resolve_expression(written, span, of_row(table, scope), scope.diagnostics)
    found = as_condition(found, scope.diagnostics) if found is not None else None
    if found is None or not is_queryable(found, frozenset({ROW}), scope.diagnostics):
        return None
    if scope.accounts is not None:
        found = unlike_nobody(found, scope.tables[scope.accounts.table])
    return Condition(written, found)


def _rule(entry: Entry, table: Table, scope: Scope) -> Condition | None:
    """The condition of a column; None where it always holds, and where it cannot be, which is reported."""
    rule = policy_condition(text(Map((entry,), entry.key_span), entry.key) or "", entry.value.span, table, scope)
    always = rule is not None and isinstance(rule.expression, Literal) and rule.expression.value is True
    return None if always else rule


def _unfit(key: str, column: Column, table: Table, given: frozenset[str], scope: Scope) -> Iterator[tuple[str, str]]:
    """Why the column can have no such policy, with what to do."""
    named = f"`{column.name}`"
    if column.private:
        yield f"{named} is private: no client sees it, and none writes it", _REMOVE
    if column.primary:
        yield f"{named} is part of the primary key, by which clients name the row", _REMOVE
    if key == VISIBLE and column.name in table.referring:
        message = f"{named} refers to another row, and the relations that follow from it would tell what it hides"
        yield message, 'hide the row by its policy "read", or move the column to a table of its own that has one'
    if key == VISIBLE and column.transitions:
        message = f"{named} has states, and what its transitions answer would tell them"
        yield message, 'hide the row by its policy "read"'
    if key == VISIBLE and any(column.name in one.targets for _, one in scope.tables.referring(table.name)):
        yield f"rows of other tables refer to {named}, and would tell what it hides", "let them refer to the key"
    if key == WRITABLE and column.name in given:
        yield f"no client writes {named}: the `set` of the table gives it", _REMOVE
    if key == WRITABLE and column.transitions:
        yield f"{named} has states, and `by` of its transitions says who may change it", "say it there"
    if key == WRITABLE and column.generated:
        yield f"no client writes {named}, which is generated", _REMOVE
