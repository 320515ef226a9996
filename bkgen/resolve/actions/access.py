"""Whether the steps of an action need to know who asks, because tables say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from bkgen.diagnostics import Diagnostics
from bkgen.model.actions import Insert, Step, Update, every, terms_of
from bkgen.model.endpoints import Access, Operation
from bkgen.model.expressions import Expression, Gives, Row
from bkgen.resolve.actions.steps import StepReader
from bkgen.resolve.actions.transitions import STEP, transition_of_route, transition_step
from bkgen.resolve.asker import ANYONE
from bkgen.resolve.nodes import span_of
from bkgen.resolve.routes import Route
from bkgen.resolve.scope import Scope
from bkgen.resolve.vocabulary import ACTOR, mentions


def access_by_rules(route: Route, access: Access, known: Mapping[str, Gives], scope: Scope) -> Access:
    """Who gets there: signed-in users only, where nothing is said of it and rules on what is written speak of `actor`.

    The steps are read for that once more, by themselves: what they are depends on who gets there.
    """
    if access is not Access.ANYONE or route.node.get("auth") is not None or scope.accounts is None:
        return access
    actor = Row(scope.accounts.table, nullable=True)
    silent = replace(scope, diagnostics=Diagnostics())
    steps = steps_of(route, StepReader({**known, ACTOR: actor}, silent, ANYONE), silent)
    rules = (rule for step in every(steps) for rule in _rules(step, scope))
    return Access.SIGNED_IN if any(mentions(rule, ACTOR) for rule in rules) else access


def steps_of(route: Route, reader: StepReader, scope: Scope) -> tuple[Step, ...]:
    """What the endpoint does: the steps that it lists, or its transition."""
    if route.operation is not Operation.TRANSITION:
        return reader.read(route.node.get("do"))
    transition = transition_of_route(route, scope)
    if transition is None:
        return ()
    step = transition_step(route, transition, reader.asker, scope)
    reader.rows[STEP] = scope.tables[step.table]
    reader.names[STEP] = Row(step.table)
    return (step,)


def check_account_is_known(route: Route, access: Access, steps: Iterable[Step], scope: Scope) -> None:
    """Adds `BK410` where who asks is written, or tells whether a state may change, and there may be nobody."""
    if access is Access.SIGNED_IN:
        return
    if any(mentions(rule, ACTOR) for step in every(steps) for rule in _needing(step, scope)):
        message = f"{route} is open to anyone, but what it writes takes an account (`actor`)"
        scope.diagnostics.add("BK410", span_of(route.node, "auth"), message, 'write "auth": true')


def _rules(step: Step, scope: Scope) -> Iterator[Expression]:
    """What rules say of a write."""
    terms = terms_of(step)
    for rule in (terms.allowed, *(rule for _, rule in terms.writable)):
        if rule is not None:
            yield rule.expression
    yield from _needing(step, scope)


def _needing(step: Step, scope: Scope) -> Iterator[Expression]:
    """Rules that have no answer where nobody asks."""
    match step:
        case Insert(table=table, values=values):
            presets = rules.presets if (rules := scope.policies.get(table)) is not None else {}
            yield from (value for column, value in values if presets.get(column) is value)
        case Update(terms=terms):
            yield from [terms.by.expression] if terms.by is not None else []
            yield from (value for _, value in (terms.transition.values if terms.transition is not None else ()))
