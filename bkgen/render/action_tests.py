"""Views of the generated tests of actions: each ends well, and with each status that one of its steps refuses with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bkgen.model.actions import Delete, Insert, Load, Refusal, Require, Update, every, takes_first
from bkgen.model.endpoints import Cause, Endpoint
from bkgen.model.expressions import ColumnOf, Expression, MemberOf, Related
from bkgen.model.service import Service
from bkgen.render.action_conflicts import rows_in_the_way
from bkgen.render.action_refusals import Reason, problem_of
from bkgen.render.action_rules import Rule, rules_of
from bkgen.render.effects import Effects
from bkgen.render.expressions.imports import used_names
from bkgen.render.literals import literal
from bkgen.render.made import Made, UnbuildableError
from bkgen.render.routes import python_path
from bkgen.render.sent import Sent
from bkgen.render.situations import Situation, is_account, is_caller
from bkgen.render.test_bodies import failure
from bkgen.render.test_values import unknown_value
from bkgen.resolve import names
from bkgen.resolve.actions.moves import state_is
from bkgen.resolve.actions.which import key_of
from bkgen.resolve.expressions.parts import walk

Rules = tuple[Rule, ...]


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

    @property
    def fixtures(self) -> str:
        """Its parameters."""
        database = ", database: ScratchDatabase" if any("database." in line for line in self.lines) else ""
        return f"curl: Curl, rows: Rows{database}"


@dataclass(frozen=True, slots=True)
class End:
    """Where an action ends too early, why, and what it answers with."""

    step: Load | Insert | Update | Delete | Require
    reason: Reason
    status: int


def action_tests(endpoint: Endpoint, service: Service) -> list[ActionTest]:
    """The tests of one endpoint, the good end first."""
    rules = rules_of(endpoint, service)
    by_state = list(_by_state(endpoint, service, rules))
    is_reached = any(status == endpoint.success.status for status, _ in by_state)
    tests = [] if is_reached else [_good(endpoint, service, rules)]
    covered: set[int] = set()
    expected = set(_expected(endpoint, service))
    for status, test in (*by_state, *_refusals(endpoint, service, rules), *_conflicts(endpoint, service, rules)):
        if all(test.name != other.name for other in tests):
            tests.append(test)
            covered.add(status)
    for response in endpoint.responses:
        if Cause.REFUSED in response.causes and response.status in expected - covered:
            why = f"no situation was found in which a step refuses with {response.status}"
            tests.append(ActionTest(f"{endpoint.name}_{response.status}", (), why))
    return tests


def _expected(endpoint: Endpoint, service: Service) -> Iterator[int]:
    """The statuses of refusals, but for that the account that asks is gone meanwhile."""
    for step in every(endpoint.steps):
        match step:
            case Require(status=status):
                yield status
            case Load(refusal=refusal) | Update(refusal=refusal) | Delete(refusal=refusal):
                table = service.table(step.table)
                own = endpoint.entry is not None  # which lets nobody in to no row
                own = own or any(is_account(table, *key_of(part), service) for part in step.which.same)
                yield from (replace(refusal, missing=None) if own else refusal).statuses
            case Insert(refusal=refusal):
                yield from refusal.statuses


def _good(endpoint: Endpoint, service: Service, rules: Rules) -> ActionTest:
    name = f"{endpoint.name}_{endpoint.success.status}"
    try:
        situation = Situation(endpoint, service, rules=rules)
    except UnbuildableError:
        return ActionTest(name, (), "no situation was found for all of these steps")
    return ActionTest(name, _done(situation, endpoint, service))


def _done(situation: Situation, endpoint: Endpoint, service: Service) -> tuple[str, ...]:
    """The lines of a test of the good end."""
    status, body = endpoint.success.status, endpoint.success.body
    effects = Effects(endpoint, service, situation)
    expected = f"assert_shape(reply.json, {effects.answer(body)})" if body is not None else 'assert reply.text == ""'
    after = [f"assert reply.status == {status}", expected, *effects.checks()]
    return tuple(_called(situation, endpoint, effects.others.values(), after))


def _conflicts(endpoint: Endpoint, service: Service, rules: Rules) -> Iterator[tuple[int, ActionTest]]:
    """The tests of what a unique rule refuses."""
    response = endpoint.response(Cause.TAKEN)
    if response is None:
        return
    try:
        situation = Situation(endpoint, service, rules=rules)
    except UnbuildableError:
        return
    after = [f"assert reply.status == {response.status}", failure(response, [], service)]
    for word, row in rows_in_the_way(endpoint, Effects(endpoint, service, situation)):
        lines = _called(situation, endpoint, [row], after)
        yield response.status, ActionTest(f"{endpoint.name}_{response.status}_taken_{word}", tuple(lines))


def _by_state(endpoint: Endpoint, service: Service, rules: Rules) -> Iterator[tuple[int, ActionTest]]:
    """A test from each state: those from which the endpoint's transition leads, and those from which it does not."""
    found = _moved(endpoint, service)
    if found is None:
        return
    step, guard = found
    transition = step.terms.transition
    assert transition is not None
    assert step.refusal.otherwise is not None
    table = service.table(step.table)
    column = table.column(transition.column)
    taken: set[str] = set()
    for state in column.type.enum or ():
        leads = state in transition.sources
        also = [state_is(column, (state,), table, step.span)]
        try:
            situation = Situation(endpoint, service, None if leads else guard, rules, also)
        except UnbuildableError:
            continue
        word = names.unique(f"from_{names.snake(state) or 'state'}", taken)
        taken.add(word)
        if leads:
            status = endpoint.success.status
            yield status, ActionTest(f"{endpoint.name}_{status}_{word}", _done(situation, endpoint, service))
        else:
            end = End(step, Reason.OTHERWISE, step.refusal.otherwise)
            yield end.status, _refused(endpoint, service, situation, end, word)


