"""Puts an endpoint together from its route, body, answer and statuses."""

from __future__ import annotations

from bkgen.model.endpoints import ACCOUNT_OPERATIONS, HEALTH_OPERATIONS, Access, Cause, Endpoint, Operation, Response
from bkgen.resolve import texts
from bkgen.resolve.actions import resolve_action
from bkgen.resolve.answers import success_body
from bkgen.resolve.conditions import where_of
from bkgen.resolve.nodes import flag, span_of
from bkgen.resolve.queries import query_parameters
from bkgen.resolve.rate_limits import read_rate_limit
from bkgen.resolve.requests import request_body
from bkgen.resolve.routes import Route
from bkgen.resolve.scope import Scope
from bkgen.resolve.signing_in import warn_of_foreign_accounts
from bkgen.resolve.statuses import Statuses, causes_of
from bkgen.resolve.vocabulary import ACTOR, asks_who, mentions
from bkgen.resolve.words import phrase, with_article
from bkgen.source import Map, Span

HEALTH_PATHS = {Operation.LIVE: "/health/live", Operation.READY: "/health/ready"}
_SUMMARIES = {
    Operation.REGISTER: "Create an account",
    Operation.LOGIN: "Sign in",
    Operation.REFRESH: "Exchange a refresh token for new tokens",
    Operation.LOGOUT: "Sign out",
    Operation.ME: "Read the own account",
    Operation.CHANGE_PASSWORD: "Change the own password",
    Operation.LIVE: "Whether the process runs",
    Operation.READY: "Whether the database answers",
}


def resolve_endpoint(route: Route, access: Access, scope: Scope) -> Endpoint | None:
    """The endpoint, its objects named provisionally; None where accounts are missing, which is reported already."""
    if route.operation in ACCOUNT_OPERATIONS and scope.accounts is None:
        return None
    if route.operation is Operation.ACTION:
        return resolve_action(route, access, scope)
    diagnostics = scope.diagnostics
    warn_of_foreign_accounts(route, scope.accounts, access, diagnostics)
    limit = route.node.get("rateLimit")
    rate_limit = read_rate_limit(limit, access is Access.SIGNED_IN, diagnostics) if limit else None
    statuses = Statuses(route, scope)
    success = statuses.success(lambda node, status, span: success_body(route, node, status, span, scope))
    body = request_body(route, scope)
    query = query_parameters(route, success.body, scope)
    where = where_of(route, access, query, scope)
    if access is Access.ANYONE and (
        asks_who(success.body) or (where is not None and mentions(where.expression, ACTOR))
    ):
        access = Access.OPTIONAL
        if route.node.get("auth") is not None:
            message = f"{route} is open to anyone, but what it does depends on who asks (`actor`)"
            diagnostics.add("BK410", span_of(route.node, "auth"), message, 'write "auth": "optional"')
    causes = causes_of(route, scope, body, query, access, rate_limit)
    table = (
        scope.tables[scope.accounts.table] if scope.accounts and route.operation in ACCOUNT_OPERATIONS else route.table
    )
    return Endpoint(
        method=route.method,
        path=route.path,
        name=route.operation.value,
        package=route.package,
        summary=_summary(route, scope),
        operation=route.operation,
        rule=route.rule,
        table=table.name if table else None,
        path_parameters=route.parameters,
        key=route.key,
        parents=route.parents,
        link=route.link,
        query=query,
        body=body,
        access=access,
        rate_limit=rate_limit,
        success=success,
        responses=statuses.all(success, causes),
        deprecated=bool(flag(route.node, "deprecated")),
        declared=True,
        span=route.span,
        description=texts.free_text(route.node, "description", diagnostics),
        where=where,
    )


def health_endpoint(operation: Operation, scope: Scope, span: Span) -> Endpoint:
    """A health endpoint that no contract declares; `span` is the place in the documents that stands for it."""
    path = HEALTH_PATHS[operation]
    rule = "every backend tells its health"
    route = Route(Map((), span), "GET", path, (), operation, None, rule, span)
    success = Response(200, (Cause.SUCCESS,), success_body(route, None, None, span, scope), None, False, span)
    down = Response(503, (Cause.UNAVAILABLE,), None, None, False, span)
    return Endpoint(
        method="GET",
        path=path,
        name=operation.value,
        package="health",
        summary=_SUMMARIES[operation],
        operation=operation,
        rule=rule,
        table=None,
        path_parameters=(),
        key=(),
        parents=(),
        link=None,
        query=(),
        body=None,
        access=Access.ANYONE,
        rate_limit=None,
        success=success,
        responses=(success, down) if operation is Operation.READY else (success,),
        deprecated=False,
        declared=False,
        span=span,
    )


def _summary(route: Route, scope: Scope) -> str:
    if own := texts.free_text(route.node, "summary", scope.diagnostics):
        return own
    if route.operation in ACCOUNT_OPERATIONS | HEALTH_OPERATIONS or route.table is None:
        return _SUMMARIES[route.operation]
    table, parents = route.table, [scope.tables[parent.table] for parent in route.parents]
    what = phrase(table.plural) if route.operation is Operation.LIST else with_article(phrase(table.singular))
    of_parent = f" of {with_article(phrase(parents[-1].singular))}" if parents else ""
    return f"{route.operation.value.capitalize()} {what}{of_parent}"
