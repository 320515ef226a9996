"""View of the generated tests of API keys: what they open, and what they do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bkgen.model.endpoints import Access, Cause, Endpoint, Operation
from bkgen.model.service import Service
from bkgen.model.shapes import ColumnValue, Fact
from bkgen.render.auth_test_views import call_of
from bkgen.render.literals import literal
from bkgen.render.naming import row_word
from bkgen.render.roles import account_with, roles_everywhere
from bkgen.render.routes import refuses_api_keys
from bkgen.render.test_bodies import envelope_of
from bkgen.render.test_views import fact_at
from bkgen.resolve.scopes import SCOPE


@dataclass(frozen=True, slots=True)
class ApiKeyTests:
    """What is tested of keys.

    Attributes:
        word: the method of `Rows` that makes a key.
        owner, key: the columns by which a key refers to its account.
        opened, refused: calls of endpoints that take keys, and of those that take tokens alone.
        creates: the call that makes a key, which answers with `status`; empty where no endpoint does.
        name, expires: the fields of its body; empty where it has none.
        key_at: where its answer has the key.
        scope: the field of its body for scopes; `invalid` the status for a body that is wrong.
        scopes: all that there are; empty where keys have none.
        cases: (call, scope that it asks for, an account that may use it).
        limited: calls of endpoints whose limit counts each key by itself.
        revokes: the call that revokes the key that the path names by `parameter`; empty where no endpoint does.
    """

    word: str
    owner: str
    key: str
    opened: tuple[str, ...]
    refused: tuple[str, ...]
    creates: str
    status: int
    envelope: str
    name: str
    expires: str
    key_at: str
    scope: str
    invalid: int
    scopes: tuple[str, ...]
    cases: tuple[tuple[str, str, str], ...]
    limited: tuple[str, ...]
    revokes: str
    parameter: str


def api_key_tests(service: Service) -> ApiKeyTests | None:
    """None where the service has no keys."""
    accounts = service.accounts
    if accounts is None or accounts.api_keys is None:
        return None
    keys = accounts.api_keys
    table = service.table(keys.table)
    on_keys = [endpoint for endpoint in service.endpoints if endpoint.table == table.name and not endpoint.parents]
    creator = next((one for one in on_keys if one.operation is Operation.CREATE), None)
    revoker = next((one for one in on_keys if one.operation is Operation.DELETE), None)
    asking = [endpoint for endpoint in service.endpoints if endpoint.access is not Access.ANYONE]
    return ApiKeyTests(
        word=row_word(table),
        owner=table.column(keys.owner).attribute,
        key=literal(service.table(accounts.table).primary_key[0].name),
        opened=tuple(call_of(one) for one in asking if one.opens_to_keys),
        refused=tuple(call_of(one) for one in asking if refuses_api_keys(one, service)),
        creates=call_of(creator) if creator else "",
        status=creator.success.status if creator else 0,
        envelope=envelope_of(creator) if creator else "",
        name=_field(creator, "name"),
        expires=_field(creator, "expires_at"),
        key_at=fact_at(creator.success.body, Fact.API_KEY) if creator else "",
        scope=_field(creator, SCOPE),
        invalid=response.status if creator and (response := creator.response(Cause.INVALID)) else 422,
        scopes=keys.scopes,
        cases=tuple(_cases(service)),
        limited=tuple(call_of(one) for one in asking if one.rate_limit is not None and one.rate_limit.per_key),
        revokes=call_of(revoker) if revoker else "",
        parameter=literal(revoker.key[0].attribute) if revoker else "",
    )


def _cases(service: Service) -> Iterator[tuple[str, str, str]]:
    """What a key with one scope opens, if its account has a role that may use that."""
    accounts = service.accounts
    assert accounts is not None
    for endpoint in service.endpoints:
        for scope in endpoint.scopes if endpoint.entry is None else ():
            having = accounts.roles.with_permission(scope) if scope in accounts.roles.permissions else ()
            asked = [role for role in having if not endpoint.roles or role in endpoint.roles]
            roles = asked or ([] if having else list(endpoint.roles))
            plain = not having and not endpoint.roles
            if roles and roles_everywhere(service):
                yield call_of(endpoint), scope, account_with(roles[0], service)
            elif plain:
                yield call_of(endpoint), scope, f"rows.{row_word(service.table(accounts.table))}()"


def _field(creator: Endpoint | None, column: str) -> str:
    """The field of the body of a new key that is a column, as a literal; empty for none."""
    for field in creator.body.fields if creator is not None and creator.body is not None else ():
        if isinstance(field.shape, ColumnValue) and field.shape.column == column:
            return literal(field.name)
    return ""
