"""Puts an endpoint together from its route, body, answer and statuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bkgen.diagnostics import Diagnostics
from bkgen.model.endpoints import (
    ACCOUNT_OPERATIONS,
    HEALTH_OPERATIONS,
    STEP_OPERATIONS,
    Access,
    Cause,
    Endpoint,
    Grant,
    Operation,
    Parent,
    Response,
)
from bkgen.model.expressions import Condition, Expression
from bkgen.model.policies import Deed, Derived
from bkgen.model.shapes import ColumnValue, Object, Shape, SortKey, groups_in, without_envelope
from bkgen.resolve import names, texts
from bkgen.resolve.actions import resolve_action
from bkgen.resolve.answers import success_body
from bkgen.resolve.conditions import both, file_there, where_of
from bkgen.resolve.entry import entry_of, leads_to_all
from bkgen.resolve.grants import grants_of
from bkgen.resolve.groups import group_sort, in_order
from bkgen.resolve.handlers.endpoint import resolve_handler
from bkgen.resolve.idempotency import idempotency_of
from bkgen.resolve.implied import columns_in, may_add, may_all
from bkgen.resolve.nodes import flag, span_of
from bkgen.resolve.policies import allowed, deed_of, none_allowed, visible, writing
from bkgen.resolve.queries import query_parameters
from bkgen.resolve.rate_limits import endpoint_limit
from bkgen.resolve.requests import request_body
from bkgen.resolve.roles import asked_by, asker_of, roles_of
from bkgen.resolve.routes import ITEM_OPERATIONS, Route
from bkgen.resolve.rows_below import owner_of_rows_below
from bkgen.resolve.scope import Scope
from bkgen.resolve.statuses import Statuses, causes_of
from bkgen.resolve.tidying import Tidying
from bkgen.resolve.views import sort_keys
from bkgen.resolve.vocabulary import ACTOR, asks_who, mentions
from bkgen.resolve.words import phrase, with_article
from bkgen.source import Map, Span

HEALTH_PATHS = {Operation.LIVE: "/health/live", Operation.READY: "/health/ready"}
_SUMMARIES = {
    Operation.REGISTER: "Create an account",
    Operation.LOGIN: "Sign in",
    Operation.TOKEN: "Sign in by the password grant",
    Operation.REFRESH: "Exchange a refresh token for new tokens",
    Operation.LOGOUT: "Sign out",
    Operation.LOGOUT_EVERYWHERE: "Sign out everywhere",
    Operation.ME: "Read the own account",
    Operation.UPDATE_ME: "Change the own account",
    Operation.DELETE_ME: "Delete the own account",
    Operation.CHANGE_PASSWORD: "Change the own password",
    Operation.REQUEST_VERIFICATION: "Ask for a mail that verifies an address",
    Operation.VERIFY_EMAIL: "Verify an e-mail address",
    Operation.REQUEST_PASSWORD_RESET: "Ask for a mail that leads to a new password",
    Operation.RESET_PASSWORD: "Choose a new password",
    Operation.CHANGE_EMAIL: "Ask for another e-mail address of the own account",
    Operation.BEGIN_SECOND_FACTOR: "Begin with a second factor",
    Operation.CONFIRM_SECOND_FACTOR: "Confirm the second factor by a code",
    Operation.DISABLE_SECOND_FACTOR: "Do without the second factor",
    Operation.OAUTH2_LOGIN: "Go to a provider to sign in",
    Operation.OAUTH2_CALLBACK: "Come back from a provider, signed in",
    Operation.PUBLIC_KEYS: "Read the keys that access tokens are checked by",
    Operation.LIVE: "Whether the process runs",
    Operation.READY: "Whether the database answers",
}


def resolve_endpoint(route: Route, access: Access, scope: Scope) -> Endpoint | None:
    """The endpoint, its objects named provisionally; None where accounts are missing, which is reported already."""
    if route.operation in ACCOUNT_OPERATIONS and scope.accounts is None:
        return None
    if route.operation in STEP_OPERATIONS:
        return resolve_action(route, access, scope)
    if route.operation is Operation.HANDLER:
        return resolve_handler(route, access, scope)
    diagnostics = scope.diagnostics
    statuses = Statuses(route, scope)
    success = statuses.success(lambda node, status, span: success_body(route, node, status, span, scope))
    query = query_parameters(route, access, success.body, scope)
    where = where_of(route, access, query, scope)
    compared = [one.expression for one in (where, *(one.condition for one in query)) if one is not None]
    query = Tidying((), compared, scope).query(query)
    there = file_there(route, access, scope)
    where = there if where is None else both(where, there) if there is not None else where
    rules = _rules(route, scope)
    conditions = [where, rules.visible, rules.allowed, *(parent.visible for parent in rules.parents)]
    conditions += [one.condition for one in query]
    said = [condition.expression for condition in conditions if condition is not None] + list(rules.presets.values())
    by_caller = asks_who(success.body) or any(mentions(expression, ACTOR) for expression in said)
    if by_caller:
        writes = rules.allowed is not None or bool(rules.presets)
        access = access_by_rule(route, access, writes=writes, diagnostics=diagnostics)
    request = request_body(route, access, scope)
    derived = _derived(route, request, scope)
    owner = owner_of_rows_below(route, without_envelope(request), rules.presets, derived, scope)
    where = owner if where is None else both(where, owner) if owner is not None else where
    if access is Access.ANYONE and (asks_who(request) or (owner is not None and mentions(owner.expression, ACTOR))):
        access = Access.SIGNED_IN
    if rules.allowed is not None and (
        asker_of(route, access, scope).satisfies(rules.allowed.expression, rules.presets)
        or (
            access is Access.SIGNED_IN
            and _follows(rules.allowed, rules, where, _columns_of(without_envelope(request)), route)
        )
    ):
        rules = replace(rules, allowed=None)
    writable = _writable(route, without_envelope(request), scope)
    if any(mentions(rule.expression, ACTOR) for rule in writable.values()):
        access = access_by_rule(route, access, writes=True, diagnostics=diagnostics)
    asker = asker_of(route, access, scope)
    writable = {
        column: rule for column, rule in writable.items() if not asker.satisfies(rule.expression, rules.presets)
    }
    if access is Access.ANYONE and any(mentions(one.value, ACTOR) for one in derived):
        access = Access.SIGNED_IN
    refuses = (rules.allowed is not None or bool(writable)) and route.operation is not Operation.CLEAR
    entry = entry_of(route, scope)
    rows = [(parent.table, parent.visible) for parent in rules.parents]
    if route.table is not None and route.operation in ITEM_OPERATIONS.values():
        rows.append((route.table.name, rules.visible))
    is_there = entry is not None and where is None and leads_to_all(entry, rows)
    causes = causes_of(route, scope, without_envelope(request), query, access, refuses, is_there=is_there)
    of_account = route.operation in ACCOUNT_OPERATIONS and route.operation is not Operation.PUBLIC_KEYS
    table = scope.tables[scope.accounts.table] if scope.accounts and of_account else route.table
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
        parents=rules.parents,
        link=route.link,
        query=query,
        request=request,
        access=access,
        asks=asked_by(route),
        roles=roles_of(route, scope),
        grants=grants_of(route),
        entry=entry,
        rate_limit=endpoint_limit(route.node, access, diagnostics),
        success=success,
        responses=statuses.all(success, causes),
        deprecated=bool(flag(route.node, "deprecated")),
        declared=True,
        span=route.span,
        description=texts.free_text(route.node, "description", diagnostics),
        where=where,
        visible=rules.visible,
        allowed=rules.allowed,
        presets=rules.presets,
        writable=writable,
        derived=derived,
        sort=_sort(route, success.body, scope),
        idempotency=idempotency_of(route, diagnostics),
    )


@dataclass(frozen=True, slots=True)
class _Rules:
    """What policies say of an endpoint."""

    visible: Condition | None
    allowed: Condition | None
    presets: Mapping[str, Expression]
    parents: tuple[Parent, ...]


def _rules(route: Route, scope: Scope) -> _Rules:
    table, deed = scope.table_of(route), deed_of(route.operation)
    parents = tuple(replace(parent, visible=visible(parent.table, scope)) for parent in route.parents)
    if table is None or deed is None:
        return _Rules(None, None, {}, parents)
    if (denied := none_allowed(table.name, route.operation, scope)) is not None:
        message = f"no policy of table `{table.name}` allows to {denied}, so {route} would refuse everyone"
        scope.diagnostics.add("BK421", route.span, message, f'add "{denied}": "..." to its `policies`')
    rules = scope.policies.get(table.name)
    presets = rules.presets if rules is not None and deed is Deed.CREATE else {}
    seen = visible(table.name, scope) if deed is not Deed.CREATE else None
    may = allowed(table.name, deed, scope) if deed is not Deed.READ else None
    if deed is Deed.DELETE and may is not None and seen is not None and may.text == seen.text:
        may = None  # whoever sees the row may delete it
    return _Rules(seen, may, presets, parents)


def access_by_rule(route: Route, access: Access, *, writes: bool, diagnostics: Diagnostics) -> Access:
    """Who gets there, where what an endpoint does depends on who asks; `writes` where what it may write does."""
    if access is not Access.ANYONE:
        return access
    if (said := route.node.get("auth")) is not None:
        message = f"{route} is open to anyone, but what it does depends on who asks (`actor`)"
        diagnostics.add("BK410", said.span, message, 'write "auth": "optional"')
    return Access.SIGNED_IN if writes and said is None else Access.OPTIONAL


def _writable(route: Route, body: Object | None, scope: Scope) -> Mapping[str, Condition]:
    """What policies say of the columns that the body writes."""
    table, deed = scope.table_of(route), deed_of(route.operation)
    if table is None or deed not in (Deed.CREATE, Deed.UPDATE):
        return {}
    return writing(table.name, _columns_of(body), scope)


def _columns_of(body: Object | None) -> list[str]:
    """The columns that a body writes."""
    return [one.shape.column for one in (body.fields if body else ()) if isinstance(one.shape, ColumnValue)]


def _follows(policy: Condition, rules: _Rules, where: Condition | None, written: list[str], route: Route) -> bool:
    """Whether a policy holds for sure wherever it is asked: behind what makes the rows be there for who asks."""
    if route.operation is Operation.CREATE:
        return may_add(policy, rules.parents)
    changes = route.operation in (Operation.REPLACE, Operation.UPDATE)
    if changes and not columns_in(policy.expression).isdisjoint(written):
        return False  # it is asked of the changed row, too
    return may_all(policy, [where, rules.visible], () if route.link is not None else rules.parents)


def _derived(route: Route, request: Object | None, scope: Scope) -> tuple[Derived, ...]:
    """The values that the endpoint makes of what it is sent, which has to have all that they are made of."""
    table, body = scope.table_of(route), without_envelope(request)
    rules = scope.policies.get(table.name) if table is not None else None
    if table is None or rules is None or route.operation not in (Operation.CREATE, Operation.REPLACE, Operation.UPDATE):
        return ()
    fields = {one.shape.column: one for one in (body.fields if body else ()) if isinstance(one.shape, ColumnValue)}
    if route.operation is not Operation.CREATE:
        return tuple(one for one in rules.derived if one.on_update and one.sources[0] in fields)
    for one in rules.derived:
        for source in one.sources:
            if source not in fields or not fields[source].required:
                message = f"`{table.name}.{one.column}` is made of `{source}`, which {route} does not always bring"
                fix = f'add "{source}" to the body, without a default of its column'
                scope.diagnostics.add("BK506", span_of(route.node, "requestBody"), message, fix)
                return ()
    return rules.derived


def _sort(route: Route, answer: Shape | None, scope: Scope) -> tuple[SortKey, ...]:
    """The order of a list that its own `sort` says."""
    table = scope.table_of(route)
    if "sort" not in route.node:
        return ()
    if table is None or route.operation is not Operation.LIST:
        message = f"{route} is a `{route.operation}`, which puts no rows in order"
        scope.diagnostics.add("BK521", span_of(route.node, "sort"), message, "remove `sort`")
        return ()
    if (groups := groups_in(answer)) is not None:
        return in_order(groups, group_sort(route.node, groups, scope)).sort
    return sort_keys(route.node, table, scope.diagnostics)


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
        request=None,
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
    if Grant.CLIENT_CREDENTIALS in grants_of(route):
        return "Ask for an access token"
    if route.operation in ACCOUNT_OPERATIONS | HEALTH_OPERATIONS or route.table is None:
        return _SUMMARIES[route.operation]
    table, parents = route.table, [scope.tables[parent.table] for parent in route.parents]
    if route.file:
        return f"Download the {phrase(names.snake(route.file))} of {with_article(phrase(table.singular))}"
    if route.operation is Operation.CLEAR:
        owner = f" of {with_article(phrase(parents[-1].singular))}" if parents else ""
        return f"Delete all {phrase(table.plural)}{owner}"
    what = phrase(table.plural) if route.operation is Operation.LIST else with_article(phrase(table.singular))
    of_parent = f" of {with_article(phrase(parents[-1].singular))}" if parents else ""
    return f"{route.operation.value.capitalize()} {what}{of_parent}"
