"""Risks to accounts and rows of others: those that a path alone leads to, and roles that clients choose."""

from __future__ import annotations

from collections.abc import Iterator

from bkgen.model.endpoints import Access, Endpoint, Operation
from bkgen.model.service import Accounts, Service
from bkgen.model.shapes import ColumnValue
from bkgen.model.tables import Table
from bkgen.resolve.policies import has_rules_of_rows
from bkgen.resolve.risks.deeds import asks_who
from bkgen.resolve.risks.risk import Risk, called
from bkgen.resolve.vocabulary import ACTOR, mentions

_CHANGES = {
    Operation.REPLACE: "change",
    Operation.UPDATE: "change",
    Operation.TRANSITION: "change",
    Operation.DELETE: "delete",
    Operation.CLEAR: "delete",
}


def accounts_that_others_change(endpoint: Endpoint, accounts: Accounts, service: Service) -> Iterator[Risk]:
    """`BK419` where the path alone tells which account is changed: nothing compares it with who is signed in."""
    change = _CHANGES.get(endpoint.operation)
    if change is None or endpoint.table != accounts.table or _says_whose(endpoint, service):
        return
    message = f"{called(endpoint)} lets {_who(endpoint)} {change} any account: nothing says whose it may be"
    fix = f'say so on table `{accounts.table}`, such as "policies": {{"read": "true", "update": "row.id == actor.id"}}'
    yield Risk("BK419", endpoint.span, message, fix, (service.table(accounts.table).span,))


def rows_that_others_change(endpoint: Endpoint, accounts: Accounts, service: Service) -> Iterator[Risk]:
    """`BK423` where rows that belong to accounts are deleted all at once; `BK913` where they are changed one by one.

    Who changes one without signing in is told as an open write.
    """
    change, clears = _CHANGES.get(endpoint.operation), endpoint.operation is Operation.CLEAR
    if change is None or endpoint.table in (None, accounts.table) or _says_whose(endpoint, service):
        return
    table = service.table(endpoint.table or "")
    owner = next((reference for reference in table.references if reference.table == accounts.table), None)
    if owner is None or not (clears or endpoint.access is Access.SIGNED_IN):
        return
    by = ", ".join(owner.columns)
    message = f"{called(endpoint)} lets {_who(endpoint)} {change} rows of `{table.name}` that belong to others (`{by}`)"
    same = " && ".join(f"row.{here} == actor.{there}" for here, there in owner.pairs)
    code = "BK423" if clears else "BK913"
    yield Risk(code, endpoint.span, message, f'add "where": "{same}", or `policies` to the table', (table.span,))


def roles_that_clients_choose(service: Service) -> Iterator[Risk]:
    """`BK422` where clients write the roles that endpoints ask for, and neither `auth` nor policy says who may."""
    accounts, place = service.accounts, _place_of_roles(service)
    if accounts is None or place is None or not any(endpoint.asks or endpoint.roles for endpoint in service.endpoints):
        return
    table, column = place
    places = (table.column(column).span, table.span)
    for endpoint in service.endpoints:
        restricted = endpoint.roles or endpoint.entry is not None or endpoint.allowed is not None
        if endpoint.table != table.name or restricted or endpoint.operation is Operation.ACTION:
            continue
        written = endpoint.body.fields if endpoint.body is not None else ()
        chosen = [f for f in written if isinstance(f.shape, ColumnValue) and f.shape.column == column]
        if table.name == accounts.table and chosen:
            message = f"{called(endpoint)} lets clients choose the `{column}` of an account"
            safe = f'give `{table.name}.{column}` a "default" and "readOnly": true'
            yield Risk("BK422", endpoint.span, message, f"{safe}, or leave `{chosen[0].name}` out of the body", places)
        elif table.name != accounts.table and (chosen or endpoint.operation is Operation.CREATE):
            message = f"{called(endpoint)} lets clients give themselves a `{column}` of `{table.name}`"
            fix = 'say who may: in its "auth", or in policies of the table'
            yield Risk("BK422", endpoint.span, message, fix, places)


def _place_of_roles(service: Service) -> tuple[Table, str] | None:
    """The table and column with the roles of accounts."""
    accounts = service.accounts
    if accounts is None:
        return None
    if (memberships := accounts.roles.memberships) is not None:
        return service.table(memberships.table), memberships.role
    return (service.table(accounts.table), accounts.role) if accounts.role is not None else None


def _says_whose(endpoint: Endpoint, service: Service) -> bool:
    """Whether something says whose rows an endpoint works on, or who may, or which rows."""
    within = any(
        parent.visible is not None and mentions(parent.visible.expression, ACTOR) for parent in endpoint.parents
    )
    return asks_who(endpoint) or within or has_rules_of_rows(endpoint.table or "", service.policies)


def _who(endpoint: Endpoint) -> str:
    return "everyone who is signed in" if endpoint.access is Access.SIGNED_IN else "anyone, signed in or not,"
