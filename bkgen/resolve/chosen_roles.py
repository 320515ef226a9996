"""Roles that clients could give themselves."""

from __future__ import annotations

from collections.abc import Iterable

from bkgen.model.endpoints import Endpoint, Operation
from bkgen.model.shapes import ColumnValue
from bkgen.resolve.scope import Scope


def warn_of_chosen_roles(endpoints: Iterable[Endpoint], scope: Scope) -> None:
    """Adds `BK422` where clients write the roles that endpoints ask for, and neither `auth` nor policy says who may."""
    endpoints = list(endpoints)
    place = _place_of_roles(scope)
    if place is None or not any(endpoint.roles for endpoint in endpoints):
        return
    table, column = place
    for endpoint in endpoints:
        written = endpoint.body.fields if endpoint.body is not None and endpoint.table == table else ()
        chosen = [f for f in written if isinstance(f.shape, ColumnValue) and f.shape.column == column]
        # A new membership has the role that its column gives by itself, which may be enough.
        joins = not chosen and table != _accounts(scope) and endpoint.table == table
        if not (chosen or (joins and endpoint.operation is Operation.CREATE)) or _is_guarded(endpoint):
            continue
        if table == _accounts(scope):
            message = f"{endpoint.method} {endpoint.path} lets clients choose the `{column}` of an account"
            safe = f'give `{table}.{column}` a "default" and "readOnly": true'
            fix = f"{safe}, or leave `{chosen[0].name}` out of the body"
        else:
            message = f"{endpoint.method} {endpoint.path} lets clients give themselves a `{column}` of `{table}`"
            fix = 'say who may: in its "auth", or in policies of the table'
        scope.diagnostics.add("BK422", endpoint.span, message, fix)


def _is_guarded(endpoint: Endpoint) -> bool:
    """Whether it is not for everyone; steps are what the contract wants done."""
    restricted = endpoint.roles or endpoint.entry is not None or endpoint.allowed is not None
    return bool(restricted) or endpoint.operation is Operation.ACTION


def _place_of_roles(scope: Scope) -> tuple[str, str] | None:
    """The table and column with the roles."""
    accounts = scope.accounts
    if accounts is None:
        return None
    if (memberships := accounts.roles.memberships) is not None:
        return memberships.table, memberships.role
    return (accounts.table, accounts.role) if accounts.role is not None else None


def _accounts(scope: Scope) -> str:
    return scope.accounts.table if scope.accounts is not None else ""
