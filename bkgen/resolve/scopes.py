"""Scopes: what API keys can be held to, and which endpoints ask for which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bkgen.diagnostics import Diagnostics
from bkgen.model.endpoints import ACCOUNT_OPERATIONS, Access, Endpoint
from bkgen.model.roles import Roles
from bkgen.model.service import Accounts, ApiKeys
from bkgen.resolve.nodes import flag, span_of, strings
from bkgen.resolve.roles import asked_by
from bkgen.resolve.routes import Route
from bkgen.source import Map, Span

SCOPE = "scope"
"""What the column of a key, the key of an endpoint, and the field of a form are called."""

FIELD = 'add "scope": "string?" to the body of the endpoint that makes API keys'


def scopes_of(route: Route, roles: Roles) -> tuple[str, ...]:
    """The scopes of which a key needs one at an endpoint: those that it says, or else the permissions in `auth`."""
    if SCOPE in route.node:
        return tuple(name for name, _ in strings(route.node.get(SCOPE)))
    return tuple(name for name in asked_by(route) if name in roles.permissions)


def known_scopes(routes: Iterable[Route], roles: Roles, span: Span, diagnostics: Diagnostics) -> tuple[str, ...]:
    """All that keys can be held to: permissions, and what else endpoints ask for. Adds `BK680` where none does."""
    asked = [one for route in routes if flag(route.node, "apiKeys") is not False for one in scopes_of(route, roles)]
    if not asked:
        message = "API keys have scopes here, and no endpoint asks for one: a key with any would open nothing"
        diagnostics.add("BK680", span, message, 'add "scope": "orders:read" to endpoints, or a permission in `auth`')
    return tuple(dict.fromkeys([*roles.permissions, *asked]))


def opens_to_keys(route: Route, access: Access, keys: ApiKeys | None) -> bool:
    """Whether an API key does as well as an access token; none opens the account or keys themselves."""
    own = route.operation in ACCOUNT_OPERATIONS or (
        keys is not None and route.table is not None and route.table.name == keys.table
    )
    could = keys is not None and access is not Access.ANYONE and not own
    return could and flag(route.node, "apiKeys") is not False


def asks_for_scopes(route: Route, access: Access, accounts: Accounts | None) -> bool:
    """Whether a key can be refused because of its scopes."""
    keys = accounts.api_keys if accounts is not None else None
    return keys is not None and bool(keys.scopes) and opens_to_keys(route, access, keys)


def check_scopes(
    endpoints: Iterable[Endpoint], nodes: Mapping[str, Map], accounts: Accounts | None, diagnostics: Diagnostics
) -> None:
    """Adds `BK681` where `scope` says nothing, and `BK682` where an account may pass by another permission."""
    keys = accounts.api_keys if accounts is not None else None
    for endpoint in endpoints:
        node = nodes.get(f"{endpoint.method} {endpoint.path}")
        if node is None:
            continue
        if SCOPE in node and not (endpoint.opens_to_keys and keys is not None and keys.scopes):
            closed = keys is not None and bool(keys.scopes)
            why = "no API key can open this endpoint" if closed else "the service has no API keys with scopes"
            fix = "remove it" if closed else f"remove it, or {FIELD}"
            diagnostics.add("BK681", span_of(node, SCOPE), f"`scope` says nothing here: {why}", fix)
        elif accounts is not None and accounts.roles.memberships is not None:
            permissions = [one for one in endpoint.scopes if one in accounts.roles.permissions]
            if permissions and endpoint.asks != tuple(permissions):
                message = (
                    f"an account has `{permissions[0]}` by a membership, and `auth` lets it in by something else, too: "
                    "a key with that scope could do what its account may not"
                )
                fix = f'write "auth": "{permissions[0]}", or a "scope" that is no permission'
                diagnostics.add("BK682", span_of(node, SCOPE if SCOPE in node else "auth"), message, fix)
