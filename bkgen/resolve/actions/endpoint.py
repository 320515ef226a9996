"""Puts an action together: its request, its steps, its answer and its statuses."""

from __future__ import annotations

from bkgen.model.actions import Step, every, expressions, statuses
from bkgen.model.endpoints import Access, Cause, Endpoint
from bkgen.model.expressions import Gives, Member, Record, Row, Value
from bkgen.model.shapes import Shape
from bkgen.model.types import Kind, Type
from bkgen.resolve import names, texts
from bkgen.resolve.actions.answers import ActionAnswer
from bkgen.resolve.actions.conflicts import conflicts
from bkgen.resolve.actions.limits import limited
from bkgen.resolve.actions.requests import action_body, action_query, gives_of
from bkgen.resolve.actions.steps import StepReader
from bkgen.resolve.expressions.kinds import NOW
from bkgen.resolve.naming import action_words
from bkgen.resolve.nodes import flag, span_of
from bkgen.resolve.rate_limits import read_rate_limit
from bkgen.resolve.roles import roles_of
from bkgen.resolve.routes import Route
from bkgen.resolve.scope import Scope
from bkgen.resolve.statuses import Statuses, causes_of
from bkgen.resolve.vocabulary import ACTOR, BODY, PATH, QUERY, asks_who, mentions
from bkgen.resolve.words import phrase, with_article
from bkgen.source import Node, Span


def resolve_action(route: Route, access: Access, scope: Scope) -> Endpoint:
    """The endpoint; what is wrong with its steps is reported."""
    words = action_words(route.method, route.path, scope.tables)
    name = names.parameter("_".join(words))
    body, query = action_body(name, route, scope), action_query(route, scope)
    known: dict[str, Gives] = {
        PATH: Record({one.name: Member(one.attribute, Value(one.type)) for one in route.parameters}),
        QUERY: Record({one.name: Member(one.attribute, Value(one.type, nullable=True)) for one in query}),
        NOW: Value(Type(Kind.DATETIME)),
    }
    if body is not None:
        known[BODY] = gives_of(body)
    if scope.accounts is not None:
        known[ACTOR] = Row(scope.accounts.table, nullable=access is not Access.SIGNED_IN)
    reader = StepReader(known, scope)
    steps = reader.read(route.node.get("do"))
    body = limited(body, steps, scope.tables) if body is not None else None

    def answer(node: Node | None, status: int | None, span: Span) -> Shape | None:
        model = names.class_name(f"{name}_answer")
        return ActionAnswer(model, route.package, reader.vocabulary, reader.rows, scope).read(node, status, span)

    found = Statuses(route, scope)
    success = found.success(answer)
    access = _access(route, access, steps, success.body, scope)
    limit = route.node.get("rateLimit")
    rate_limit = read_rate_limit(limit, access is Access.SIGNED_IN, scope.diagnostics) if limit else None
    causes = {
        *causes_of(route, scope, body, query, access, rate_limit, restricted=False),
        *conflicts(steps, scope.tables),
    }
    refused = [status for step in every(steps) for status in statuses(step)]
    return Endpoint(
        method=route.method,
        path=route.path,
        name=route.operation.value,
        package=route.package,
        summary=texts.free_text(route.node, "summary", scope.diagnostics) or _summary(words, scope),
        operation=route.operation,
        rule=route.rule,
        table=route.table.name if route.table else None,
        path_parameters=route.parameters,
        key=(),
        parents=(),
        link=None,
        query=query,
        request=body,
        access=access,
        roles=roles_of(route, scope),
        rate_limit=rate_limit,
        success=success,
        responses=found.all(success, [cause for cause in Cause if cause in causes], refused),
        deprecated=bool(flag(route.node, "deprecated")),
        declared=True,
        span=route.span,
        description=texts.free_text(route.node, "description", scope.diagnostics),
        steps=steps,
    )


def _access(route: Route, access: Access, steps: tuple[Step, ...], answer: Shape | None, scope: Scope) -> Access:
    """Who gets there: where something depends on who asks, a token is read even where none is needed."""
    asks = any(mentions(expression, ACTOR) for expression in expressions(steps)) or asks_who(answer)
    if access is not Access.ANYONE or not asks:
        return access
    if route.node.get("auth") is not None:
        message = f"{route} is open to anyone, but what it does depends on who asks (`actor`)"
        scope.diagnostics.add("BK410", span_of(route.node, "auth"), message, 'write "auth": "optional"')
    return Access.OPTIONAL


def _summary(words: list[str], scope: Scope) -> str:
    """`Ship an order`, `Check out`."""
    *verb, noun = words
    table = scope.tables.find(noun)
    if table is None or not verb:
        return phrase("_".join(words)).capitalize()
    what = with_article(phrase(noun)) if noun == table.singular else phrase(noun)
    return f"{phrase('_'.join(verb)).capitalize()} {what}"
