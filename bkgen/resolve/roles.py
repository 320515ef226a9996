"""Roles: the column that has them, of the accounts or of their memberships, and the names by which endpoints ask."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bkgen.diagnostics import Diagnostics, did_you_mean
from bkgen.load.spellings import AUTH_WORDS
from bkgen.model.endpoints import Access
from bkgen.model.roles import Role, Roles
from bkgen.model.tables import Column, Table
from bkgen.resolve.asker import ANYONE, Asker
from bkgen.resolve.declared_roles import DeclaredRole, Named, check_declared
from bkgen.resolve.lookup import Tables, find_column
from bkgen.resolve.memberships import resolve_memberships
from bkgen.resolve.nodes import strings
from bkgen.resolve.routes import Route
from bkgen.resolve.scope import Scope
from bkgen.resolve.settings import AuthSettings
from bkgen.source import List, Scalar, Span

COLUMN = "role"
"""What the column is called where nothing else is said."""

_ON_ACTOR = re.compile(r"\bactor\s*(?:\.|[!=]=)")


def restricts(route: Route) -> bool:
    """Whether an endpoint is for some of those who are signed in: by roles, permissions or a condition."""
    return bool(_named(route)) or condition_in(route) is not None


def condition_in(route: Route) -> str | None:
    """The expression in the `auth` of an endpoint; a name is none."""
    auth = route.node.get("auth")
    written = auth.value if isinstance(auth, Scalar) else None
    return written if isinstance(written, str) and _ON_ACTOR.search(written) else None


def asked_by(route: Route) -> tuple[str, ...]:
    """The roles and permissions that an endpoint names."""
    return tuple(name for name, _ in _named(route))


def roles_of(route: Route, scope: Scope) -> tuple[str, ...]:
    """The roles that get to an endpoint wherever they hold, in the order of the column that has them."""
    memberships = scope.accounts.roles.memberships if scope.accounts is not None else None
    return passing(route, scope) if memberships is None or memberships.within is None else ()


def passing(route: Route, scope: Scope) -> tuple[str, ...]:
    """The roles of which an endpoint asks for one; empty where it asks for none."""
    accounts = scope.accounts
    if accounts is None:
        return ()
    named = {role for name in asked_by(route) for role in accounts.roles.passing(name)}
    return tuple(role for role in accounts.roles.names if role in named)


def asker_of(route: Route, access: Access, scope: Scope) -> Asker:
    """What is known of those who get to an endpoint."""
    accounts = scope.accounts
    if accounts is None or access is not Access.SIGNED_IN:
        return ANYONE
    filled = frozenset(column.name for column in scope.tables[accounts.table].columns if not column.nullable)
    return Asker(True, filled, accounts.role or "", roles_of(route, scope))


def resolve_roles(
    table: Table, tables: Iterable[Table], needing: Iterable[Route], settings: AuthSettings, diagnostics: Diagnostics
) -> tuple[str | None, Roles]:
    """The column of the accounts that has the role of each, if there is one, and all roles there are.

    Adds `BK409` for roles that no account has, and `BK630` to `BK633` for what else cannot be.
    """
    needing = list(needing)
    used = [named for route in needing for named in _named(route)]
    check_declared(settings.roles, diagnostics)
    memberships = None
    if settings.memberships is not None:
        if settings.role is not None:
            message = "roles stand in a column of the accounts (`role`), or in a table of `memberships`"
            diagnostics.add("BK633", settings.role_span, message, "remove one of the two")
        found = resolve_memberships(settings.memberships, table, Tables(tables), diagnostics)
        if found is None:
            return None, Roles()
        memberships, column, owner = found
    else:
        declared = [(role.name, role.span) for role in settings.roles]
        own = _own_column(table, declared, used, settings, diagnostics)
        if own is None:
            return None, Roles()
        column, owner = own, table
    _check_words(column, needing, diagnostics)
    roles = Roles(_all(column, settings.roles), memberships)
    _check_names(column, owner, roles, used, settings.roles, diagnostics)
    return None if memberships is not None else column.name, roles


def _all(column: Column, declared: tuple[DeclaredRole, ...]) -> tuple[Role, ...]:
    """The values of the column, each with what is declared of it."""
    known = {role.name: role for role in declared}
    found = []
    for name in column.type.enum or ():
        said = known.get(name)
        inherits, permissions = (said.inherits, said.permissions) if said is not None else ((), ())
        found.append(Role(name, tuple(one for one, _ in inherits), tuple(one for one, _ in permissions)))
    return tuple(found)


def _own_column(
    table: Table, declared: list[Named], used: list[Named], settings: AuthSettings, diagnostics: Diagnostics
) -> Column | None:
    """The column of the accounts with their roles; adds `BK409` where there has to be one."""
    column = find_column(table, settings.role or COLUMN)
    if column is None and settings.role is not None:
        message = f"`{settings.role}` is no column of the accounts table `{table.name}`"
        fix = did_you_mean(settings.role, (column.name for column in table.columns))
        diagnostics.add("BK409", settings.role_span, message, fix or _to_add(settings.role, declared, used))
        return None
    wanted = [*declared, *used]
    if column is None:
        if wanted:
            message = f"roles stand in a column of the accounts, and table `{table.name}` has no column `{COLUMN}`"
            diagnostics.add("BK409", wanted[0][1], message, _to_add(COLUMN, declared, used))
        return None
    if not column.type.enum:
        if wanted or settings.role is not None:
            message = f"column `{table.name}.{column.name}` has the roles of accounts, so it says which there are"
            words = " | ".join(_distinct(wanted)) or "admin | editor"
            diagnostics.add("BK409", column.span, message, f'write "type": "{words}"')
        return None
    return column


def _check_names(
    column: Column,
    table: Table,
    roles: Roles,
    used: list[Named],
    declared: tuple[DeclaredRole, ...],
    diagnostics: Diagnostics,
) -> None:
    """Adds `BK409` for roles that are no values of the column, or not declared, and `BK631` for permissions of none."""
    values, where = column.type.enum or (), f"no value of column `{table.name}.{column.name}`"
    for role in declared:
        if role.name not in values:
            _unknown(role.name, role.span, values, where, diagnostics)
    listed = [role.name for role in declared] or list(values)
    for name, span in used:
        if name in roles.permissions:
            continue
        if ":" in name and name not in values:
            message = f"no role has the permission `{name}`"
            fix = diagnostics.nearest(span, name, roles.permissions)
            example = f'give it to one in `roles`: {{"{listed[-1]}": {{"permissions": ["{name}"]}}}}'
            diagnostics.add("BK631", span, message, fix or example)
        elif name not in values:
            _unknown(name, span, values, where, diagnostics)
        elif name not in listed:
            _unknown(name, span, listed, "none of the `roles` of the service", diagnostics)


def _named(route: Route) -> list[Named]:
    """The names in the `auth` of an endpoint; a word that means something else there is none, nor is a condition."""
    auth = route.node.get("auth")
    alone = isinstance(auth, Scalar) and (auth.value in AUTH_WORDS or condition_in(route) is not None)
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
    roles = " | ".join(role for role in _distinct([*listed, *used]) if ":" not in role) or "admin | editor"
    return f'add {{"name": "{name}", "type": "{roles}"}}, with a "default" for new accounts'


def _distinct(named: Iterable[Named]) -> list[str]:
    return list(dict.fromkeys(role for role, _ in named))
