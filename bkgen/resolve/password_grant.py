"""The password grant of OAuth2 (RFC 6749, 4.3): what a contract may say of an endpoint that takes it."""

from __future__ import annotations

from bkgen.model.shapes import Fact, FactValue, Object, Shape
from bkgen.resolve.envelopes import fields_in
from bkgen.resolve.routes import Route
from bkgen.resolve.scope import Scope
from bkgen.source import Map, Node, Span

_SENT = ("grant_type", "username", "password", "scope", "client_id", "client_secret")
_GIVEN = (Fact.ACCESS_TOKEN, Fact.TOKEN_TYPE, Fact.EXPIRES_IN, Fact.REFRESH_TOKEN)
_NEEDED = {Fact.ACCESS_TOKEN, Fact.TOKEN_TYPE}
_ANSWER = 'write {"access_token": "string", "token_type": "string", "expires_in": "integer"}'


def takes_grant(body: Node | None) -> bool:
    """Whether a body is that of the password grant: it says so itself."""
    fields = fields_in(body)
    return fields is not None and "grant_type" in fields


def check_sent(route: Route, scope: Scope) -> None:
    """Adds `BK665` for what no client sends."""
    body = route.node.get("requestBody")
    for entry in body if isinstance(body, Map) else ():
        if entry.key not in _SENT:
            message = f"{route} takes the form of RFC 6749, which has no `{entry.key}`"
            fix = 'write {"grant_type": "string", "username": "string", "password": "string"}'
            scope.diagnostics.add("BK665", entry.key_span, message, fix)


def check_token_answer(route: Route, body: Shape | None, span: Span, scope: Scope) -> None:
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
    if scope.accounts is not None and scope.accounts.scheme != "Bearer":
        message = f"clients of OAuth2 send tokens by `Bearer`, and this service takes them by `{scope.accounts.scheme}`"
        scope.diagnostics.add("BK665", route.span, message, "leave out `scheme`, or sign in by `login`")
