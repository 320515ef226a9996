"""Puts an action together: its request, its steps, its answer and its statuses."""

from __future__ import annotations

from dataclasses import replace

from bkgen.model.actions import every, expressions, policies_in, statuses
from bkgen.model.endpoints import Access, Cause, Endpoint, Operation, QueryParameter, Response
from bkgen.model.expressions import Gives, Member, Record, Row, Value
from bkgen.model.shapes import Object, Shape
from bkgen.model.types import Kind, Type
from bkgen.resolve import names, texts
from bkgen.resolve.actions.access import access_by_rules, check_account_is_known, steps_of
from bkgen.resolve.actions.answers import ActionAnswer
from bkgen.resolve.actions.conflicts import conflicts
from bkgen.resolve.actions.limits import limited
from bkgen.resolve.actions.requests import action_body, action_query, gives_of
from bkgen.resolve.actions.steps import StepReader
from bkgen.resolve.entry import entry_of
from bkgen.resolve.expressions.kinds import NOW
from bkgen.resolve.idempotency import idempotency_of
from bkgen.resolve.naming import action_words
from bkgen.resolve.nodes import flag, span_of
from bkgen.resolve.rate_limits import endpoint_limit
from bkgen.resolve.roles import asked_by, asker_of, roles_of
from bkgen.resolve.routes import Route
from bkgen.resolve.scope import Scope
from bkgen.resolve.statuses import Statuses, causes_of
from bkgen.resolve.tidying import Tidying
from bkgen.resolve.vocabulary import ACTOR, BODY, PATH, QUERY, asks_who, mentions
from bkgen.resolve.words import phrase, with_article
from bkgen.source import Node, Scalar, Span


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
        access = access_by_rules(route, access, known, scope)
        known[ACTOR] = Row(scope.accounts.table, nullable=access is not Access.SIGNED_IN)
    reader = StepReader(known, scope, asker_of(route, access, scope))
    steps = steps_of(route, reader, scope)
    check_account_is_known(route, access, steps, scope)
    tidying = Tidying(steps, (), scope)
    route, query = replace(route, parameters=tidying.path(route.parameters)), tidying.query(query)
    body = limited(tidying.body(body), steps, scope.tables) if body is not None else None

    def answer(node: Node | None, status: int | None, span: Span) -> Shape | None:
        if node is None and route.operation is Operation.TRANSITION:
            node = Scalar("object", span)
        model = names.class_name(f"{name}_answer")
        return ActionAnswer(model, route.package, reader.observed, reader.rows, reader.asker, scope).read(
            node, status, span
        )

    found = Statuses(route, scope)
    success = found.success(answer)
    said = (*expressions(steps), *policies_in(steps))
    asks = any(mentions(expression, ACTOR) for expression in said) or asks_who(success.body)
    access = access_for(route, access, asks, scope)
    causes = {
        *causes_of(route, scope, body, query, access, restricted=False),
        *conflicts(steps, scope.tables),
    }
    refused = [status for step in every(steps) for status in statuses(step)]
    responses = found.all(success, [cause for cause in Cause if cause in causes], refused)
    return replace(free_endpoint(route, words, access, query, body, success, responses, scope), steps=steps)


def free_endpoint(
    route: Route,
    words: list[str],
    access: Access,
    query: tuple[QueryParameter, ...],
    body: Object | None,
    success: Response,
    responses: tuple[Response, ...],
    scope: Scope,
) -> Endpoint:
    """An endpoint whose bodies are what the contract says; `words` are what it is called."""
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
        asks=asked_by(route),
        roles=roles_of(route, scope),
        entry=entry_of(route, scope),
        rate_limit=endpoint_limit(route.node, access, scope.diagnostics),
        success=success,
        responses=responses,
        deprecated=bool(flag(route.node, "deprecated")),
        declared=True,
        span=route.span,
        description=texts.free_text(route.node, "description", scope.diagnostics),
        handler=route.handler,
        idempotency=idempotency_of(route, scope.diagnostics),
    )


def access_for(route: Route, access: Access, asks: bool, scope: Scope) -> Access:
    """Who gets there: where something depends on who asks, a token is read even where none is needed."""
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
