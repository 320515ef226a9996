"""Risks of how people sign in: guesses, short passwords, long tokens, and web pages that may act for them."""

from __future__ import annotations

from collections.abc import Iterator

from bkgen.model.endpoints import Grant, Operation
from bkgen.model.service import Accounts, Service
from bkgen.resolve.nodes import child, span_of, strings
from bkgen.resolve.risks.risk import Risk, called
from bkgen.source import Map, Span

LONGEST_ACCESS = 86_400
"""Seconds that an access token should live at most: a day."""

SHORTEST_PASSWORD = 8

_GUESSED = {
    Operation.LOGIN: ("guess passwords", "5 requests per minute"),
    Operation.TOKEN: ("guess passwords", "5 requests per minute"),
    Operation.REGISTER: ("make accounts, and find out which are there,", "10 per hour"),
    Operation.REFRESH: ("guess refresh tokens", "30 requests per minute"),
    Operation.CHANGE_PASSWORD: ("guess the present password", "5 per 15 minutes per user"),
    Operation.CHANGE_EMAIL: ("guess the present password", "5 per 15 minutes per user"),
    Operation.BEGIN_SECOND_FACTOR: ("guess the present password", "5 per 15 minutes per user"),
    Operation.REQUEST_PASSWORD_RESET: ("have mails sent", "5 per 15 minutes"),
    Operation.REQUEST_VERIFICATION: ("have mails sent", "5 per 15 minutes"),
}
"""What clients can do as often as they like where there is no limit, and one that would do."""


def guesses_without_limit(service: Service) -> Iterator[Risk]:
    """`BK901`"""
    for endpoint in service.endpoints:
        if endpoint.operation in _GUESSED and endpoint.rate_limit is None:
            what, limit = _GUESSED[endpoint.operation]
            if Grant.CLIENT_CREDENTIALS in endpoint.grants and Grant.PASSWORD not in endpoint.grants:
                what = "guess the secrets of programs"
            message = f"{called(endpoint)} lets clients {what} as often as they like"
            yield Risk("BK901", endpoint.span, message, f'add "rateLimit": "{limit}"')


def weak_settings(service: Service, node: Map | None) -> Iterator[Risk]:
    """`BK909` to `BK911`, `BK914` and `BK915`, of the service document `node`; none where nobody signs in."""
    if service.accounts is None or node is None:
        return
    yield from _open_to_pages(service, node)
    yield from _long_access(service.accounts, _place(node, "accessTokenMinutes"))
    yield from _short_passwords(service.accounts, _place(node, "passwordMinLength"))
    if service.accounts.common_passwords:
        message = "new passwords may be those that are tried first"
        yield Risk("BK915", _place(node, "commonPasswords"), message, "leave out `commonPasswords`")
    if service.accounts.tokens.outlive_password:
        message = "access tokens stay valid when their account gets another password"
        fix = "leave out `tokensOutlivePassword`, and answer changes of the password with a new token"
        yield Risk("BK914", _place(node, "tokensOutlivePassword"), message, fix)


def _open_to_pages(service: Service, node: Map) -> Iterator[Risk]:
    places = dict(strings(node.get("cors")))
    for origin in service.cors_origins:
        if origin == "*":
            span = places.get(origin, span_of(node, "cors"))
            message = f'`cors` has "{origin}": every web page may send requests that sign in, and read the answers'
            yield Risk("BK909", span, message, 'list the pages: "cors": ["https://app.example"]')


def _long_access(accounts: Accounts, span: Span) -> Iterator[Risk]:
    if accounts.access_token_seconds > LONGEST_ACCESS:
        hours = accounts.access_token_seconds // 3600
        message = f"whoever gets hold of an access token can use it for {hours:,} hours"
        fix = 'write "accessTokenMinutes": 30, and add an endpoint that refreshes: POST /auth/refresh'
        yield Risk("BK910", span, message, fix)


def _short_passwords(accounts: Accounts, span: Span) -> Iterator[Risk]:
    if accounts.password_min_length < SHORTEST_PASSWORD:
        message = f"passwords of {accounts.password_min_length} characters are found by trying"
        yield Risk("BK911", span, message, f"write {SHORTEST_PASSWORD} or more, or leave it out")


def _place(node: Map, key: str) -> Span:
    auth = child(node, "auth")
    return span_of(auth, key) if auth is not None else node.span
