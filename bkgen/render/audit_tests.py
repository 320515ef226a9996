"""View of the generated tests of the audit trail."""

from __future__ import annotations

from bkgen.model.endpoints import Operation
from bkgen.model.service import Service
from bkgen.render.api_key_tests import api_key_tests
from bkgen.render.mail_tests import taker
from bkgen.render.naming import row_word
from bkgen.render.oauth2_tests import oauth2_tests
from bkgen.render.second_factor_tests import second_factor_tests
from bkgen.render.token_tests import client_tests, token_tests

_ABSENT = '""'  # what a field is called that a body does not have
_SIGNED_IN = {
    Operation.LOGOUT: "sign_out",
    Operation.LOGOUT_EVERYWHERE: "sign_out",
    Operation.DELETE_ME: "account_deleted",
}


def audit_tests(service: Service) -> dict[str, object] | None:
    """The view of `tests/test_audit.py`; None where there is no audit trail.

    Its names: the endpoints, which may be None; `by_grant`, `by_key` and `by_provider` are the views of the tests
    of other ways in, or None; `signed_in` are those that take no body, with the events that they are; `factor` is
    the view of the tests of second factors and `api_keys` that of keys, or None; `token_word` is the method of
    `Rows` that makes a mailed token, or empty.
    """
    if service.audit is None or service.accounts is None:
        return None
    mails, update = service.accounts.mails, taker(Operation.UPDATE_ME, service)
    return {
        "register": taker(Operation.REGISTER, service),
        "by_grant": token_tests(service),
        "by_provider": oauth2_tests(service),
        "by_key": client_tests(service),
        "account_word": row_word(service.table(service.accounts.table)),
        "login": taker(Operation.LOGIN, service),
        "refresh": taker(Operation.REFRESH, service),
        "change": taker(Operation.CHANGE_PASSWORD, service),
        "update": update if update is not None and update.password != _ABSENT else None,
        "reset": taker(Operation.RESET_PASSWORD, service),
        "verify": taker(Operation.VERIFY_EMAIL, service),
        "change_email": taker(Operation.CHANGE_EMAIL, service),
        "signed_in": [(test, event) for one, event in _SIGNED_IN.items() if (test := taker(one, service))],
        "factor": second_factor_tests(service),
        "api_keys": api_key_tests(service),
        "key_word": row_word(service.table(service.accounts.api_keys.table)) if service.accounts.api_keys else "",
        "token_word": row_word(service.table(mails.tokens)) if mails else "",
        "address": mails.address if mails else "",
    }
