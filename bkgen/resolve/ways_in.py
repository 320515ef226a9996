"""Ways to sign in beside the login, and what they would pass by."""

from __future__ import annotations

from collections.abc import Iterable

from bkgen.diagnostics import Diagnostics
from bkgen.model.endpoints import Operation
from bkgen.model.service import Accounts
from bkgen.resolve.grants import for_programs_alone
from bkgen.resolve.routes import Route

_BESIDE_LOGIN = frozenset({Operation.TOKEN, Operation.OAUTH2_CALLBACK})


def check_ways_in(
    routes: Iterable[Route], accounts: Accounts | None, diagnostics: Diagnostics, *, audited: bool
) -> None:
    """Adds `BK676` for endpoints that would sign in without the second factor, or without a line in the audit trail."""
    for route in routes:
        if route.operation not in _BESIDE_LOGIN:
            continue
        if accounts is not None and accounts.second_factor is not None and not for_programs_alone(route):
            message = f"{route} asks for no code: who has a second factor would get in without it"
            fix = "sign in by a login alone, which takes the code; or leave the second factor out"
            diagnostics.add("BK676", route.span, message, fix)
        elif audited:
            message = f"the audit trail does not tell of {route}: who signs in there would leave no line"
            diagnostics.add("BK676", route.span, message, "sign in by a login alone; or leave `audit` out")
