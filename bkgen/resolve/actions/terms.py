"""What the policies of its table say of a step: whose rows are there for it, and what it may do with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bkgen.model.actions import Assignments, Terms
from bkgen.model.expressions import Condition, Expression
from bkgen.model.policies import Deed
from bkgen.model.states import Transition
from bkgen.model.tables import Table
from bkgen.resolve.asker import Asker
from bkgen.resolve.implied import columns_in, may_all
from bkgen.resolve.nodes import flag, span_of
from bkgen.resolve.policies import allowed, visible, writing
from bkgen.resolve.scope import Scope
from bkgen.source import Map

DEEDS = {"load": Deed.READ, "each": Deed.READ, "insert": Deed.CREATE, "update": Deed.UPDATE, "delete": Deed.DELETE}


def terms_of(node: Map, verb: str, table: Table, asker: Asker, scope: Scope) -> Terms:
    """The terms of a step on rows of `table`; what no policy allows is reported, and what holds of all
    who get there is no term."""
    rules, deed = scope.policies.get(table.name), DEEDS[verb]
    said = node.entry("policies")
    if said is not None and rules is None:
        message = f"table `{table.name}` has no policies that this step could do without"
        scope.diagnostics.add("BK447", said.key_span, message, "remove `policies`")
    if rules is None or flag(node, "policies") is False:
        return Terms(ignored=rules is not None)
    for needed in dict.fromkeys([Deed.CREATE] if deed is Deed.CREATE else [Deed.READ, deed]):
        if needed not in rules.allowed:
            message = (
                f"no policy of table `{table.name}` allows to {needed} its rows, so this step would refuse everyone"
            )
            fix = f'add "{needed}": "..." to its `policies`; or write "policies": false here, if this step may anyway'
            scope.diagnostics.add("BK421", span_of(node, verb), message, fix)
    seen = visible(table.name, scope) if deed is not Deed.CREATE else None
    may = allowed(table.name, deed, scope) if deed is not Deed.READ else None
    return Terms(unless_sure(seen, asker), unless_sure(may, asker))


def to_write(
    terms: Terms, values: Assignments, table: Table, asker: Asker, scope: Scope, *, new: bool = False
) -> Terms:
    """The terms of a step that writes `values` into rows, into `new` ones or those that are there."""
    if terms.ignored:
        return terms
    rules = writing(table.name, (column for column, _ in values), scope)
    row = dict(values) if new else {}
    asked = tuple((column, rule) for column, rule in rules.items() if unless_sure(rule, asker, row) is not None)
    return replace(terms, writable=asked)


def unless_sure(
    condition: Condition | None, asker: Asker, written: Mapping[str, Expression] | None = None
) -> Condition | None:
    """The condition; None where it holds for sure of a row with what is `written` in it."""
    return None if condition is not None and asker.satisfies(condition.expression, written) else condition


def of_made_row(terms: Terms, made: Mapping[str, Expression], values: Assignments, asker: Asker) -> Terms:
    """The terms of an update of a row that was `made`, whose policy is asked unless it holds before and after."""
    rows = (made, {**made, **dict(values)})
    is_sure = all(unless_sure(terms.allowed, asker, row) is None for row in rows)
    return replace(terms, allowed=None, again=False) if is_sure else terms


def asked_for(transition: Transition, asker: Asker) -> Transition:
    """The transition, which asks nothing of those who may make it anyway."""
    return replace(transition, by=unless_sure(transition.by, asker))


def asked_again(terms: Terms, values: Assignments) -> Terms:
    """The terms of an update, whose policy is asked once more where it speaks of what is written."""
    written = {column for column, _ in values}
    again = terms.allowed is not None and not written.isdisjoint(columns_in(terms.allowed.expression))
    return replace(terms, again=again)


def unless_implied(terms: Terms) -> Terms:
    """The terms without what follows from the others.

    `allowed` may follow from `visible` and from what the transition says; `visible` from `allowed` and from that.
    """
    if terms.allowed is not None and not terms.again and may_all(terms.allowed, [terms.visible, terms.by], ()):
        terms = replace(terms, allowed=None)
    return replace(terms, covered=terms.visible is not None and may_all(terms.visible, [terms.allowed, terms.by], ()))
