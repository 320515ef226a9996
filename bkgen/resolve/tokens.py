"""What the service says of access tokens, against what its endpoints and its `cors` say."""

from __future__ import annotations

from bkgen.diagnostics import Diagnostics
from bkgen.model.endpoints import Operation
from bkgen.model.service import Accounts
from bkgen.resolve.paths import Segment
from bkgen.resolve.routes import Route
from bkgen.resolve.settings import Settings
from bkgen.source import Map, Span

PUBLIC_KEYS_PATH = "/.well-known/jwks.json"


def check_tokens(routes: list[Route], settings: Settings, accounts: Accounts | None, diagnostics: Diagnostics) -> None:
    """Adds `BK620` to `BK622` where they contradict each other."""
    if accounts is None:
        return
    if accounts.tokens.cookies and "*" in settings.cors_origins:
        message = "`cors` is open to every site, and a browser sends `cookies` for whichever site asks"
        fix = 'list the origins of your frontends: "cors": ["https://app.example.com"]'
        diagnostics.add("BK620", settings.auth.cookies_span, message, fix)
    by_cookie = [route for route in routes if comes_by_cookie(route, accounts)]
    for route in by_cookie[1:]:
        message = f"{route} has its refresh token from a cookie, which browsers send to {by_cookie[0]} alone"
        diagnostics.add("BK622", route.span, message, 'remove it, or give it a body: {"refreshToken": "string"}')
    public = [route for route in routes if route.operation is Operation.PUBLIC_KEYS]
    for route in public if not accounts.tokens.has_public_keys else ():
        message = f"{route} gives public keys, and `{accounts.tokens.algorithm}` signs with a secret"
        fix = 'add "auth": {"algorithm": "ES256"} to the service, or remove the endpoint'
        diagnostics.add("BK621", route.span, message, fix)


def public_keys_route(routes: list[Route], accounts: Accounts | None, span: Span) -> Route | None:
    """The endpoint with the public keys, where there are some and the contract has none."""
    if accounts is None or not accounts.tokens.has_public_keys:
        return None
    if any(route.operation is Operation.PUBLIC_KEYS for route in routes):
        return None
    segments = tuple(Segment(text, parameter=False) for text in PUBLIC_KEYS_PATH.strip("/").split("/"))
    rule = f"whoever gets tokens signed by {accounts.tokens.algorithm} checks them by public keys"
    return Route(Map((), span), "GET", PUBLIC_KEYS_PATH, segments, Operation.PUBLIC_KEYS, None, rule, span)


def comes_by_cookie(route: Route, accounts: Accounts | None) -> bool:
    """Whether an endpoint has its refresh token from a cookie: where the contract gives it no body."""
    in_cookies = accounts is not None and accounts.tokens.cookies
    return in_cookies and route.operation is Operation.REFRESH and not route.node.get("requestBody")
