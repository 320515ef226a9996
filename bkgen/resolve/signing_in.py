"""Which endpoints need a signed-in account."""

from __future__ import annotations

from bkgen.diagnostics import Diagnostics
from bkgen.model.endpoints import ACCOUNT_OPERATIONS, HEALTH_OPERATIONS, Access, Operation
from bkgen.resolve.routes import SIGNED_IN_OPERATIONS, Route
from bkgen.source import Scalar

_ACCESS = {True: Access.SIGNED_IN, False: Access.ANYONE, "optional": Access.OPTIONAL}
_WITHOUT_TOKEN = {
    Operation.LOGIN: "is how a client gets in",
    Operation.REFRESH: "is how a client gets in",
    Operation.TOKEN: "is how a client gets in",
    Operation.OAUTH2_LOGIN: "is how a client gets in",
    Operation.OAUTH2_CALLBACK: "is how a client gets in",
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
