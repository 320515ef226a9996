"""Grants of OAuth2 (RFC 6749): what a contract may say of an endpoint that gives tokens by a form."""

from __future__ import annotations

from dataclasses import replace

from bkgen.model.endpoints import Grant, Operation
from bkgen.model.shapes import Fact, FactValue, Object, Shape, facts
from bkgen.resolve.envelopes import fields_in
from bkgen.resolve.routes import Route
from bkgen.resolve.scope import Scope
from bkgen.source import Map, Node, Span

_SENT = ("grant_type", "username", "password", "scope", "client_id", "client_secret")
_GIVEN = (Fact.ACCESS_TOKEN, Fact.TOKEN_TYPE, Fact.EXPIRES_IN, Fact.REFRESH_TOKEN, Fact.SCOPE)
_NEEDED = {Fact.ACCESS_TOKEN, Fact.TOKEN_TYPE}
_ANSWER = 'write {"access_token": "string", "token_type": "string", "expires_in": "integer"}'


def takes_grant(body: Node | None) -> bool:
    """Whether a body is a request for tokens: it says so itself."""
    fields = fields_in(body)
    return fields is not None and "grant_type" in fields


def grants_of(route: Route) -> tuple[Grant, ...]:
    """The grants that an endpoint takes: its body names what each needs, and without one it is the password's."""
    if route.operation is not Operation.TOKEN:
        return ()
    fields = fields_in(route.node.get("requestBody")) or Map((), route.span)
    of_client = "client_id" in fields
    of_password = not of_client or "username" in fields or "password" in fields
    return (*([Grant.PASSWORD] if of_password else []), *([Grant.CLIENT_CREDENTIALS] if of_client else []))


def for_programs_alone(route: Route) -> bool:
    """Whether nobody signs in there by a password."""
    return grants_of(route) == (Grant.CLIENT_CREDENTIALS,)


def check_sent(route: Route, scope: Scope) -> None:
    """Adds `BK665` for what no client sends, and `BK683` where programs have nothing to send."""
    keys = scope.accounts.api_keys if scope.accounts is not None else None
    if Grant.CLIENT_CREDENTIALS in grants_of(route) and keys is None:
        message = f"{route} takes client credentials, which are API keys, and the service has none"
        fix = 'add {"method": "POST", "path": "/me/api-keys"}, or leave `client_id` out of the body'
        scope.diagnostics.add("BK683", route.span, message, fix)
    body = route.node.get("requestBody")
    for entry in body if isinstance(body, Map) else ():
        if entry.key not in _SENT:
            message = f"{route} takes the form of RFC 6749, which has no `{entry.key}`"
            fix = 'write {"grant_type": "string", "username": "string", "password": "string"}'
            scope.diagnostics.add("BK665", entry.key_span, message, fix)


def says_scopes(route: Route, scope: Scope) -> bool:
    """Whether an answer with tokens says what these are held to."""
    keys = scope.accounts.api_keys if scope.accounts is not None else None
    return Grant.CLIENT_CREDENTIALS in grants_of(route) and keys is not None and bool(keys.scopes)


def token_answer(route: Route, body: Shape | None, span: Span, scope: Scope) -> Shape | None:
    """The answer, whose fields are there where the grant has them."""
    _check_answer(route, body, span, scope)
    grants = grants_of(route)
    not_always = {Fact.SCOPE, *([Fact.REFRESH_TOKEN] if len(grants) > 1 else [])}
    if not isinstance(body, Object):
        return body
    fields = (replace(field, required=False) if not_always & facts(field.shape) else field for field in body.fields)
    return replace(body, fields=tuple(fields))


def _check_answer(route: Route, body: Shape | None, span: Span, scope: Scope) -> None:
    """Adds `BK665` where clients would not find the token, or not know what it is."""
    fields = body.fields if isinstance(body, Object) else ()
    named = {field.shape.fact: field.name for field in fields if isinstance(field.shape, FactValue)}
    wrong = [name for fact, name in named.items() if fact in _GIVEN and name != fact.value]
    if wrong:
        message = f"clients of OAuth2 know no `{wrong[0]}`"
        scope.diagnostics.add("BK665", span, message, _ANSWER)
    elif not named.keys() >= _NEEDED:
        message = f"{route} answers with an `access_token` and its `token_type`, as RFC 6749 says"
        scope.diagnostics.add("BK665", span, message, _ANSWER)
    if says_scopes(route, scope) and Fact.SCOPE not in named:
        message = f"a token of {route} may be held to fewer scopes than its key, and the answer does not say so"
        scope.diagnostics.add("BK665", span, message, 'add "scope": "string" to the answer')
    if Grant.PASSWORD not in grants_of(route) and Fact.REFRESH_TOKEN in named:
        message = f"{route} gives tokens for API keys, and none to refresh them by (RFC 6749, 4.4.3)"
        scope.diagnostics.add("BK665", span, message, "remove `refresh_token`: a program asks again by its key")
    if scope.accounts is not None and scope.accounts.scheme != "Bearer":
        message = f"clients of OAuth2 send tokens by `Bearer`, and this service takes them by `{scope.accounts.scheme}`"
        scope.diagnostics.add("BK665", route.span, message, "leave out `scheme`, or sign in by `login`")
