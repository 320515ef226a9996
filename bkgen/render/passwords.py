"""What routes do with new passwords: which names an account goes by, and what its password may not be."""

from __future__ import annotations

from collections.abc import Iterable

from bkgen.model.endpoints import Endpoint, Operation
from bkgen.model.service import Service
from bkgen.model.shapes import ColumnValue, Fact, FactValue, Field
from bkgen.model.tables import Column
from bkgen.model.types import Kind
from bkgen.render.literals import literal
from bkgen.render.tokens import takes_password
from bkgen.resolve.names import fold
from bkgen.resolve.words import listed

_NAMES = listed(
    "email emailaddress mail username login name fullname firstname lastname displayname givenname familyname surname "
    "nickname handle"
)


def chooses_password(endpoint: Endpoint) -> bool:
    """Whether a client chooses a password."""
    if endpoint.operation is Operation.UPDATE_ME:
        return takes_password(endpoint)
    return endpoint.operation in (Operation.REGISTER, Operation.CHANGE_PASSWORD, Operation.RESET_PASSWORD)


def names_of(service: Service) -> list[Column]:
    """The columns by which an account is known to others, where some endpoint refuses those as new passwords."""
    if service.accounts is None or service.accounts.common_passwords:
        return []
    if not any(map(chooses_password, service.endpoints)):
        return []
    table = service.table(service.accounts.table)
    return [
        column
        for column in table.columns
        if column.name == service.accounts.identity
        or (fold(column.name) in _NAMES and column.type.kind in (Kind.STRING, Kind.EMAIL) and not column.type.enum)
    ]


def new_password(endpoint: Endpoint) -> Field | None:
    """The field of the body that is a password to be."""
    if not chooses_password(endpoint):
        return None
    wanted = Fact.PASSWORD if endpoint.operation in (Operation.REGISTER, Operation.UPDATE_ME) else Fact.NEW_PASSWORD
    return next(field for field in fields_of(endpoint) if is_fact(field, wanted))


def place_of(field: Field, endpoint: Endpoint) -> str:
    """Where a field of the body is, from the outside in, as a tuple of literals."""
    if endpoint.envelope:
        return f"({literal(endpoint.envelope.name)}, {literal(field.name)})"
    return f"({literal(field.name)},)"


def named_fields(endpoint: Endpoint, service: Service) -> Iterable[Field]:
    """The fields of a body that are names of the account."""
    columns = {column.name for column in names_of(service)}
    for field in fields_of(endpoint):
        if is_fact(field, Fact.IDENTITY) or (isinstance(field.shape, ColumnValue) and field.shape.column in columns):
            yield field


def is_fact(field: Field, fact: Fact) -> bool:
    return isinstance(field.shape, FactValue) and field.shape.fact is fact


def fields_of(endpoint: Endpoint) -> tuple[Field, ...]:
    return endpoint.body.fields if endpoint.body is not None else ()
