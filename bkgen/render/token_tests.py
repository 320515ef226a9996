"""View of the generated tests of the password grant."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bkgen.model.endpoints import Endpoint, Grant
from bkgen.model.service import Service
from bkgen.model.shapes import Fact, Object, facts
from bkgen.render.auth_test_views import call_of, nobody, opened_endpoint
from bkgen.render.literals import literal
from bkgen.render.naming import row_word
from bkgen.render.test_bodies import failures
from bkgen.render.test_values import shape


@dataclass(frozen=True, slots=True)
class TokenTests:
    """What tests/auth/test_token.py needs; all are Python expressions unless said otherwise.

    Attributes:
        shape: of the answer.
        others: whether there is a grant that it does not take.
        works_with: an endpoint without parameters that the access token opens; None where there is none.
        account, identity_column: the method of `Rows` that makes an account, and the column that names it.
        verified, unverified: its arguments for one that may sign in, and for one that may not yet.
        required: whether the address has to be verified before.
        nobody: a name that no account has.
        limit: how many requests an address may send at once; None for any number.
        statuses: all that are documented.
        failures: assertions on the bodies of failures, by status.
    """

    call: str
    shape: str
    others: bool
    works_with: str | None
    account: str
    identity_column: str
    verified: str
    unverified: str
    required: bool
    nobody: str
    limit: int | None
    statuses: tuple[int, ...]
    failures: dict[int | str, str]


def token_tests(service: Service) -> TokenTests | None:
    """None where no endpoint takes the password grant."""
    endpoint = next((one for one in service.endpoints if Grant.PASSWORD in one.grants), None)
    if endpoint is None or service.accounts is None:
        return None
    accounts = service.accounts
    table = service.table(accounts.table)
    required = accounts.mails is not None and accounts.mails.required
    verified = accounts.mails.verified if accounts.mails is not None and required else None
    attribute = table.column(verified).attribute if verified else ""
    return TokenTests(
        call=call_of(endpoint),
        shape=_shape(endpoint, without=Fact.SCOPE),
        others=len(endpoint.grants) < len(Grant),
        works_with=opened_endpoint(service),
        account=row_word(table),
        identity_column=literal(accounts.identity),
        verified=f"{attribute}=utc_now()" if attribute else "",
        unverified=f"{attribute}=None" if attribute else "",
        required=required,
        nobody=nobody(table.column(accounts.identity), table, service),
        limit=endpoint.rate_limit.requests if endpoint.rate_limit else None,
        statuses=tuple(sorted({response.status for response in endpoint.responses})),
        failures=failures(endpoint, service),
    )


@dataclass(frozen=True, slots=True)
class ClientTests:
    """The call that gives a program a token, and the shape of its answer; Python expressions."""

    call: str
    shape: str


def client_tests(service: Service) -> ClientTests | None:
    """None where no program signs in by its key for a token."""
    endpoint = next((one for one in service.endpoints if Grant.CLIENT_CREDENTIALS in one.grants), None)
    if endpoint is None:
        return None
    return ClientTests(call_of(endpoint), _shape(endpoint, without=Fact.REFRESH_TOKEN, lacking=Fact.SCOPE))


def _shape(endpoint: Endpoint, *, without: Fact, lacking: Fact | None = None) -> str:
    """The shape of an answer with tokens in which the facts of other grants are not there."""
    body = endpoint.success.body
    assert isinstance(body, Object)
    absent = {without, lacking}
    fields = tuple(field for field in body.fields if absent.isdisjoint(facts(field.shape)))
    return shape(replace(body, fields=fields))
