"""View of the generated tests of signing in by providers."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.endpoints import Operation
from bkgen.model.service import Service
from bkgen.model.shapes import Fact
from bkgen.render.auth_test_views import call_of, opened_endpoint
from bkgen.render.literals import literal
from bkgen.render.naming import row_word
from bkgen.render.oauth2 import redirects
from bkgen.render.routes import python_path
from bkgen.render.test_bodies import failures
from bkgen.render.test_values import shape
from bkgen.render.test_views import fact_at


@dataclass(frozen=True, slots=True)
class OAuth2Tests:
    """What tests/auth/test_oauth2.py needs; all are Python expressions unless said otherwise.

    Attributes:
        login, callback: the endpoints; `callback_path` is the path of the latter.
        status, shape, token_at: of the answer of who is signed in.
        redirects: whether it sends the browser to the front end.
        works_with: an endpoint without parameters that the access token opens; None where there is none.
        account, key, identity_column: the method of `Rows` that makes an account, and its columns.
        known, owner: the method that makes an identity, and its attribute for the account.
        failures, login_failures: assertions on the bodies of failures, by status.
    """

    login: str
    callback: str
    callback_path: str
    status: int
    shape: str
    token_at: str
    redirects: bool
    works_with: str | None
    account: str
    known: str
    owner: str
    key: str
    identity_column: str
    failures: dict[int | str, str]
    login_failures: dict[int | str, str]


def oauth2_tests(service: Service) -> OAuth2Tests | None:
    """None where nobody signs in by a provider."""
    accounts = service.accounts
    if accounts is None or accounts.oauth2 is None:
        return None
    login, callback = (
        next(one for one in service.endpoints if one.operation is operation)
        for operation in (Operation.OAUTH2_LOGIN, Operation.OAUTH2_CALLBACK)
    )
    table, identities = service.table(accounts.table), service.table(accounts.oauth2.identities)
    body = callback.success.body
    return OAuth2Tests(
        login=call_of(login),
        callback=call_of(callback),
        callback_path=literal(python_path(callback)),
        status=callback.success.status,
        shape=shape(body) if body is not None else "None",
        token_at=fact_at(body, Fact.ACCESS_TOKEN),
        redirects=redirects(callback),
        works_with=opened_endpoint(service),
        account=row_word(table),
        known=row_word(identities),
        owner=next(c.attribute for c in identities.columns if c.reference is not None),
        key=literal(table.primary_key[0].name),
        identity_column=literal(accounts.identity),
        failures=failures(callback, service),
        login_failures=failures(login, service),
    )
