"""Roles: the column of the accounts that has them, and the endpoints that ask for one."""

from __future__ import annotations

from collections.abc import Iterable

from bkgen.diagnostics import Diagnostics, did_you_mean
from bkgen.load.spellings import AUTH_WORDS
from bkgen.model.endpoints import Access
from bkgen.model.tables import Column, Table
from bkgen.resolve.asker import ANYONE, Asker
from bkgen.resolve.lookup import find_column
from bkgen.resolve.nodes import strings
from bkgen.resolve.routes import Route
from bkgen.resolve.scope import Scope
from bkgen.resolve.settings import AuthSettings
from bkgen.source import List, Scalar, Span

COLUMN = "role"
"""What the column is called where nothing else is said."""

Named = tuple[str, Span]
"""A role, and where it is named."""


def asks_for_roles(route: Route) -> bool:
    """Whether an endpoint names roles in its `auth`."""
    return bool(_named(route))


def roles_of(route: Route, scope: Scope) -> tuple[str, ...]:
    """The roles that an endpoint asks for, each once, in the order of the column that has them."""
    accounts = scope.accounts
    if accounts is None or accounts.role is None:
        return ()
    named = {role for role, _ in _named(route)}
    return tuple(role for role in scope.tables[accounts.table].column(accounts.role).type.enum if role in named)


def asker_of(route: Route, access: Access, scope: Scope) -> Asker:
    """What is known of those who get to an endpoint."""
    accounts = scope.accounts
    if accounts is None or access is not Access.SIGNED_IN:
        return ANYONE
    filled = frozenset(column.name for column in scope.tables[accounts.table].columns if not column.nullable)
    return Asker(True, filled, accounts.role or "", roles_of(route, scope))


def resolve_role(
    table: Table, needing: Iterable[Route], settings: AuthSettings, diagnostics: Diagnostics
) -> str | None:
    """The column of the accounts that has the role of each, if there is one; adds `BK409` for roles that none has."""
    used = [named for route in needing for named in _named(route)]
    column = find_column(table, settings.role or COLUMN)
    if column is None and settings.role is not None:
        message = f"`{settings.role}` is no column of the accounts table `{table.name}`"
        fix = did_you_mean(settings.role, (column.name for column in table.columns))
        diagnostics.add("BK409", settings.role_span, message, fix or _to_add(settings.role, settings.roles, used))
        return None
    wanted = [*settings.roles, *used]
    if column is None:
        if wanted:
            message = f"roles stand in a column of the accounts, and table `{table.name}` has no column `{COLUMN}`"
            diagnostics.add("BK409", wanted[0][1], message, _to_add(COLUMN, settings.roles, used))
        return None
    values = column.type.enum
    if not values:
        if wanted or settings.role is not None:
            message = f"column `{table.name}.{column.name}` has the roles of accounts, so it says which there are"
            words = " | ".join(_distinct(wanted)) or "admin | editor"
            diagnostics.add("BK409", column.span, message, f'write "type": "{words}"')
        return None
    _check_words(column, needing, diagnostics)
    for role, span in settings.roles:
        if role not in values:
            _unknown(role, span, values, f"no value of column `{table.name}.{column.name}`", diagnostics)
    listed = _distinct(settings.roles) or list(values)
    for role, span in used:
        if role not in values:
            _unknown(role, span, values, f"no value of column `{table.name}.{column.name}`", diagnostics)
        elif role not in listed:
            _unknown(role, span, listed, "none of the `roles` of the service", diagnostics)
    return column.name


def _named(route: Route) -> list[Named]:
    """The roles in the `auth` of an endpoint; a word that means something else there is none."""
    auth = route.node.get("auth")
    alone = isinstance(auth, Scalar) and auth.value in AUTH_WORDS
    return strings(auth) if isinstance(auth, Scalar | List) and not alone else []


def _check_words(column: Column, needing: Iterable[Route], diagnostics: Diagnostics) -> None:
    """A role that is called like another word of `auth` could not be told from that."""
    if any("auth" in route.node for route in needing):
        for role in column.type.enum or ():
            if role.casefold() in AUTH_WORDS:
                message = f'a role is called `{role}`, and "auth": "{role}" means something else'
                diagnostics.add("BK409", column.span, message, "give the role another name")


def _unknown(role: str, span: Span, known: Iterable[str], what: str, diagnostics: Diagnostics) -> None:
    known = list(known)
    fix = diagnostics.nearest(span, role, known) or f"there are {', '.join(f'`{one}`' for one in known)}"
    diagnostics.add("BK409", span, f"`{role}` is {what}", fix)


def _to_add(name: str, listed: Iterable[Named], used: Iterable[Named]) -> str:
    roles = " | ".join(_distinct([*listed, *used])) or "admin | editor"
    return f'add {{"name": "{name}", "type": "{roles}"}}, with a "default" for new accounts'


def _distinct(named: Iterable[Named]) -> list[str]:
    return list(dict.fromkeys(role for role, _ in named))
