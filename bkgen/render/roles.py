"""The names of dependencies that let some roles pass, and the accounts of tests that have one of these."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.endpoints import Endpoint
from bkgen.model.expressions import (
    Binary,
    ColumnOf,
    Expression,
    ListOf,
    Literal,
    Name,
    Operator,
    Quantified,
    Quantifier,
    Related,
    Row,
    Rows,
    Value,
    Values,
)
from bkgen.model.relations import Relation
from bkgen.model.roles import Roles
from bkgen.model.service import Service
from bkgen.model.tables import Column
from bkgen.render.arguments import knows_account
from bkgen.render.literals import literal
from bkgen.render.naming import row_word
from bkgen.resolve.expressions.kinds import BOOLEAN
from bkgen.resolve.expressions.roles import VARIABLE
from bkgen.resolve.names import pascal, snake, unique
from bkgen.resolve.vocabulary import ACTOR
from bkgen.source import Span

_LONGEST = 40

RoleNames = tuple[str, ...]


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


def dependencies(service: Service) -> dict[RoleNames, str]:
    """What the account with one of some roles is called where a function takes it: `SellerOrAdminAccount`."""
    found: dict[RoleNames, str] = {}
    for endpoint in service.endpoints:
        if endpoint.roles and endpoint.roles not in found and knows_account(endpoint):
            named = "Or".join(pascal(role) for role in endpoint.roles)
            name = named if named.isidentifier() and len(named) <= _LONGEST else "Privileged"
            found[endpoint.roles] = unique(f"{name}Account", found.values(), "")
    return found


def fixtures(service: Service, what: str = "token") -> dict[str, str]:
    """role -> the fixture with an access token of an account that has it, or with the `caller` itself."""
    found: dict[str, str] = {}
    for role in roles_everywhere(service):
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
    table = service.table(accounts.table)
    if accounts.role is None:
        return f"rows.{row_word(table)}_as({literal(role)})"
    return f"rows.{row_word(table)}({table.column(accounts.role).attribute}={literal(role)})"


def roles_everywhere(service: Service) -> tuple[str, ...]:
    """All roles, where they hold wherever an account comes."""
    roles = service.accounts.roles if service.accounts is not None else Roles()
    return roles.names if roles.memberships is None or roles.memberships.within is None else ()


def may_by_role(endpoint: Endpoint, service: Service) -> Expression | None:
    """That the actor has one of the endpoint's roles, as an expression; None where it asks for none."""
    return has_one(endpoint.roles, endpoint.span, service) if endpoint.roles else None


def has_one(roles: RoleNames, span: Span, service: Service) -> Expression:
    """That the actor has one of some roles, which hold everywhere."""
    accounts = service.accounts
    assert accounts is not None
    actor = Name(ACTOR, Row(accounts.table, nullable=False), span)
    memberships = accounts.roles.memberships
    if memberships is None:
        assert accounts.role is not None
        return _is_one(actor, service.table(accounts.table).column(accounts.role), roles)
    table, key = service.table(memberships.table), service.table(accounts.table).primary_key[0]
    pairs = ((key.name, memberships.account),)
    way = Relation(table.plural, accounts.table, table.name, pairs, None, True, True, span)
    one = Name(VARIABLE, Row(table.name), span)
    asked = _is_one(one, table.column(memberships.role), roles)
    source = Related(actor, way, Rows(table.name), span)
    return Quantified(Quantifier.EXISTS, source, VARIABLE, asked, BOOLEAN, span)


def has_one_in(row: Expression, roles: RoleNames, service: Service) -> Expression:
    """That the actor has one of some roles within a row."""
    accounts = service.accounts
    assert accounts is not None
    assert accounts.roles.memberships is not None
    memberships, span = accounts.roles.memberships, row.span
    assert memberships.within is not None
    assert memberships.place is not None
    table, key = service.table(memberships.table), service.table(accounts.table).primary_key[0]
    reference = next(one for one in table.references if one.columns == (memberships.within,))
    pairs = ((reference.column, memberships.within),)
    way = Relation(table.plural, memberships.place, table.name, pairs, None, True, True, span)
    one = Name(VARIABLE, Row(table.name), span)
    actor = Name(ACTOR, Row(accounts.table, nullable=False), span)
    whose = ColumnOf(one, memberships.account, Value(key.type), span)
    own = Binary(Operator.EQUAL, whose, ColumnOf(actor, key.name, Value(key.type), span), BOOLEAN, span)
    asked = Binary(Operator.AND, own, _is_one(one, table.column(memberships.role), roles), BOOLEAN, span)
    source = Related(row, way, Rows(table.name), span)
    return Quantified(Quantifier.EXISTS, source, VARIABLE, asked, BOOLEAN, span)


def _is_one(row: Name, column: Column, roles: RoleNames) -> Expression:
    own = ColumnOf(row, column.name, Value(column.type, column.nullable), row.span)
    items = tuple(Literal(role, Value(column.type), row.span) for role in roles)
    return Binary(Operator.IN, own, ListOf(items, Values(Value(column.type)), row.span), BOOLEAN, row.span)
