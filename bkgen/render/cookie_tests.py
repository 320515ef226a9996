"""View of the generated tests of cookies."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.endpoints import Operation
from bkgen.model.service import Service
from bkgen.render.auth_test_views import call_of, logs_in
from bkgen.render.naming import row_word
from bkgen.render.tokens import refreshes_by_cookie

_SIGN_OUT = (Operation.LOGOUT, Operation.LOGOUT_EVERYWHERE, Operation.DELETE_ME)


@dataclass(frozen=True, slots=True)
class CookieTest:
    """What tests/test_cookies.py needs; all are Python expressions.

    Attributes:
        logs_in: the call that signs in `row`; empty where no endpoint does.
        account: the method of `Rows` that makes an account.
        refreshes: the endpoint that takes refresh tokens from a cookie; empty where none does.
        signs_out: (name, call) of the endpoints after which the browser forgets the tokens.
    """

    logs_in: str
    account: str
    refreshes: str
    signs_out: tuple[tuple[str, str], ...]


def cookie_test(service: Service) -> CookieTest:
    assert service.accounts is not None
    refreshers = [endpoint for endpoint in service.endpoints if refreshes_by_cookie(endpoint)]
    return CookieTest(
        logs_in=logs_in(service, "PASSWORD", "row"),
        account=row_word(service.table(service.accounts.table)),
        refreshes=call_of(refreshers[0]) if refreshers else "",
        signs_out=tuple(
            (one.name, call_of(one)) for one in service.endpoints if one.operation in _SIGN_OUT and not one.roles
        ),
    )