def _moved(endpoint: Endpoint, service: Service) -> tuple[Update, Expression] | None:
    """The step that moves the first row to another state, and the condition that asks for the state before."""
    on_rows = (step for step in endpoint.steps if isinstance(step, Load | Update | Delete))
    first = next((step for step in on_rows if step.which.named), None)
    if not isinstance(first, Update) or first.terms.transition is None:
        return None
    table = service.table(first.table)
    column, sources = table.column(first.terms.transition.column), first.terms.transition.sources
    guards = (part for part in first.which.others if part == state_is(column, sources, table, part.span))
    return next(((first, guard) for guard in guards), None)


def _refusals(endpoint: Endpoint, service: Service, rules: Rules) -> Iterator[tuple[int, ActionTest]]:
    _, guard = _moved(endpoint, service) or (None, None)
    for step in every(endpoint.steps):
        match step:
            case Require(condition=condition, status=status):
                yield from _denied(endpoint, service, rules, condition.expression, End(step, Reason.OTHERWISE, status))
            case (
                Load(which=which, refusal=refusal)
                | Update(which=which, refusal=refusal)
                | Delete(which=which, refusal=refusal)
            ) if which.first:
                yield from _none_is_first(endpoint, service, rules, step, refusal)
            case (
                Load(which=which, refusal=refusal)
                | Update(which=which, refusal=refusal)
                | Delete(which=which, refusal=refusal)
            ) if which.one:
                yield from _missing(endpoint, service, rules, step, refusal)
                for part in which.others:
                    if refusal.otherwise is not None and part is not guard:
                        end = End(step, Reason.OTHERWISE, refusal.otherwise)
                        yield from _denied(endpoint, service, rules, part, end)
        for rule in rules:
            if rule.step is step:
                yield from _denied(endpoint, service, rules, rule, End(step, rule.reason, rule.status))


def _denied(
    endpoint: Endpoint, service: Service, rules: Rules, condition: Expression | Rule, end: End
) -> Iterator[tuple[int, ActionTest]]:
    try:
        situation = Situation(endpoint, service, condition, rules)
    except UnbuildableError:
        return
    why = condition.word if isinstance(condition, Rule) else f"for_{_word(condition)}"
    others = _others(endpoint, service, rules, situation)
    yield end.status, _refused(endpoint, service, situation, end, why, others)


