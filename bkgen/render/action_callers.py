"""What an action answers to each kind of caller: its good end, and the refusals by policies and transitions."""

from __future__ import annotations

from collections.abc import Iterator

from bkgen.model.actions import Delete, Load, Update
from bkgen.model.endpoints import Endpoint
from bkgen.model.expressions import Binary, ColumnOf, Expression, Name, Operator, Row, Value
from bkgen.model.service import Service
from bkgen.model.tables import Table
from bkgen.render.action_rules import rules_of
from bkgen.render.action_tests import call_arguments
from bkgen.render.made import UnbuildableError
from bkgen.render.situations import Situation, is_caller
from bkgen.resolve.actions.which import key_of
from bkgen.resolve.expressions.kinds import BOOLEAN
from bkgen.resolve.vocabulary import ACTOR, ROW

Answer = tuple[int, tuple[str, ...], str]
"""A status, the lines that make the situation for it, and what the call then takes beside the endpoint."""


def owned_table(endpoint: Endpoint, service: Service) -> Table | None:
    """The table of the row that the request names, which could be the caller's or somebody else's."""
    step = _first(endpoint)
    if step is None or any(is_caller(value) for _, value in map(key_of, step.which.same)):
        return None
    return service.table(step.table)


def answers_to(
    endpoint: Endpoint,
    asks: list[Expression],
    there: list[Expression],
    account: dict[str, str],
    own: bool | None,
    owner: str,
    service: Service,
) -> Iterator[Answer]:
    """What is answered to one kind of caller, each status once.

    Args:
        asks: what holds of who asks.
        there: what else holds of who asks and the first row.
        account: the columns of the caller's account that say so, which the generated function gets as `account`.
        own: whether the row that the request names is the caller's; None where it names none.
        owner: the column of that row which says whose it is.
    """
    rules = rules_of(endpoint, service)
    also = [] if own is None else [_is_own(endpoint, owner, own, service)]
    also += there
    outcomes = [(endpoint.success.status, None), *((rule.status, rule) for rule in rules)]
    found: set[int] = set()
    for status, denied in outcomes:
        if status in found:
            continue
        try:
            situation = Situation(endpoint, service, denied, rules, also, asks, account)
        except UnbuildableError:
            continue
        if not endpoint.authenticated and situation.caller is not None:
            continue  # somebody is signed in there, and anyone may call it
        found.add(status)
        _, *arguments = call_arguments(situation, endpoint)
        items = (argument.partition("=") for argument in arguments)
        result = "{" + ", ".join(f'"{name}": {value}' for name, _, value in items) + "}"
        *lines, _ = situation.lines(result, given="account")
        yield status, tuple(lines), result


def _first(endpoint: Endpoint) -> Load | Update | Delete | None:
    """The step that works on the first row that is there."""
    rows = (step for step in endpoint.steps if isinstance(step, Load | Update | Delete))
    return next((step for step in rows if step.which.named), None)


def _is_own(endpoint: Endpoint, owner: str, own: bool, service: Service) -> Expression:
    """That the first row is the caller's, or that it is somebody else's."""
    step = _first(endpoint)
    assert step is not None
    assert service.accounts is not None
    key = service.table(service.accounts.table).primary_key[0]
    actor = Name(ACTOR, Row(service.accounts.table), step.span)
    whose = ColumnOf(Name(ROW, Row(step.table), step.span), owner, Value(key.type, nullable=True), step.span)
    asks = ColumnOf(actor, key.name, Value(key.type), step.span)
    return Binary(Operator.EQUAL if own else Operator.NOT_EQUAL, whose, asks, BOOLEAN, step.span)
