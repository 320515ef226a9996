"""Roles, and who gets to an endpoint, in words, for `bkgen explain`."""

from __future__ import annotations

from collections.abc import Iterator

from bkgen.model.endpoints import Endpoint
from bkgen.model.roles import Role
from bkgen.model.service import Accounts
from bkgen.report import visible


def told_auth(endpoint: Endpoint) -> str:
    """Who gets to an endpoint that reads a token."""
    if (entry := endpoint.entry) is not None:
        who = "of an account that is " if entry.place else "where "
        return f"needs an access token {who}{visible(entry.condition.text)}{_by(endpoint.asks, entry.roles)}"
    if endpoint.roles:
        roles = f"role {' or '.join(map(visible, endpoint.roles))}"
        return f"needs an access token of an account with {roles}{_by(endpoint.asks, endpoint.roles)}"
    return "needs an access token" if endpoint.authenticated else "an access token tells who asks"


def told_scopes(endpoint: Endpoint) -> str:
    """What an API key with scopes needs at an endpoint that takes keys."""
    if not endpoint.scopes:
        return "no API key with scopes opens it"
    return f"an API key with scopes needs {' or '.join(map(visible, endpoint.scopes))}"


def told_roles(accounts: Accounts) -> Iterator[tuple[str, str]]:
    """A line for all roles, and one for each that inherits others or has permissions."""
    memberships = accounts.roles.memberships
    place = f"`{accounts.role}`"
    if memberships is not None:
        within = f", within a row of `{memberships.place}` each" if memberships.within is not None else ""
        place = f"`{memberships.table}.{memberships.role}`{within}"
    yield "roles", f"{', '.join(map(visible, accounts.roles.names))}; in {place}"
    yield from (("role", _role(role)) for role in accounts.roles.all if role.inherits or role.permissions)


def _by(asked: tuple[str, ...], roles: tuple[str, ...]) -> str:
    """By what the roles pass, where the contract does not name just these."""
    return f", by {' or '.join(map(visible, asked))}" if asked and set(asked) != set(roles) else ""


def _role(role: Role) -> str:
    """What a role inherits and may do."""
    told = [f"inherits {', '.join(map(visible, role.inherits))}"] if role.inherits else []
    told += [f"may {', '.join(map(visible, role.permissions))}"] if role.permissions else []
    return f"{visible(role.name)} {' and '.join(told)}"
