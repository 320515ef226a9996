"""Roles: what accounts may be, which of them pass for others, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Role:
    """A role as the service declares it.

    Attributes:
        inherits: the roles that it passes for, and whose permissions it has.
        permissions: its own.
    """

    name: str
    inherits: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Memberships:
    """The table in whose rows the roles of accounts stand.

    Attributes:
        account: its column that refers to an account.
        role: its column with the role, an enum.
        within: its column that refers to the row within which the role holds; None where it holds everywhere.
        place: the table of that row.
    """

    table: str
    account: str
    role: str
    within: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Roles:
    """All roles there are, in the order of the column that has them; inheritance has no circle."""

    all: tuple[Role, ...] = ()
    memberships: Memberships | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(role.name for role in self.all)

    @property
    def permissions(self) -> tuple[str, ...]:
        """Every permission that a role has, each once."""
        return tuple(dict.fromkeys(one for role in self.all for one in role.permissions))

    def passing(self, name: str) -> tuple[str, ...]:
        """The roles that pass where a role or a permission is asked for."""
        return self.with_permission(name) if name in self.permissions else self.passing_for(name)

    def passing_for(self, name: str) -> tuple[str, ...]:
        """The role itself, and those that inherit it."""
        return tuple(role.name for role in self.all if name in self._ancestry(role.name))

    def with_permission(self, permission: str) -> tuple[str, ...]:
        """The roles that have a permission, their own or inherited."""
        return tuple(role.name for role in self.all if permission in self.permissions_of(role.name))

    def permissions_of(self, name: str) -> tuple[str, ...]:
        """What a role may do, its own and inherited."""
        ancestry = self._ancestry(name)
        return tuple(dict.fromkeys(one for role in self.all if role.name in ancestry for one in role.permissions))

    def _ancestry(self, name: str) -> tuple[str, ...]:
        """A role and all that it inherits."""
        found = [name]
        for one in found:  # which grows while it is read
            found += [other for role in self.all if role.name == one for other in role.inherits if other not in found]
        return tuple(found)
