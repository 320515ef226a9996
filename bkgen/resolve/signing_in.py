"""Which endpoints need a signed-in account."""

from __future__ import annotations

from bkgen.diagnostics import Diagnostics
from bkgen.model.endpoints import ACCOUNT_OPERATIONS, HEALTH_OPERATIONS, Access, Operation
from bkgen.model.expressions import Condition
from bkgen.model.service import Accounts
from bkgen.resolve.nodes import span_of
from bkgen.resolve.roles import asks_for_roles
from bkgen.resolve.routes import SIGNED_IN_OPERATIONS, Route
from bkgen.resolve.vocabulary import ACTOR, mentions
from bkgen.source import Scalar

_CHANGES = {
    Operation.REPLACE: "change",
    Operation.UPDATE: "change",
    Operation.DELETE: "delete",
    Operation.CLEAR: "delete",
}
_ACCESS = {True: Access.SIGNED_IN, False: Access.ANYONE, "optional": Access.OPTIONAL}
_WITHOUT_TOKEN = {
    Operation.LOGIN: "is how a client gets in",
    Operation.REFRESH: "is how a client gets in",
    Operation.REQUEST_PASSWORD_RESET: "is for those who cannot sign in",
    Operation.RESET_PASSWORD: "is for those who cannot sign in",
    Operation.REQUEST_VERIFICATION: "is for those who may be unable to sign in",
    Operation.VERIFY_EMAIL: "is called from a mail, on any device",
}
_OPEN = (ACCOUNT_OPERATIONS | HEALTH_OPERATIONS) - SIGNED_IN_OPERATIONS


def access_of(route: Route, by_default: bool, diagnostics: Diagnostics) -> Access:
    """Who gets to the endpoint. `by_default` holds for endpoints on tables that say nothing themselves."""
    auth = route.node.get("auth")
    signed_in = route.operation in SIGNED_IN_OPERATIONS
    if auth is None:
        needed = signed_in or (by_default and route.operation not in _OPEN)
        return Access.SIGNED_IN if needed else Access.ANYONE
    said = _ACCESS.get(auth.value) if isinstance(auth, Scalar) and isinstance(auth.value, bool | str) else None
    said = said or Access.SIGNED_IN  # with a role
    if signed_in and said is not Access.SIGNED_IN:
        message = f"`{route.operation}` works on the account that is signed in, so it cannot be open to anyone"
        diagnostics.add("BK410", auth.span, message, "remove `auth`, or make it true")
        return Access.SIGNED_IN
    if said is not Access.ANYONE and route.operation in _WITHOUT_TOKEN:
        message = f"`{route.operation}` {_WITHOUT_TOKEN[route.operation]}, so it cannot ask for an access token"
        diagnostics.add("BK410", auth.span, message, "remove `auth`, or make it false")
    return said


def warn_of_foreign_accounts(route: Route, accounts: Accounts | None, access: Access, diagnostics: Diagnostics) -> None:
    """Adds `BK419` where the path alone tells which account is changed: nothing compares it with who is signed in."""
    change = _CHANGES.get(route.operation)
    if (
        change is None
        or asks_for_roles(route)
        or accounts is None
        or route.table is None
        or route.table.name != accounts.table
    ):
        return
    who = "everyone who is signed in" if access is Access.SIGNED_IN else "anyone, signed in or not,"
    message = f"{route} lets {who} {change} any account: nothing says whose it may be"
    fix = f'say so on table `{accounts.table}`, such as "policies": {{"read": "true", "update": "row.id == actor.id"}}'
    diagnostics.add("BK419", span_of(route.node, "path"), message, fix)


def warn_of_rows_of_others(
    route: Route, accounts: Accounts | None, access: Access, where: Condition | None, diagnostics: Diagnostics
) -> None:
    """Adds `BK423` where rows that belong to accounts are deleted all at once, whoever asks."""
    if route.operation is not Operation.CLEAR or accounts is None or route.table is None:
        return
    references = (reference for reference in route.table.references if reference.table == accounts.table)
    owner = next(references, None)
    if owner is None or (where is not None and mentions(where.expression, ACTOR)):
        return
    who = "everyone who is signed in" if access is Access.SIGNED_IN else "anyone, signed in or not,"
    by = ", ".join(owner.columns)
    message = f"{route} lets {who} delete rows of `{route.table.name}` that belong to others (`{by}`)"
    same = " && ".join(f"row.{here} == actor.{there}" for here, there in owner.pairs)
    fix = f'add "where": "{same}", or `policies` to the table'
    diagnostics.add("BK423", span_of(route.node, "path"), message, fix)
