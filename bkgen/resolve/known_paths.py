"""Endpoints that are known by the last words of their path: accounts and health."""

from __future__ import annotations

from bkgen.model.endpoints import Operation
from bkgen.model.tables import Table
from bkgen.resolve.names import fold
from bkgen.resolve.paths import Segment

_LAST_WORDS: dict[Operation, tuple[tuple[str, ...], frozenset[str]]] = {
    Operation.LOGIN: (("POST",), frozenset({"login", "signin", "authenticate"})),
    Operation.REGISTER: (("POST",), frozenset({"register", "signup", "registration"})),
    Operation.REFRESH: (("POST",), frozenset({"refresh", "refreshtoken", "tokenrefresh"})),
    Operation.LOGOUT: (("POST", "DELETE"), frozenset({"logout", "signout"})),
    Operation.LOGOUT_EVERYWHERE: (
        ("POST", "DELETE"),
        frozenset({"logoutall", "logouteverywhere", "signoutall", "signouteverywhere"}),
    ),
    Operation.ME: (("GET",), frozenset({"me", "whoami", "currentuser"})),
    Operation.UPDATE_ME: (("PUT", "PATCH"), frozenset({"me", "currentuser"})),
    Operation.DELETE_ME: (("DELETE",), frozenset({"me", "currentuser"})),
    Operation.CHANGE_PASSWORD: (("POST", "PUT", "PATCH"), frozenset({"changepassword", "updatepassword"})),
    Operation.PUBLIC_KEYS: (("GET",), frozenset({"jwks", "jwksjson"})),
    Operation.LIVE: (("GET",), frozenset({"health", "healthz", "healthcheck", "live", "livez", "liveness", "ping"})),
    Operation.READY: (("GET",), frozenset({"ready", "readyz", "readiness"})),
}
_AFTER: dict[Operation, tuple[tuple[str, ...], frozenset[tuple[str, str]]]] = {
    Operation.LOGIN: (("POST",), frozenset({("auth", "token"), ("auth", "session"), ("auth", "sessions")})),
    Operation.LOGOUT: (("DELETE",), frozenset({("auth", "session"), ("auth", "sessions"), ("auth", "token")})),
    Operation.LOGOUT_EVERYWHERE: (
        ("POST", "DELETE"),
        frozenset({("logout", "all"), ("logout", "everywhere"), ("signout", "all"), ("signout", "everywhere")}),
    ),
    Operation.CHANGE_PASSWORD: (
        ("POST", "PUT", "PATCH"),
        frozenset({("me", "password"), ("auth", "password"), ("account", "password"), ("users", "password")}),
    ),
}

_BY_PROVIDER = {
    Operation.OAUTH2_LOGIN: frozenset({"login", "signin", "authorize"}),
    Operation.OAUTH2_CALLBACK: frozenset({"callback"}),
}
_ON_OWN_ACCOUNT = {
    "GET": Operation.ME,
    "PUT": Operation.UPDATE_ME,
    "PATCH": Operation.UPDATE_ME,
    "DELETE": Operation.DELETE_ME,
}


def known_operation(method: str, segments: tuple[Segment, ...]) -> Operation | None:
    """The operation that a path without parameters ends in; None where its words say nothing."""
    if not segments or any(segment.parameter for segment in segments):
        return None
    words = [fold(segment.text) for segment in segments]
    for operation, (methods, last_words) in _LAST_WORDS.items():
        if method in methods and words[-1] in last_words:
            return operation
    for operation, (methods, pairs) in _AFTER.items():
        if method in methods and tuple(words[-2:]) in pairs:
            return operation
    return None


def provider_operation(method: str, segments: tuple[Segment, ...]) -> Operation | None:
    """The operation of a path such as `/auth/{provider}/login`; None for any other path."""
    if method != "GET" or len(segments) < 2 or [one.parameter for one in segments[-2:]] != [True, False]:
        return None
    last = fold(segments[-1].text)
    return next((operation for operation, words in _BY_PROVIDER.items() if last in words), None)


def own_account_operation(method: str, segments: tuple[Segment, ...], accounts: Table | None) -> Operation | None:
    """The operation of a path that ends in the word for one account, such as `/user`; None for any other path.

    A word that means many accounts as well, such as `/staff`, tells nothing.
    """
    if accounts is None or not segments or any(segment.parameter for segment in segments):
        return None
    one, many = fold(accounts.singular), fold(accounts.plural)
    return _ON_OWN_ACCOUNT.get(method) if fold(segments[-1].text) == one != many else None
