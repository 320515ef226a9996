"""View of `app/auth/scopes.py`: which scopes there are, and what an API key that is held to some opens."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.endpoints import Endpoint
from bkgen.model.expressions import Held
from bkgen.model.service import Service
from bkgen.resolve.expressions.parts import walk
from bkgen.resolve.vocabulary import entry_expressions, expressions_of

_MOST_CALLS = 3


@dataclass(frozen=True, slots=True)
class ScopesView:
    """What keys can be held to.

    Attributes:
        all: (scope, what it opens) of each.
        opens: (name of an endpoint, scopes) of which a key needs one.
        roles: (permission, roles that have it), where roles stand in a column of the accounts.
        asked: whether an expression asks if a permission may be used.
    """

    all: tuple[tuple[str, str], ...]
    opens: tuple[tuple[str, tuple[str, ...]], ...]
    roles: tuple[tuple[str, tuple[str, ...]], ...]
    asked: bool


def scopes_view(service: Service) -> ScopesView | None:
    """None where keys have no scopes."""
    accounts = service.accounts
    if accounts is None or accounts.api_keys is None or not accounts.api_keys.scopes:
        return None
    known, roles = accounts.api_keys.scopes, accounts.roles
    permissions = [one for one in known if one in roles.permissions] if accounts.role is not None else []
    return ScopesView(
        all=tuple((one, _opened(one, service)) for one in known),
        opens=tuple((endpoint.name, endpoint.scopes) for endpoint in service.endpoints if endpoint.scopes),
        roles=tuple((one, roles.with_permission(one)) for one in permissions),
        asked=any(_asks(endpoint) for endpoint in service.endpoints),
    )


def _opened(scope: str, service: Service) -> str:
    """The endpoints that ask for a scope, as people who choose some are told."""
    calls = [f"{one.method} {one.path}" for one in service.endpoints if scope in one.scopes]
    more = [f"{len(calls) - _MOST_CALLS} more"] if len(calls) > _MOST_CALLS else []
    return ", ".join([*calls[:_MOST_CALLS], *more]) or "Nothing by itself"


def _asks(endpoint: Endpoint) -> bool:
    said = (*expressions_of(endpoint), *entry_expressions(endpoint))
    return any(isinstance(part, Held) for expression in said for part in walk(expression))
