"""Views of the generated tests of idempotency keys: a request that comes again acts once, another one is refused."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.actions import Delete, Insert, Update, every
from bkgen.model.endpoints import STEP_OPERATIONS, Cause, Endpoint
from bkgen.model.service import Service
from bkgen.model.shapes import ColumnValue, Given
from bkgen.render.action_rules import rules_of
from bkgen.render.action_tests import call_arguments
from bkgen.render.environment import enclosed
from bkgen.render.literals import literal
from bkgen.render.made import UnbuildableError
from bkgen.render.problems import Problem
from bkgen.render.roles import new_account
from bkgen.render.situations import Situation
from bkgen.render.test_bodies import envelope_of, failure
from bkgen.render.test_calls import Call, call_on_row, name_of
from bkgen.render.test_values import other_value, unknown
from bkgen.resolve.idempotency import HEADER


@dataclass(frozen=True, slots=True)
class KeyTest:
    """A test function.

    Attributes:
        lines: that make the situation, with the body in `body`.
        arguments: of curl; `others` for another request with the same key, none where there can be no other.
        stranger: the account that then sends the same, `by_stranger`; empty where nobody signs in.
        models: whose rows are counted.
        failure: the assertion on the body of the refusal.
        skipped: why it cannot be run; empty where it can.
    """

    name: str
    status: int
    lines: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    stranger: str = ""
    by_stranger: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    failure: str = ""
    skipped: str = ""


def keyed_calls(service: Service, required: bool = False) -> list[str]:
    """The endpoints that take keys, or with `required` those that cannot do without, as curl is given them."""
    return [
        name_of(endpoint)
        for endpoint in service.endpoints
        if (keys := endpoint.idempotency) is not None and (keys.required or not required)
    ]


def key_tests(endpoint: Endpoint, service: Service) -> KeyTest:
    status = endpoint.success.status
    call = (
        call_of_action(endpoint, service) if endpoint.operation in STEP_OPERATIONS else call_on_row(endpoint, service)
    )
    if call is None:
        return KeyTest(endpoint.name, status, skipped="no situation was found in which it is done")
    body = [f"body = {call.body}"] if call.body else []
    envelope = envelope_of(endpoint)
    token = ["token=caller.token"] if call.token else []
    path = [f"path={call.path}"] if call.path else []
    sent = [f"json={enclosed('body', envelope)}"] if body else []
    changed = _changed(endpoint)
    others: list[str] = []
    if changed and body:
        others = [name_of(endpoint), *path, f"json={enclosed(f'{{**body, {changed}}}', envelope)}", *token]
    elif endpoint.path_parameters and endpoint.entry is None:
        values = ", ".join(f"{literal(one.attribute)}: {unknown(one.type)}" for one in endpoint.path_parameters)
        others = [name_of(endpoint), f"path={{{values}}}", *sent, *token]
    return KeyTest(
        name=endpoint.name,
        status=status,
        lines=(*call.lines, *body),
        arguments=(name_of(endpoint), *path, *sent, *token),
        others=tuple(others),
        stranger=f"rows.sign_in({new_account(endpoint, service)})" if token else "",
        by_stranger=(name_of(endpoint), *path, *sent, "token=stranger.token"),
        models=_models(endpoint, service),
        failure=_refusal(endpoint, service),
    )


def call_of_action(endpoint: Endpoint, service: Service) -> Call | None:
    """A request to an action; None where no situation was found in which it is done."""
    try:
        situation = Situation(endpoint, service, rules=rules_of(endpoint, service))
    except UnbuildableError:
        return None
    given = dict(part.split("=", 1) for part in call_arguments(situation, endpoint)[1:])
    *lines, _ = situation.lines(f"({', '.join(given.values())})")
    return Call(tuple(lines), given.get("path", ""), given.get("json", ""), "token" in given)


def _models(endpoint: Endpoint, service: Service) -> tuple[str, ...]:
    """The tables that it writes."""
    if endpoint.operation not in STEP_OPERATIONS:
        return (service.table(endpoint.table or "").class_name,)
    written = [step.table for step in every(endpoint.steps) if isinstance(step, Insert | Update | Delete)]
    return tuple(service.table(name).class_name for name in dict.fromkeys(written))


def _changed(endpoint: Endpoint) -> str:
    """A field of the body with another value that it takes, as an item of a dictionary; empty where none is known."""
    for field in endpoint.body.fields if endpoint.body is not None else ():
        if isinstance(field.shape, ColumnValue | Given) and (
            other := other_value(field.shape.type, f"body[{literal(field.name)}]")
        ):
            return f"{literal(field.name)}: {other}"
    return ""


def _refusal(endpoint: Endpoint, service: Service) -> str:
    response = endpoint.response(Cause.KEY_REUSED)
    assert response is not None
    return failure(response, [Problem("invalid", (HEADER,), text="was sent with another request")], service)
