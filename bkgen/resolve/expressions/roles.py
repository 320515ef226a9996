"""`actor.is('admin')` and `actor.can('orders:refund')`: the comparisons that they stand for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bkgen.model.expressions import Binary, Expression, Held, Name, Operator, Quantifier, Row
from bkgen.model.relations import Relation
from bkgen.model.roles import Memberships
from bkgen.model.service import Accounts
from bkgen.resolve.expressions.kinds import ACTOR, BOOLEAN, described
from bkgen.resolve.expressions.mistakes import MistakeError
from bkgen.resolve.expressions.scope import Scope
from bkgen.resolve.expressions.syntax import (
    Constant,
    Identifier,
    Infix,
    Invocation,
    Listing,
    Place,
    Selection,
    Syntax,
)
from bkgen.resolve.names import unique

if TYPE_CHECKING:
    from bkgen.resolve.expressions.typing import Typing

IS, CAN = "is", "can"
VARIABLE = "membership"


def asks(typing: Typing, syntax: Invocation, scope: Scope) -> Expression:
    """Whether an account has a role, or one that inherits it; whether it has a role with a permission.

    Who has signed in by an API key with scopes may do what these say, and no more.
    """
    found = _by_role(typing, syntax, scope)
    keys = scope.accounts.api_keys if scope.accounts is not None else None
    actor = typing.of(syntax.target, scope) if syntax.target is not None else None
    if syntax.name != CAN or keys is None or not keys.scopes or not isinstance(actor, Name) or actor.name != ACTOR:
        return found
    named, *_ = syntax.arguments
    assert isinstance(named, Constant)
    if scope.accounts is not None and scope.accounts.role is not None:
        actor = replace(actor, gives=Row(scope.accounts.table))  # which the role before it makes sure of
    held = Held(actor, str(named.value), BOOLEAN, found.span)
    return Binary(Operator.AND, found, held, BOOLEAN, found.span)


def _by_role(typing: Typing, syntax: Invocation, scope: Scope) -> Expression:
    accounts = scope.accounts
    target = syntax.target
    if target is None or accounts is None or _table(typing.of(target, scope)) != accounts.table:
        message = f"`{syntax.name}` asks what an account is or may do"
        raise MistakeError("BK805", syntax.at, message, f"such as `actor.{syntax.name}('...')`")
    named, *places = syntax.arguments or (Constant(None, syntax.at),)
    if not isinstance(named, Constant) or not isinstance(named.value, str):
        raise MistakeError("BK805", syntax.at, f"`{syntax.name}` takes a name in quotes", f"`{syntax.name}('...')`")
    roles = _roles(syntax.name, named.value, named.place, accounts)
    memberships = accounts.roles.memberships
    wanted = 1 if memberships is not None and memberships.within is not None else 0
    if len(places) != wanted:
        raise MistakeError("BK805", syntax.at, *_misplaced(syntax.name, named.value, memberships, scope))
    if memberships is None:
        assert accounts.role is not None
        return typing.of(one_of(Selection(target, accounts.role, syntax.at, syntax.place), roles, syntax.place), scope)
    variable = Identifier(unique(VARIABLE, set(scope.names)), syntax.place)
    condition = one_of(Selection(variable, memberships.role, syntax.at, syntax.place), roles, syntax.place)
    key = scope.tables[accounts.table].primary_key[0].name
    if not places:
        way = to_memberships(accounts.table, (key, memberships.account), memberships, scope, syntax.at)
        return typing.of(exists(target, way, variable, condition), scope)
    (place,) = places
    found = typing.of(place, scope)
    if _table(found) != memberships.place:
        message = f"roles hold within a row of `{memberships.place}`, and this is {described(found.gives)}"
        raise MistakeError("BK805", found.span, message, None)
    return typing.of(held_within(place, target, roles, accounts, scope, syntax.at), scope)


def held_within(
    place: Syntax, account: Syntax, roles: tuple[str, ...], accounts: Accounts, scope: Scope, at: Place
) -> Syntax:
    """That an account has one of the roles within a row: what a membership of that row says."""
    memberships = accounts.roles.memberships
    assert memberships is not None
    assert memberships.within is not None
    assert memberships.place is not None
    variable = Identifier(unique(VARIABLE, set(scope.names)), at)
    key = scope.tables[accounts.table].primary_key[0].name
    own = Infix(
        Operator.EQUAL, Selection(variable, memberships.account, at, at), Selection(account, key, at, at), at, at
    )
    there = next(
        one.column for one in scope.tables[memberships.table].references if one.columns == (memberships.within,)
    )
    way = to_memberships(memberships.place, (there, memberships.within), memberships, scope, at)
    return exists(place, way, variable, both(own, one_of(Selection(variable, memberships.role, at, at), roles, at)))


def one_of(value: Syntax, roles: tuple[str, ...], place: Place) -> Syntax:
    """`value == 'admin'`, `value in ['seller', 'admin']`."""
    found = tuple(Constant(role, place) for role in roles)
    if len(found) == 1:
        return Infix(Operator.EQUAL, value, found[0], place, place)
    return Infix(Operator.IN, value, Listing(found, place), place, place)


def both(left: Syntax, right: Syntax) -> Syntax:
    return Infix(Operator.AND, left, right, left.place, left.place)


def exists(row: Syntax, way: str, variable: Identifier, condition: Syntax) -> Syntax:
    """`row.way.exists(variable, condition)`."""
    place = variable.place
    return Invocation(Selection(row, way, place, place), Quantifier.EXISTS, (variable, condition), place, place)


def to_memberships(table: str, pair: tuple[str, str], memberships: Memberships, scope: Scope, at: Place) -> str:
    """The name of the relation from a table to the memberships that refer to its rows by a pair of columns."""

    def leads(relation: Relation) -> bool:
        return relation.target == memberships.table and relation.through is None and relation.pairs == (pair,)

    found = next((name for name, relation in scope.relations.get(table, {}).items() if leads(relation)), None)
    if found is None:
        message = f"the way from `{table}` to `{memberships.table}` by `{pair[1]}` has no name of its own"
        raise MistakeError("BK805", at, message, f'add "inverse" to `{memberships.table}.{pair[1]}`')
    return found


def _table(expression: Expression) -> str | None:
    return expression.gives.table if isinstance(expression.gives, Row) else None


def _roles(function: str, name: str, place: Place, accounts: Accounts) -> tuple[str, ...]:
    """The roles of which one is needed."""
    known = accounts.roles.names if function == IS else accounts.roles.permissions
    if name not in known:
        message = f"there is no role `{name}`" if function == IS else f"no role has the permission `{name}`"
        if not known:
            fix = "say which there are in `service.roles`"
            raise MistakeError("BK631", place, message, fix)
        raise MistakeError("BK631", place, message, word=name, choices=known)
    return accounts.roles.passing_for(name) if function == IS else accounts.roles.with_permission(name)


def _misplaced(function: str, name: str, memberships: Memberships | None, scope: Scope) -> tuple[str, str]:
    """What is wrong with where a role holds, and what to write."""
    if memberships is None or memberships.place is None:
        return "roles hold everywhere", f"write `actor.{function}('{name}')`"
    example = f"such as `actor.{function}('{name}', row.{scope.tables[memberships.place].singular})`"
    return f"a role holds within a row of `{memberships.place}`: say which", example
