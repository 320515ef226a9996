"""Puts the endpoint of a handler together: what it takes, what it answers, and with which statuses."""

from __future__ import annotations

from bkgen.model.endpoints import Access, Endpoint
from bkgen.model.shapes import Shape
from bkgen.resolve import names
from bkgen.resolve.actions.endpoint import access_for, free_endpoint
from bkgen.resolve.actions.requests import action_body, action_query
from bkgen.resolve.handlers.answers import HandlerAnswer
from bkgen.resolve.routes import Route
from bkgen.resolve.scope import Scope
from bkgen.resolve.statuses import Statuses, causes_of
from bkgen.resolve.vocabulary import asks_who
from bkgen.source import Node, Span


def resolve_handler(route: Route, access: Access, scope: Scope) -> Endpoint:
    """The endpoint; what is wrong with its bodies is reported."""
    assert route.handler is not None
    name = names.parameter(route.handler.function)
    body, query = action_body(name, route, scope), action_query(route, scope)

    def answer(node: Node | None, status: int | None, span: Span) -> Shape | None:
        model = names.class_name(f"{name}_answer")
        return HandlerAnswer(model, route.package, scope.table_of(route), scope).read(node, status, span)

    found = Statuses(route, scope)
    success = found.success(answer)
    access = access_for(route, access, asks_who(success.body), scope)
    causes = causes_of(route, scope, body, query, access, restricted=False)
    responses = found.all(success, causes, found.declared())
    words = list(names.words(route.handler.function))
    return free_endpoint(route, words, access, query, body, success, responses, scope)


def report_shared(endpoints: list[Endpoint], scope: Scope) -> None:
    """Adds `BK470` where two endpoints name one function, whose types would have to be those of both."""
    first: dict[tuple[str, str], Endpoint] = {}
    for endpoint in endpoints:
        if (handler := endpoint.handler) is not None:
            other = first.setdefault((handler.module, handler.function), endpoint)
            if other is not endpoint:
                message = f"`{handler.function}` is the handler of {other.method} {other.path}, whose types are its own"
                fix = "write a function for each, which may call the same one"
                scope.diagnostics.add("BK470", handler.span, message, fix)
