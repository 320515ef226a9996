"""View of the generated tests of second factors."""

from __future__ import annotations

from bkgen.model.endpoints import Operation
from bkgen.model.service import Service
from bkgen.render.literals import literal
from bkgen.render.mail_tests import taker
from bkgen.render.naming import row_word
from bkgen.render.oauth2_tests import oauth2_tests
from bkgen.render.token_tests import token_tests


def second_factor_tests(service: Service) -> dict[str, object] | None:
    """The view of `tests/auth/test_second_factor.py`; None where there is no second factor.

    Its names: the endpoints, of which `change` and `reset` may be None; `by_grant` and `by_provider`, the views of
    the tests of other ways in, may be None, too; `secrets_word`, `recovery_word` and `token_word` are methods of
    `Rows`, the last one empty without mails, as is `address_column`.
    """
    if service.accounts is None or service.accounts.second_factor is None:
        return None
    factor, mails = service.accounts.second_factor, service.accounts.mails
    return {
        "login": taker(Operation.LOGIN, service),
        "begin": taker(Operation.BEGIN_SECOND_FACTOR, service),
        "confirm": taker(Operation.CONFIRM_SECOND_FACTOR, service),
        "disable": taker(Operation.DISABLE_SECOND_FACTOR, service),
        "change": taker(Operation.CHANGE_PASSWORD, service),
        "reset": taker(Operation.RESET_PASSWORD, service),
        "by_grant": token_tests(service),
        "by_provider": oauth2_tests(service),
        "secrets_word": row_word(service.table(factor.secrets)),
        "recovery_word": row_word(service.table(factor.recovery)),
        "token_word": row_word(service.table(mails.tokens)) if mails else "",
        "address_column": literal(mails.address) if mails else "",
    }
