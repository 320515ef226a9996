"""States in steps: each is set by one of its transitions, whose conditions become part of the write."""

from __future__ import annotations

from dataclasses import replace

from bkgen.diagnostics import Diagnostics
from bkgen.model.actions import Assignments, Which
from bkgen.model.expressions import (
    Binary,
    ColumnOf,
    Condition,
    Expression,
    ListOf,
    Literal,
    Name,
    Operator,
    Row,
    Value,
    Values,
)
from bkgen.model.states import Transition
from bkgen.model.tables import Column, Table
from bkgen.resolve.expressions.kinds import BOOLEAN
from bkgen.resolve.expressions.parts import conjuncts
from bkgen.resolve.nodes import span_of, text
from bkgen.resolve.scope import Scope
from bkgen.resolve.vocabulary import ROW
from bkgen.source import Map, Span


def transition_of(node: Map, values: Assignments, table: Table, scope: Scope) -> Transition | None:
    """The transition by which an update sets a state; None where it sets none, or none that there is (`BK448`)."""
    named = node.entry("transition")
    written = [(column, value) for column, value in values if table.column(column).transitions]
    if not written:
        if named is not None:
            message = "this step sets no state"
            scope.diagnostics.add("BK448", named.key_span, message, "remove `transition`, or `set` the state")
        return None
    if len(written) > 1:
        message = f"this sets several states: {' and '.join(f'`{column}`' for column, _ in written)}"
        scope.diagnostics.add("BK448", written[1][1].span, message, "write a step for each")
        return None
    (column, value), *_ = written
    known = [one for one in scope.transitions.get(table.name, ()) if one.column == column]
    found = [one for one in known if isinstance(value, Literal) and one.target == value.value]
    if not found:
        _report_no_transition(value, column, known, scope.diagnostics)
        return None
    if (name := text(node, "transition")) is not None:
        chosen = [one for one in found if one.name == name]
        if not chosen:
            fix = scope.diagnostics.nearest(span_of(node, "transition"), name, [one.name for one in found])
            fix = fix or f"there is: {', '.join(one.name for one in found)}"
            message = f"`{name}` is no transition to `{found[0].target}`"
            scope.diagnostics.add("BK448", span_of(node, "transition"), message, fix)
        found = chosen
    if len(found) > 1:
        message = f"several transitions lead to `{found[0].target}`: {', '.join(f'`{one.name}`' for one in found)}"
        scope.diagnostics.add("BK448", value.span, message, f'name one of them: "transition": "{found[0].name}"')
        return None
    return found[0] if found else None


def _report_no_transition(value: Expression, column: str, known: list[Transition], diagnostics: Diagnostics) -> None:
    targets = list(dict.fromkeys(one.target for one in known))
    listed = ", ".join(f"\"'{target}'\"" for target in targets)
    if not isinstance(value, Literal):
        message = f"`{column}` is a state, which a step sets to a constant"
        diagnostics.add("BK448", value.span, message, f"one that a transition leads to: {listed}")
        return
    message = f"no transition of `{column}` leads to `{value.value}`"
    fix = diagnostics.nearest(value.span, str(value.value), targets) or f"transitions lead to {listed}"
    diagnostics.add("BK448", value.span, message, fix)


def with_values_of(values: Assignments, transition: Transition, span: Span, diagnostics: Diagnostics) -> Assignments:
    """What a step writes, with what its transition writes besides."""
    own = dict(values)
    for column, _ in transition.values:
        if column in own:
            message = f"`{column}` is set by the transition `{transition.name}`"
            diagnostics.add("BK448", own[column].span, message, "remove it here, or there")
    return (*values, *((column, value) for column, value in transition.values if column not in own))


def from_states(which: Which, transition: Transition, table: Table, diagnostics: Diagnostics) -> Which:
    """The rows of a step that are in a state from which its transition leads."""
    column = table.column(transition.column)
    for part in conjuncts(which.condition.expression):
        asked = _states_asked(part, column)
        if asked is None:
            continue
        if asked.isdisjoint(transition.sources):
            message = f"`{transition.name}` does not lead from {', '.join(f'`{one}`' for one in sorted(asked))}"
            fix = f"it leads from {', '.join(f'`{one}`' for one in transition.sources)}"
            diagnostics.add("BK448", part.span, message, fix)
        if asked <= set(transition.sources):
            return which
    guard = state_is(column, transition.sources, table, which.condition.expression.span)
    whole = Binary(Operator.AND, which.condition.expression, guard, BOOLEAN, guard.span)
    condition = Condition(f"{which.condition.text} && {_text(column, transition.sources)}", whole)
    return replace(which, condition=condition, others=(*which.others, guard) if which.one else ())


def state_is(column: Column, states: tuple[str, ...], table: Table, span: Span) -> Expression:
    """That a row is in one of some states."""
    own = ColumnOf(Name(ROW, Row(table.name), span), column.name, Value(column.type), span)
    items = tuple(Literal(state, Value(column.type), span) for state in states)
    if len(items) == 1:
        return Binary(Operator.EQUAL, own, items[0], BOOLEAN, span)
    return Binary(Operator.IN, own, ListOf(items, Values(Value(column.type)), span), BOOLEAN, span)


def check_new_state(values: Assignments, changed: Assignments, table: Table, diagnostics: Diagnostics) -> None:
    """Adds `BK448` for the states that an insert sets: a new row has the default, and another one keeps its own."""
    for name, value in values:
        column = table.column(name)
        if column.transitions and not (isinstance(value, Literal) and value.value == column.default):
            message = f"a new row of `{table.name}` has the default of `{name}`: {column.default}"
            diagnostics.add("BK448", value.span, message, "remove it")
    for name, value in changed:
        if table.column(name).transitions:
            message = f"`{name}` is a state, and `onConflict` does not ask from which one it changes"
            diagnostics.add("BK448", value.span, message, "change it in an `update` of its own")


def _states_asked(part: Expression, column: Column) -> set[str] | None:
    """The states that a condition leaves; None where it is no such condition."""
    match part:
        case Binary(
            operator=Operator.EQUAL, left=ColumnOf(row=Name(name=row), column=name), right=Literal(value=value)
        ):
            found = [value]
        case Binary(operator=Operator.IN, left=ColumnOf(row=Name(name=row), column=name), right=ListOf(items=items)):
            found = [item.value for item in items if isinstance(item, Literal)]
        case _:
            return None
    return {str(value) for value in found} if (row, name) == (ROW, column.name) else None


def _text(column: Column, states: tuple[str, ...]) -> str:
    if len(states) == 1:
        return f"row.{column.name} == {_quoted(states[0])}"
    return f"row.{column.name} in [{', '.join(map(_quoted, states))}]"


def _quoted(state: str) -> str:
    escaped = state.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
