"""What the rows get that steps insert: values of the step, and presets of the table."""

from __future__ import annotations

from bkgen.model.actions import Assignments, OnConflict, Terms
from bkgen.model.expressions import Expression
from bkgen.model.policies import Deed
from bkgen.model.tables import Table
from bkgen.resolve import names
from bkgen.resolve.nodes import child, span_of
from bkgen.resolve.policies import allowed, writing
from bkgen.resolve.references import describe
from bkgen.resolve.scope import Scope
from bkgen.source import Map


def with_presets(node: Map, values: Assignments, table: Table, terms: Terms, scope: Scope) -> Assignments:
    """The values of a new row: a step that keeps policies writes no preset column, any other one may."""
    presets: dict[str, Expression] = dict(rules.presets) if (rules := scope.policies.get(table.name)) else {}
    own = dict(values)
    for name in presets if not terms.ignored else ():
        if name in own:
            message = f"`{name}` is given by the `set` of table `{table.name}`"
            fix = 'remove it; or write "policies": false, if this step may choose it'
            scope.diagnostics.add("BK447", own[name].span, message, fix)
    given = {names.fold(entry.key) for entry in child(node, "values") or ()} | set(map(names.fold, presets))
    for column in table.columns:
        if column.required and names.fold(column.name) not in given:
            message = f"this makes no row: column `{table.name}.{column.name}` needs a value"
            fix = f'add "{column.name}" to `values`: {describe(column.type)}; or give the column a default'
            scope.diagnostics.add("BK506", span_of(node, "values"), message, fix)
    return (*values, *((name, value) for name, value in presets.items() if name not in own))


def meant_rule(node: Map, values: Assignments, table: Table, scope: Scope) -> tuple[str, ...] | None:
    """The unique rule that `onConflict` is about; None where that is not clear, which is reported."""
    given = {column for column, _ in values}
    meant = [rule for rule in dict.fromkeys(table.unique_rules) if set(rule) <= given]
    if len(meant) == 1:
        return meant[0]
    known = " and ".join(f"({', '.join(rule)})" for rule in meant)
    message = f"several unique rules can be in the way: {known}" if meant else "no unique rule is written here"
    fix = f"`onConflict` takes the values of one key or unique rule of `{table.name}`"
    scope.diagnostics.add("BK446", span_of(node, "onConflict"), message, fix)
    return None


def check_conflict(
    node: Map, values: Assignments, conflict: OnConflict, table: Table, terms: Terms, scope: Scope
) -> None:
    """Adds `BK447` where a row that is there would be changed, whatever policies say of new rows and changed ones."""
    restricted = terms.allowed is not None or allowed(table.name, Deed.UPDATE, scope) is not None
    denied = (rules := scope.policies.get(table.name)) is not None and Deed.UPDATE not in rules.allowed
    written = writing(table.name, (column for column, _ in (*values, *conflict.values)), scope)
    if conflict.values and not terms.ignored and (restricted or denied or written):
        message = f"this makes a row of `{table.name}` or changes one, which its policies tell apart"
        fix = 'write a step for each; or "policies": false, if this step may do both'
        scope.diagnostics.add("BK447", span_of(node, "onConflict"), message, fix)
