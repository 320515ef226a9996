"""Views of the generated tests of mails, and of what comes back from them."""

from __future__ import annotations

from bkgen.model.endpoints import MAIL_OPERATIONS, Operation
from bkgen.model.service import Service
from bkgen.render.auth_test_views import AuthTest, auth_test
from bkgen.render.literals import literal
from bkgen.render.naming import row_word


def taker(operation: Operation, service: Service) -> AuthTest | None:
    """The first endpoint of an operation, where there is one."""
    found = next((endpoint for endpoint in service.endpoints if endpoint.operation is operation), None)
    return auth_test(found, service) if found is not None else None


def mail_tests(service: Service) -> dict[str, object] | None:
    """The view of `tests/auth/test_mails.py`; None where accounts get no mail.

    Its names: `tests` are the endpoints; `verify` and `reset` those that take what the mails bring. `account_key` and
    `address_column` are columns of the accounts as literals, `verified` is an attribute of them, or empty.
    """
    if service.accounts is None or service.accounts.mails is None:
        return None
    mails = service.accounts.mails
    accounts = service.table(service.accounts.table)
    endpoints = [endpoint for endpoint in service.endpoints if endpoint.operation in MAIL_OPERATIONS]
    return {
        "tests": [auth_test(endpoint, service) for endpoint in endpoints],
        "verify": taker(Operation.VERIFY_EMAIL, service),
        "reset": taker(Operation.RESET_PASSWORD, service),
        "account_key": literal(accounts.primary_key[0].name),
        "address_column": literal(mails.address),
        "verified": accounts.column(mails.verified).attribute if mails.verified else "",
        "token_word": row_word(service.table(mails.tokens)),
    }