def _missing(
    endpoint: Endpoint, service: Service, rules: Rules, step: Load | Update | Delete, refusal: Refusal
) -> Iterator[tuple[int, ActionTest]]:
    """The test with a request that names no row."""
    table = service.table(step.table)
    for part in step.which.same if refusal.missing is not None and endpoint.entry is None else ():
        column, value = key_of(part)
        try:
            situation = Situation(endpoint, service, rules=rules)
        except UnbuildableError:
            return
        is_nowhere = situation.request.lead_nowhere(value, unknown_value(table.column(column), table))
        makes_one = any(isinstance(other, Insert) and other.table == step.table for other in every(endpoint.steps))
        if not is_nowhere and (makes_one or not is_caller(value) or not situation.leave_out(step)):
            continue
        assert refusal.missing is not None
        end = End(step, Reason.MISSING, refusal.missing)
        yield end.status, _refused(endpoint, service, situation, end, f"for_an_unknown_{table.singular}")
        return


def _none_is_first(
    endpoint: Endpoint, service: Service, rules: Rules, step: Load | Update | Delete, refusal: Refusal
) -> Iterator[tuple[int, ActionTest]]:
    """The tests with no row at all, and with one that is not as the step needs it."""
    assert refusal.missing is not None
    end = End(step, Reason.MISSING, refusal.missing)
    try:
        situation = Situation(endpoint, service, rules=rules)
    except UnbuildableError:
        return
    if situation.leave_out(step):
        yield end.status, _refused(endpoint, service, situation, end, "where_there_is_none")
    for part in step.which.others:
        yield from _denied(endpoint, service, rules, part, end)


def _refused(
    endpoint: Endpoint, service: Service, situation: Situation, end: End, why: str, others: Sequence[Made] = ()
) -> ActionTest:
    status = end.status
    refusing = (one for one in endpoint.responses if one.status == status)
    response = next(one for one in refusing if not {Cause.REFUSED, Cause.WRONG_ROLE}.isdisjoint(one.causes))
    problem = problem_of(end.step, end.reason, status, endpoint, service)
    written = {step.table for step in every(endpoint.steps) if isinstance(step, Update | Delete)}
    kept = [
        f"assert database.is_unchanged({row.table.class_name}, {row.variable})"
        for row in (*situation.rows, *others)
        if row.table.name in written
    ]
    after = [f"assert reply.status == {status}", failure(response, [problem], service), *kept]
    return ActionTest(f"{endpoint.name}_{status}_{why}", tuple(_called(situation, endpoint, others, after)))


def _others(endpoint: Endpoint, service: Service, rules: Rules, situation: Situation) -> Sequence[Made]:
    """Rows with which the action would go on, if only the request named them."""
    if takes_first(endpoint.steps):
        return ()
    try:
        good = Situation(endpoint, service, rules=rules)
    except UnbuildableError:
        return ()
    found = tuple(Effects(endpoint, service, good).others.values())
    own = {made.variable for made in found}
    lines = [line for made in found for line in (*made.before, made.code, *made.after)]
    known = own | {"rows"} | ({"caller"} if situation.caller is not None else set())
    clash = own & {made.variable for made in situation.rows}
    return () if clash or used_names(lines) & _variables(good) - known else found


def _variables(situation: Situation) -> set[str]:
    """What the lines of a situation call their rows."""
    lines = [line for made in situation.rows for line in (*made.before, *made.after)]
    return {"caller", *(made.variable for made in situation.rows), *(line.partition(" = ")[0] for line in lines)}


def _called(
    situation: Situation, endpoint: Endpoint, others: Iterable[Made] = (), after: Sequence[str] = ()
) -> list[str]:
    """The lines that make the situation with `others` beside it and send the request, and those `after` that."""
    return situation.lines(f"reply = curl({', '.join(call_arguments(situation, endpoint))})", others, after)


def call_arguments(situation: Situation, endpoint: Endpoint) -> list[str]:
    """What curl is called with in a situation."""
    arguments = [literal(f"{endpoint.method} {python_path(endpoint)}")]
    if situation.request.path:
        inner = ", ".join(f"{literal(name)}: {value}" for name, value in situation.request.path.items())
        arguments.append(f"path={{{inner}}}")
    if endpoint.body is not None:
        arguments.append(f"json={_json(situation.request.body)}")
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
