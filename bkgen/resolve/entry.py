"""What has to hold of the account and the path so that an endpoint lets somebody in, beyond being signed in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bkgen.model.endpoints import ACCOUNT_OPERATIONS, Entry, PathParameter
from bkgen.model.expressions import Condition, Member, Operator, Record, Row, Value
from bkgen.model.roles import Memberships
from bkgen.model.service import Accounts
from bkgen.model.tables import Table
from bkgen.model.types import Kind, Type
from bkgen.resolve import expressions
from bkgen.resolve.expressions import as_condition, is_queryable, resolve_expression
from bkgen.resolve.expressions.kinds import NOW
from bkgen.resolve.expressions.mistakes import MistakeError
from bkgen.resolve.expressions.places import Places
from bkgen.resolve.expressions.roles import VARIABLE, both, exists, held_within, one_of, to_memberships
from bkgen.resolve.expressions.syntax import Identifier, Infix, Selection, Syntax
from bkgen.resolve.expressions.typing import Typing
from bkgen.resolve.implied import follows
from bkgen.resolve.lookup import is_unique
from bkgen.resolve.nodes import span_of
from bkgen.resolve.roles import condition_in, passing, restricts
from bkgen.resolve.routes import Route
from bkgen.resolve.scope import Scope
from bkgen.resolve.vocabulary import ACTOR, PATH, ROW, words_of
from bkgen.resolve.words import phrase

_NOWHERE = (0, 0)


def entry_of(route: Route, scope: Scope) -> Entry | None:
    """What is asked of `actor` and `path`; None where any account comes in, or any with a role that it has everywhere.

    Adds `BK632` for what cannot be asked before the endpoint does anything.
    """
    accounts = scope.accounts
    if accounts is None or not restricts(route):
        return None
    words = words_of(
        {
            ACTOR: Row(accounts.table),
            PATH: Record({one.name: Member(one.attribute, Value(one.type)) for one in route.parameters}),
            NOW: Value(Type(Kind.DATETIME)),
        },
        scope,
    )
    written = condition_in(route)
    if written is not None:
        return _written(written, route, words, scope)
    memberships = accounts.roles.memberships
    if memberships is None or memberships.within is None:
        return None
    return _within(route, accounts, memberships, words, scope)


def leads_to_all(entry: Entry, rows: Sequence[tuple[str, Condition | None]]) -> bool:
    """Whether whoever comes in sees all rows of a path for sure: there is but the one in which the account has a role.

    `rows` are tables, each with what has to hold so that a row may be seen.
    """
    match rows:
        case [(table, None)]:
            return table == entry.place
        case [(table, Condition(expression=visible))]:
            return table == entry.place and entry.row is not None and follows(visible, [entry.row])
        case _:
            return False


def _written(written: str, route: Route, words: expressions.Scope, scope: Scope) -> Entry | None:
    span = span_of(route.node, "auth")
    if route.operation in ACCOUNT_OPERATIONS:
        message = f"`{route.operation}` works on the own account, so `auth` asks for no more than a role or permission"
        scope.diagnostics.add("BK632", span, message, 'name these, or write "auth": true')
        return None
    found = resolve_expression(written, span, words, scope.diagnostics)
    found = as_condition(found, scope.diagnostics) if found is not None else None
    if found is None or not is_queryable(found, frozenset({ACTOR}), scope.diagnostics):
        return None
    return Entry(Condition(written, found))


def _within(
    route: Route, accounts: Accounts, memberships: Memberships, words: expressions.Scope, scope: Scope
) -> Entry | None:
    """That the account has one of the roles in the row that the path names."""
    assert memberships.place is not None
    span = span_of(route.node, "auth")
    place, roles = scope.tables[memberships.place], passing(route, scope)
    named = [one for one in route.parameters if one.table == place.name]
    if not is_unique(place, [one.column for one in named]):
        message = f"a role holds within a row of `{place.name}`, and the path of {route} names none"
        asked = f"\"actor.is('{roles[0] if roles else 'admin'}', ...)\""
        fix = f"begin it with `/{place.name}/{{{place.primary_key[0].name}}}`, or say {asked} in a policy"
        scope.diagnostics.add("BK632", span, message, fix)
        return None
    account = scope.tables[accounts.table]
    variable = Identifier(VARIABLE, _NOWHERE)
    typing = Typing(Places("", span))
    try:
        way = to_memberships(
            account.name, (account.primary_key[0].name, memberships.account), memberships, words, _NOWHERE
        )
        holds = both(
            _there(variable, named, memberships, place, words),
            one_of(Selection(variable, memberships.role, _NOWHERE, _NOWHERE), roles, _NOWHERE),
        )
        found = typing.of(exists(Identifier(ACTOR, _NOWHERE), way, variable, holds), words)
        of_row = words_of({ACTOR: Row(accounts.table), ROW: Row(place.name)}, scope)
        held = held_within(Identifier(ROW, _NOWHERE), Identifier(ACTOR, _NOWHERE), roles, accounts, of_row, _NOWHERE)
        row = typing.of(held, of_row)
    except MistakeError as mistake:
        scope.diagnostics.add(mistake.code, span, mistake.message, mistake.fix)
        return None
    text = f"{' or '.join(roles)} of the {phrase(place.singular)}"
    return Entry(Condition(text, found), roles, place.name, row)


def _there(
    membership: Syntax, named: Iterable[PathParameter], memberships: Memberships, place: Table, words: expressions.Scope
) -> Syntax:
    """That a membership is of the row that path parameters name."""
    found: Syntax | None = None
    assert memberships.within is not None
    reference = next(one for one in words.tables[memberships.table].references if one.columns == (memberships.within,))
    for one in named:
        own: Syntax
        if one.column == reference.column:
            own = Selection(membership, memberships.within, _NOWHERE, _NOWHERE)
        else:
            own = Selection(_row(membership, memberships, words), one.column, _NOWHERE, _NOWHERE)
        asked = Selection(Identifier(PATH, _NOWHERE), one.name, _NOWHERE, _NOWHERE)
        same = Infix(Operator.EQUAL, own, asked, _NOWHERE, _NOWHERE)
        found = same if found is None else both(found, same)
    assert found is not None
    return found


def _row(membership: Syntax, memberships: Memberships, words: expressions.Scope) -> Syntax:
    """The row within which a membership is."""
    ways = words.relations.get(memberships.table, {}).items()
    pairs = {relation.pairs[0][0]: name for name, relation in ways if not relation.many and len(relation.pairs) == 1}
    assert memberships.within is not None
    if memberships.within not in pairs:
        message = f"the way by `{memberships.table}.{memberships.within}` has no name of its own"
        raise MistakeError("BK805", _NOWHERE, message, 'add "as" to the reference')
    return Selection(membership, pairs[memberships.within], _NOWHERE, _NOWHERE)
