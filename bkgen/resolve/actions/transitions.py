"""Endpoints that are a transition of a state: `POST /orders/{id}/ship`."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

from bkgen.diagnostics import Diagnostics
from bkgen.model.actions import Refusal, Update, Which
from bkgen.model.endpoints import Operation, PathParameter
from bkgen.model.expressions import (
    Binary,
    ColumnOf,
    Condition,
    Expression,
    Literal,
    Member,
    MemberOf,
    Name,
    Operator,
    Record,
    Row,
    Value,
)
from bkgen.model.states import Transition
from bkgen.model.tables import Table
from bkgen.resolve.actions.moves import from_states
from bkgen.resolve.actions.terms import asked_again, asked_for, terms_of, unless_implied
from bkgen.resolve.asker import Asker
from bkgen.resolve.expressions.kinds import BOOLEAN
from bkgen.resolve.lookup import Tables
from bkgen.resolve.names import fold
from bkgen.resolve.nodes import span_of
from bkgen.resolve.paths import Segment
from bkgen.resolve.resources import ResourceReader, steps
from bkgen.resolve.routes import METHODS, Route
from bkgen.resolve.scope import Scope
from bkgen.resolve.vocabulary import PATH, ROW
from bkgen.source import Entry, Map, Scalar

STEP = "changed"
"""What the response calls the row, where that has no name of its own there."""


def is_transition(method: str, segments: tuple[Segment, ...], tables: Tables) -> bool:
    """Whether the path names a row and, behind it, a transition of it."""
    table = _table_before(segments, tables)
    if table is None or method not in METHODS[Operation.TRANSITION]:
        return False
    word = segments[-1].text
    return fold(word) in map(fold, _names(table)) and all(word != other.name for other in tables)


def transition_route(
    node: Map, method: str, path: str, segments: tuple[Segment, ...], tables: Tables, diagnostics: Diagnostics
) -> Route | None:
    """The route of a transition; None where the path names none, which is reported."""
    span, table = span_of(node, "path"), _table_before(segments, tables)
    if table is None:
        message = "the path does not name a row and a transition of it"
        diagnostics.add("BK406", span, message, "write it behind the key of the row, such as `/orders/{id}/ship`")
        return None
    known, word = _names(table), segments[-1].text
    if fold(word) not in map(fold, known):
        fix = diagnostics.nearest(span, word, known) or f"its transitions: {', '.join(known) or 'none'}"
        diagnostics.add("BK406", span, f"`{word}` is no transition of table `{table.name}`", fix)
        return None
    found = steps(segments[:-1], tables)
    resource = ResourceReader(span, path, tables, diagnostics).read(found, writes_link=True) if found else None
    if resource is None:
        return None
    parents = resource.parents
    whole = all(set(parent.columns) == {there for _, there in parent.pairs} for parent in parents)
    if not resource.key or resource.link or len(parents) > 1 or not whole:
        key = "/".join(f"{{{column.name}}}" for column in table.primary_key)
        message = f"`{word}` is a transition of one row, which its own key names"
        diagnostics.add("BK406", span, message, f"write `/{table.name}/{key}/{word}`")
        return None
    for key, code, what in (
        ("requestBody", "BK504", "takes no body"),
        ("query", "BK417", "takes no query parameters"),
        ("where", "BK420", "looks for no rows but the one in its path"),
        ("sort", "BK521", "puts no rows in order"),
    ):
        if (entry := node.entry(key)) is not None and not (isinstance(entry.value, Map) and not entry.value.entries):
            message = f"{method} {path} is a `transition`, which {what}"
            diagnostics.add(code, entry.key_span, message, "remove it; or list what it does, step by step (`do`)")
    name = next(name for name in known if fold(name) == fold(word))
    rule = f"`{name}` is a transition of `{table.name}`"
    parts = (tuple(resource.key), tuple(parents), None, tuple(resource.parameters))
    return Route(node, method, path, segments, Operation.TRANSITION, table, rule, node.span, *parts)


def transition_of_route(route: Route, scope: Scope) -> Transition | None:
    """None where what is declared cannot be, which is reported already."""
    known = scope.transitions.get(route.table.name, ()) if route.table is not None else ()
    return next((one for one in known if fold(one.name) == fold(route.segments[-1].text)), None)


def transition_step(route: Route, transition: Transition, asker: Asker, scope: Scope) -> Update:
    """The update that the endpoint is."""
    assert route.table is not None
    table = scope.tables[route.table.name]
    above = {
        parameter: here
        for parent in route.parents
        for parameter, column in zip(parent.parameters, parent.columns, strict=True)
        for here, there in parent.pairs
        if there == column
    }
    named = [(one.column, one) for one in route.key]
    named += [(above[one.attribute], one) for one in route.parameters if one.attribute in above]
    same = [_equals(table, column, parameter, route) for column, parameter in named]
    whole = reduce(lambda left, right: Binary(Operator.AND, left, right, BOOLEAN, left.span), same)
    written = " && ".join(f"row.{column} == path.{parameter.name}" for column, parameter in named)
    which = from_states(Which(Condition(written, whole), tuple(same), ()), transition, table, scope.diagnostics)
    span = span_of(route.node, "path")
    node = Map((Entry("update", span, Scalar(table.name, span)),), span)
    values = ((transition.column, _target(transition, table)), *transition.values)
    terms = asked_again(terms_of(node, "update", table, asker, scope), values)
    terms = unless_implied(replace(terms, transition=asked_for(transition, asker)))
    refusal = Refusal(404, 409, 403 if terms.restricting else None)
    return Update(table.name, which, values, refusal, STEP, route.span, terms)


def _target(transition: Transition, table: Table) -> Expression:
    return Literal(transition.target, Value(table.column(transition.column).type), transition.span)


def _equals(table: Table, column: str, parameter: PathParameter, route: Route) -> Expression:
    span = span_of(route.node, "path")
    own = table.column(column)
    left = ColumnOf(Name(ROW, Row(table.name), span), own.name, Value(own.type), span)
    member = Member(parameter.attribute, Value(parameter.type))
    path = Name(PATH, Record({parameter.name: member}), span)
    return Binary(Operator.EQUAL, left, MemberOf(path, member, Value(parameter.type), span), BOOLEAN, span)


def _table_before(segments: tuple[Segment, ...], tables: Tables) -> Table | None:
    """The table whose row the path names before its last word."""
    if len(segments) < 3 or segments[-1].parameter or not segments[-2].parameter:
        return None
    found = steps(segments[:-1], tables)
    return found[-1].table if found else None


def _names(table: Table) -> list[str]:
    return [name for column in table.columns for name in column.transitions]
