"""Roles as the `service` document declares them: `roles`, and `auth.memberships`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bkgen.diagnostics import Diagnostics
from bkgen.load.spellings import AUTH_WORDS
from bkgen.resolve.nodes import child, span_of, strings, text
from bkgen.source import Map, Span

Named = tuple[str, Span]
"""A role or permission, and where it is named."""


@dataclass(frozen=True, slots=True)
class DeclaredRole:
    """A role, with what it inherits and may do."""

    name: str
    span: Span
    inherits: tuple[Named, ...] = ()
    permissions: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class DeclaredMemberships:
    """Where the roles stand, if not in a column of the accounts; each is a name and its place."""

    table: Named
    account: Named | None
    role: Named | None
    within: Named | None
    span: Span


def declared_roles(service: Map) -> tuple[DeclaredRole, ...]:
    """`["seller"]`, or `{"seller": {"inherits": [...], "permissions": [...]}}`."""
    node = service.get("roles")
    if not isinstance(node, Map):
        return tuple(DeclaredRole(name, span) for name, span in strings(node))
    found = []
    for entry in node:
        said = entry.value if isinstance(entry.value, Map) else Map((), entry.key_span)
        inherits, permissions = (tuple(strings(said.get(key))) for key in ("inherits", "permissions"))
        found.append(DeclaredRole(entry.key, entry.key_span, inherits, permissions))
    return tuple(found)


def declared_memberships(auth: Map) -> DeclaredMemberships | None:
    node = child(auth, "memberships")
    if node is None:
        return None
    table, account, role, within = (_named(node, key) for key in ("table", "account", "role", "within"))
    return DeclaredMemberships(table, account, role, within, node.span) if table is not None else None


def _named(node: Map, key: str) -> Named | None:
    written = text(node, key)
    return (written, span_of(node, key)) if written is not None else None


def check_declared(roles: tuple[DeclaredRole, ...], diagnostics: Diagnostics) -> None:
    """Adds `BK630` for what cannot be inherited, and `BK631` for what is no name of a permission."""
    names = [role.name for role in roles]
    for role in roles:
        for name, span in role.inherits:
            if name not in names:
                fix = diagnostics.nearest(span, name, names) or f'declare it: "{name}": {{}}'
                diagnostics.add("BK630", span, f"`{role.name}` inherits `{name}`, which is no role of the service", fix)
            elif role.name in _ancestry(name, roles):
                message = f"`{role.name}` inherits itself" + (f", by `{name}`" if name != role.name else "")
                diagnostics.add("BK630", span, message, "remove one of these, or make them one role")
        for name, span in role.permissions:
            if name in names or name.casefold() in AUTH_WORDS:
                other = "a role" if name in names else "a word of `auth`"
                fix = 'call it by what is done to what: "orders:refund"'
                diagnostics.add("BK631", span, f"the permission `{name}` is called like {other}", fix)


def _ancestry(name: str, roles: tuple[DeclaredRole, ...]) -> set[str]:
    found = {name}
    waiting = [name]
    while waiting:
        more = set(_inherited(waiting.pop(), roles)) - found
        found |= more
        waiting += more
    return found


def _inherited(name: str, roles: tuple[DeclaredRole, ...]) -> Iterator[str]:
    return (other for role in roles if role.name == name for other, _ in role.inherits)
