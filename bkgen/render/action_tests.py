"""Views of the generated tests of actions: each ends well, and with each status that one of its steps refuses with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bkgen.model.actions import Delete, Load, Refusal, Require, Update, every
from bkgen.model.endpoints import Cause, Endpoint
from bkgen.model.expressions import ColumnOf, Expression, MemberOf, Related
from bkgen.model.service import Service
from bkgen.render.literals import literal
from bkgen.render.routes import python_path
from bkgen.render.situations import Sent, Situation, UnbuildableError
from bkgen.render.test_bodies import failure
from bkgen.render.test_values import shape, unknown_value
from bkgen.resolve import names
from bkgen.resolve.actions.which import key_of
from bkgen.resolve.expressions.parts import walk


@dataclass(frozen=True, slots=True)
class ActionTest:
    """A test function.

    Attributes:
        name: behind `test_`.
        lines: of its body.
        skipped: why it cannot be run; empty where it can.
    """

    name: str
    lines: tuple[str, ...]
    skipped: str = ""


def action_tests(endpoint: Endpoint, service: Service) -> list[ActionTest]:
    """The tests of one endpoint, the good end first."""
    tests = [_good(endpoint, service)]
    covered: set[int] = set()
    for name, test in _refusals(endpoint, service):
        if all(test.name != other.name for other in tests):
            tests.append(test)
            covered.add(name)
    for response in endpoint.responses:
        if Cause.REFUSED in response.causes and response.status not in covered:
            why = f"bkgen cannot make up a situation in which a step refuses with {response.status}"
            tests.append(ActionTest(f"{endpoint.name}_{response.status}", (), why))
    return tests


def _good(endpoint: Endpoint, service: Service) -> ActionTest:
    status, body = endpoint.success.status, endpoint.success.body
    name = f"{endpoint.name}_{status}"
    try:
        situation = Situation(endpoint, service)
    except UnbuildableError:
        return ActionTest(name, (), "bkgen cannot make up a situation for all of these steps")
    expected = [f"assert_shape(reply.json, {shape(body)})"] if body is not None else ['assert reply.text == ""']
    return ActionTest(name, (*_called(situation, endpoint), f"assert reply.status == {status}", *expected))


def _refusals(endpoint: Endpoint, service: Service) -> Iterator[tuple[int, ActionTest]]:
    for step in every(endpoint.steps):
        match step:
            case Require(condition=condition, status=status):
                yield from _denied(endpoint, service, condition.expression, status)
            case (
                Load(which=which, refusal=refusal)
                | Update(which=which, refusal=refusal)
                | Delete(which=which, refusal=refusal)
            ) if which.one:
                yield from _missing(endpoint, service, step, refusal)
                for part in which.others:
                    if refusal.otherwise is not None:
                        yield from _denied(endpoint, service, part, refusal.otherwise)


def _denied(
    endpoint: Endpoint, service: Service, condition: Expression, status: int
) -> Iterator[tuple[int, ActionTest]]:
    try:
        situation = Situation(endpoint, service, condition)
    except UnbuildableError:
        return
    yield status, _refused(endpoint, situation, status, f"for_{_word(condition)}")


def _missing(
    endpoint: Endpoint, service: Service, step: Load | Update | Delete, refusal: Refusal
) -> Iterator[tuple[int, ActionTest]]:
    """The test with a request that names no row."""
    table = service.table(step.table)
    for part in step.which.same if refusal.missing is not None else ():
        column, value = key_of(part)
        try:
            situation = Situation(endpoint, service)
        except UnbuildableError:
            return
        if not situation.lead_nowhere(value, unknown_value(table.column(column), table)):
            continue
        assert refusal.missing is not None
        yield refusal.missing, _refused(endpoint, situation, refusal.missing, f"for_an_unknown_{table.singular}")
        return


def _refused(endpoint: Endpoint, situation: Situation, status: int, why: str) -> ActionTest:
    response = next(one for one in endpoint.responses if one.status == status and Cause.REFUSED in one.causes)
    lines = (*_called(situation, endpoint), f"assert reply.status == {status}", failure(response.literal))
    return ActionTest(f"{endpoint.name}_{status}_{why}", lines)


def _called(situation: Situation, endpoint: Endpoint) -> list[str]:
    """The lines that make the situation and send the request."""
    return situation.lines(f"reply = curl({', '.join(call_arguments(situation, endpoint))})")


def call_arguments(situation: Situation, endpoint: Endpoint) -> list[str]:
    """What curl is called with in a situation."""
    arguments = [literal(f"{endpoint.method} {python_path(endpoint)}")]
    if situation.path:
        inner = ", ".join(f"{literal(name)}: {value}" for name, value in situation.path.items())
        arguments.append(f"path={{{inner}}}")
    if endpoint.body is not None:
        arguments.append(f"json={_json(situation.body)}")
    if situation.caller is not None:
        arguments.append("token=caller.token")
    return arguments


def _json(sent: str | Sent | list[Sent]) -> str:
    match sent:
        case str():
            return sent
        case list():
            return f"[{', '.join(map(_json, sent))}]"
        case _:
            return "{" + ", ".join(f"{literal(name)}: {_json(value)}" for name, value in sent.items()) + "}"


def _word(condition: Expression) -> str:
    """What a condition is about."""
    found = [part.column for part in walk(condition) if isinstance(part, ColumnOf)]
    found += [part.member.attribute for part in walk(condition) if isinstance(part, MemberOf)]
    found += [part.relation.name for part in walk(condition) if isinstance(part, Related)]
    return names.parameter(found[0]) if found else "condition"
