"""The names of dependencies that let some roles pass, and the accounts of tests that have one of these."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.endpoints import Endpoint
from bkgen.model.expressions import Binary, ColumnOf, Expression, ListOf, Literal, Name, Operator, Row, Value, Values
from bkgen.model.service import Service
from bkgen.model.types import Kind, Type
from bkgen.render.arguments import knows_account
from bkgen.render.literals import literal
from bkgen.render.naming import row_word
from bkgen.resolve.names import pascal, snake, unique
from bkgen.resolve.vocabulary import ACTOR

_LONGEST = 40

Roles = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlainCaller:
    """An account, and the arguments of rows by which all rules of an endpoint hold for it.

    Attributes:
        role: that it has; empty where any will do.
        arguments: (attribute, code) of each row; the code may speak of `caller`.
        signed_in: whether anybody is signed in at all.
    """

    role: str
    arguments: tuple[tuple[str, str], ...]
    signed_in: bool

    @property
    def owns(self) -> bool:
        """Whether the rows are the caller's."""
        return any("caller" in code for _, code in self.arguments)


def dependencies(service: Service) -> dict[Roles, str]:
    """What the account with one of some roles is called where a function takes it: `SellerOrAdminAccount`."""
    found: dict[Roles, str] = {}
    for endpoint in service.endpoints:
        if endpoint.roles and endpoint.roles not in found and knows_account(endpoint):
            named = "Or".join(pascal(role) for role in endpoint.roles)
            name = named if named.isidentifier() and len(named) <= _LONGEST else "Privileged"
            found[endpoint.roles] = unique(f"{name}Account", found.values(), "")
    return found


def fixtures(service: Service, what: str = "token") -> dict[str, str]:
    """role -> the fixture with an access token of an account that has it, or with the `caller` itself."""
    accounts = service.accounts
    if accounts is None or accounts.role is None:
        return {}
    found: dict[str, str] = {}
    for role in service.table(accounts.table).column(accounts.role).type.enum or ():
        word = snake(role)
        found[role] = unique(f"{word if word.isidentifier() else 'privileged'}_{what}", found.values())
    return found


def token_fixture(endpoint: Endpoint, service: Service) -> str:
    """The fixture with an access token that the endpoint takes; empty where it needs none."""
    if not endpoint.authenticated:
        return ""
    return fixtures(service)[endpoint.roles[0]] if endpoint.roles else "token"


def new_account(endpoint: Endpoint, service: Service) -> str:
    """The expression of a new account that may call the endpoint; empty where any may."""
    return account_with(endpoint.roles[0], service) if endpoint.roles else ""


def account_with(role: str, service: Service) -> str:
    """The expression of a new account with a role."""
    accounts = service.accounts
    assert accounts is not None
    assert accounts.role is not None
    table = service.table(accounts.table)
    return f"rows.{row_word(table)}({table.column(accounts.role).attribute}={literal(role)})"


def may_by_role(endpoint: Endpoint, service: Service) -> Expression | None:
    """That the actor has one of the endpoint's roles, as an expression; None where it asks for none."""
    accounts = service.accounts
    if not endpoint.roles or accounts is None or accounts.role is None:
        return None
    column = service.table(accounts.table).column(accounts.role)
    value, span = Value(column.type, column.nullable), endpoint.span
    own = ColumnOf(Name(ACTOR, Row(accounts.table, nullable=False), span), column.name, value, span)
    items = tuple(Literal(role, Value(column.type), span) for role in endpoint.roles)
    return Binary(Operator.IN, own, ListOf(items, Values(Value(column.type)), span), Value(Type(Kind.BOOLEAN)), span)
