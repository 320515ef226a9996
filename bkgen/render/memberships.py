"""View of where the roles of accounts stand."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.service import Accounts, Service
from bkgen.render.naming import row_word


@dataclass(frozen=True, slots=True)
class MembershipView:
    """The table with the roles of accounts, which hold everywhere: its model, and attributes of that.

    Attributes:
        row: the method of `Rows` that makes one in tests.
    """

    model: str
    account: str
    role: str
    row: str


def place_of_roles(accounts: Accounts) -> str:
    """The column that has them; empty where there are none."""
    if (memberships := accounts.roles.memberships) is not None:
        return f"{memberships.table}.{memberships.role}"
    return f"{accounts.table}.{accounts.role}" if accounts.role is not None else ""


def membership_view(service: Service) -> MembershipView | None:
    """None where roles stand in no table, or hold within a row each."""
    memberships = service.accounts.roles.memberships if service.accounts is not None else None
    if memberships is None or memberships.within is not None:
        return None
    table = service.table(memberships.table)
    account, role = (table.column(name).attribute for name in (memberships.account, memberships.role))
    return MembershipView(table.class_name, account, role, row_word(table))
