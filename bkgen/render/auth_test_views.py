"""Views of the generated tests of signing in, and of health."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.endpoints import Cause, Endpoint, Operation
from bkgen.model.service import Service
from bkgen.model.shapes import ColumnValue, Fact, FactValue, Object, Shape
from bkgen.model.tables import Column, Table
from bkgen.render import samples
from bkgen.render.conflict_tests import Conflict, conflicts
from bkgen.render.environment import enclosed
from bkgen.render.literals import literal
from bkgen.render.mails import address_in
from bkgen.render.naming import row_word
from bkgen.render.passwords import fields_of, new_password
from bkgen.render.roles import new_account
from bkgen.render.routes import python_path
from bkgen.render.test_bodies import bad_fields, envelope_of, failures, referring, wire
from bkgen.render.test_values import scarce_values, shape, taken
from bkgen.render.test_views import answer_key, compared, empties, fact_at, not_nullable, nullable, shown_names
from bkgen.render.tidying_tests import TidiedField, tidied_fields
from bkgen.render.tokens import refreshes_by_cookie
from bkgen.render.valid_bodies import ValidBody, body_call, known_columns, valid_body

_WRITES = (Operation.REGISTER, Operation.UPDATE_ME)


@dataclass(frozen=True, slots=True)
class HealthTest:
    """A call that tells whether the server lives (`live`) or works."""

    name: str
    call: str
    status: int
    shape: str
    live: bool


@dataclass(frozen=True, slots=True)
class AuthTest:
    """What the templates of tests/auth need; all are Python expressions unless said otherwise.

    Attributes:
        account: the method of `Rows` that makes an account.
        account_key, key_column: the column of its key, and the attribute of that.
        identity, password, current, new, address, mailed, code: names of the request's fields, where it has them.
        least: characters that a new password has at least.
        identity_column: the column by which accounts are named; `folded` where capitals do not matter.
        nobody: an identity that no account has.
        envelope: the field that the whole body is in; or empty.
        body: (field, valid value) of a registration, or of what is changed.
        bad_fields, conflicts, nullable, not_nullable, empties, tidied, compared: as in `EndpointTests`.
        token_at, refresh_at: where the answer has the tokens.
        refreshing: what a call of `refreshes` takes for the refresh token TOKEN, in its body or in a cookie.
        refreshed: where `reply` has the new refresh token; empty where it has none.
        keys_at: where the answer has the public keys.
        secret_at, uri_at, codes_at: where the answer has what is new of a second factor; empty where it has none.
        works_with: an endpoint without parameters that the access token opens; None where there is none.
        refreshes: the endpoint that takes refresh tokens; None where there is none.
        logs_in: the call that signs in `account` by the new password; empty where no endpoint does.
        referring: lines that make a row which keeps `account` from being deleted.
        hash_column: of the password.
        caller: the account that signs in to call it, where it has to have a role; empty for a new one.
    """

    name: str
    call: str
    operation: str
    status: int
    has_body: bool
    authenticated: bool
    shape: str
    account: str
    account_key: str
    key_column: str
    identity: str
    identity_column: str
    folded: bool
    nobody: str
    password: str
    current: str
    new: str
    address: str
    mailed: str
    code: str
    least: int
    envelope: str
    body: ValidBody | None
    valid: str
    bad_fields: tuple[tuple[str, str], ...]
    conflicts: tuple[Conflict, ...]
    nullable: str | None
    not_nullable: str | None
    empties: tuple[str, ...]
    tidied: tuple[TidiedField, ...]
    compared: tuple[str, ...] | None
    missing: tuple[str, ...]
    token_at: str
    refresh_at: str
    refreshing: str
    refreshed: str
    keys_at: str
    secret_at: str
    uri_at: str
    codes_at: str
    works_with: str | None
    refreshes: str | None
    logs_in: str
    referring: tuple[str, ...]
    hash_column: str
    caller: str
    at: str
    key: str | None
    key_of: str
    failures: dict[int | str, str]
    worded: frozenset[int]
    invalid: int


def call_of(endpoint: Endpoint) -> str:
    return literal(f"{endpoint.method} {python_path(endpoint)}")


def health_test(endpoint: Endpoint) -> HealthTest:
    body = endpoint.success.body
    return HealthTest(
        name=endpoint.name,
        call=call_of(endpoint),
        status=endpoint.success.status,
        shape=shape(body) if body is not None else "None",
        live=endpoint.operation is Operation.LIVE,
    )


def auth_test(endpoint: Endpoint, service: Service) -> AuthTest:
    assert service.accounts is not None
    table = service.table(service.accounts.table)
    identity = table.column(service.accounts.identity)
    body = endpoint.success.body
    at, found = _account_at(body)
    key = answer_key(found, table)
    refreshers = [e for e in service.endpoints if e.operation is Operation.REFRESH]
    refresher = endpoint if endpoint in refreshers else next(iter(refreshers), None)
    refresh_at = fact_at(body, Fact.REFRESH_TOKEN)
    by_cookie = refreshes_by_cookie(endpoint)
    return AuthTest(
        name=endpoint.name,
        call=call_of(endpoint),
        operation=endpoint.operation.value,
        status=endpoint.success.status,
        has_body=body is not None,
        authenticated=endpoint.authenticated,
        shape=shape(body) if body is not None else "None",
        account=row_word(table),
        account_key=literal(table.primary_key[0].name),
        key_column=table.primary_key[0].attribute,
        identity=_identity(endpoint, identity.name),
        identity_column=literal(identity.name),
        folded=service.signs_in_by_email(identity),
        nobody=nobody(identity, table, service),
        password=_sent(endpoint, Fact.PASSWORD),
        current=_sent(endpoint, Fact.CURRENT_PASSWORD),
        new=_sent(endpoint, Fact.NEW_PASSWORD),
        address=_address(endpoint, service),
        mailed=_sent(endpoint, Fact.MAILED_TOKEN),
        code=_sent(endpoint, Fact.CODE),
        least=_least(endpoint),
        envelope=envelope_of(endpoint),
        body=valid_body(endpoint, service) if endpoint.operation in _WRITES else None,
        valid=body_call(endpoint, known_columns(endpoint, service, "account.row"), f"valid_{endpoint.name}"),
        bad_fields=tuple(bad_fields(endpoint)),
        conflicts=tuple(conflicts(endpoint, service, table)),
        nullable=nullable(endpoint, found, table),
        not_nullable=not_nullable(endpoint),
        empties=empties(endpoint, found),
        tidied=tidied_fields(endpoint, service, shown_names(endpoint, found)),
        compared=compared(endpoint, found),
        missing=tuple(literal(f.name) for f in (endpoint.body.fields if endpoint.body else ()) if f.required),
        token_at=fact_at(body, Fact.ACCESS_TOKEN),
        refresh_at=refresh_at,
        refreshing=refreshing(refresher) if refresher else "",
        refreshed=(
            "reply.cookies[REFRESH_COOKIE].value" if by_cookie else f"reply.json{refresh_at}" if refresh_at else ""
        ),
        keys_at=fact_at(body, Fact.PUBLIC_KEYS),
        secret_at=fact_at(body, Fact.SECOND_FACTOR_SECRET),
        uri_at=fact_at(body, Fact.OTPAUTH_URI),
        codes_at=fact_at(body, Fact.RECOVERY_CODES),
        works_with=opened_endpoint(service),
        refreshes=call_of(refresher) if refresher else None,
        logs_in=logs_in(service, "NEW_PASSWORD"),
        referring=tuple(referring(endpoint, service, table, "account.row")),
        hash_column=literal(service.accounts.password_hash or ""),
        caller=new_account(endpoint, service),
        at=at,
        key=literal(key[0]) if key else None,
        key_of=wire(table.column(key[1]), "{row}") if key else "",
        failures=failures(endpoint, service),
        worded=frozenset(r.status for r in endpoint.responses if r.status >= 400 and r.literal is None),
        invalid=response.status if (response := endpoint.response(Cause.INVALID)) else 422,
    )


def _account_at(body: Shape | None, where: str = "") -> tuple[str, Object | None]:
    """Where columns of the account are in an answer, and the object that has them."""
    match body:
        case Object(fields=fields) if any(isinstance(field.shape, ColumnValue) for field in fields):
            return where, body
        case Object(fields=fields):
            inner = (_account_at(field.shape, f"{where}[{literal(field.name)}]") for field in fields)
            return next((found for found in inner if found[1] is not None), ("", None))
        case _:
            return "", None


def refreshing(endpoint: Endpoint) -> str:
    """What a call of a `refresh` takes for the refresh token TOKEN."""
    if refreshes_by_cookie(endpoint):
        return "headers=by_browser(REFRESH_COOKIE, TOKEN)"
    return f"json={enclosed(f'{{{_sent(endpoint, Fact.REFRESH_TOKEN)}: TOKEN}}', envelope_of(endpoint))}"


def logs_in(service: Service, value: str, row: str = "account.row") -> str:
    """The call that signs in the account `row` by a password; empty where no endpoint does."""
    login = next((endpoint for endpoint in service.endpoints if endpoint.operation is Operation.LOGIN), None)
    if login is None or service.accounts is None:
        return ""
    identity = service.accounts.identity
    name, password = _identity(login, identity), _sent(login, Fact.PASSWORD)
    body = f"{{{name}: {row}[{literal(identity)}], {password}: {value}}}"
    return f"curl({call_of(login)}, json={enclosed(body, envelope_of(login))})"


def opened_endpoint(service: Service) -> str | None:
    """An endpoint without parameters that an access token opens."""
    safe = (
        e for e in service.endpoints if e.authenticated and not e.roles and e.method == "GET" and not e.path_parameters
    )
    return next((call_of(endpoint) for endpoint in safe), None)


def _sent(endpoint: Endpoint, fact: Fact) -> str:
    for field in endpoint.body.fields if endpoint.body else ():
        if isinstance(field.shape, FactValue) and field.shape.fact is fact:
            return literal(field.name)
    return '""'


def _identity(endpoint: Endpoint, column: str) -> str:
    for field in endpoint.body.fields if endpoint.body else ():
        if isinstance(field.shape, ColumnValue) and field.shape.column == column:
            return literal(field.name)
    return _sent(endpoint, Fact.IDENTITY)


def _address(endpoint: Endpoint, service: Service) -> str:
    """The name of the field that is an address for mails."""
    attribute = address_in(endpoint, service)
    return next((literal(field.name) for field in fields_of(endpoint) if attribute == field.attribute), '""')


def _least(endpoint: Endpoint) -> int:
    """How many characters a new password has at least; 0 where the endpoint takes none."""
    field = new_password(endpoint)
    return field.shape.type.min_length or 0 if field is not None and isinstance(field.shape, FactValue) else 0


def nobody(identity: Column, table: Table, service: Service) -> str:
    """An identity that no account has."""
    if service.signs_in_by_email(identity):
        return literal("nobody@example.com")
    if scarce_values(identity, table):
        return taken(identity, table)
    return literal(samples.valid(identity.type, "nobody"))
