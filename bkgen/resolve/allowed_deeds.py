"""Who may do what with the rows of a table, told from its policies without asking a database.

A policy is looked at with what is known of a kind of caller: whether somebody is signed in, which role the account has,
whether the row is its own. What follows from that is certain; all else stays a condition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from bkgen.model.expressions import (
    Binary,
    ColumnOf,
    Condition,
    Expression,
    Has,
    ListOf,
    Literal,
    MemberOf,
    Name,
    Not,
    Operator,
    Quantified,
    Quantifier,
    Row,
)
from bkgen.model.policies import Deed
from bkgen.model.service import Service
from bkgen.model.tables import Table
from bkgen.resolve.expressions.parts import walk
from bkgen.resolve.vocabulary import ACTOR, ROW

ALWAYS, NEVER, OWN, IF = "always", "never", "own rows", "if it holds"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of caller; `roles` are (column, value) of the account, `owns` is None where that is not known."""

    name: str
    signed_in: bool
    roles: tuple[tuple[str, str], ...] = ()
    owns: bool | None = None


NOBODY = Kind("nobody", signed_in=False, owns=False)


@dataclass(frozen=True, slots=True)
class AllowedDeeds:
    """What the kinds of callers may do with the rows of a table, and with columns of them: what it is, and for each
    kind a cell."""

    table: str
    kinds: tuple[str, ...]
    cells: tuple[tuple[str, tuple[str, ...]], ...]


def allowed_deeds(service: Service) -> Iterator[AllowedDeeds]:
    """For each table with policies, who may do what."""
    for name, policies in service.policies.items():
        table = service.table(name)
        kinds = tuple(_kinds(table, service))
        rules: list[tuple[str, Condition | None]] = [(str(deed), policies.allowed.get(deed)) for deed in Deed]
        rules += [(f"see {column}", rule) for column, rule in policies.visible.items()]
        rules += [(f"write {column}", rule) for column, rule in policies.writable.items()]
        rows = []
        for done, rule in rules:
            cells = (_cell(rule.expression, kind, _owners(table, service)) if rule else NEVER for kind in kinds)
            rows.append((done, tuple(cells)))
        yield AllowedDeeds(name, tuple(kind.name for kind in kinds), tuple(rows))


def holds_for_all(condition: Expression, service: Service) -> bool:
    """Whether a condition holds of every row for every account, whatever its role."""
    accounts = service.accounts
    if accounts is None:
        return False
    role = accounts.role
    roles = service.table(accounts.table).column(role).type.enum if role else ()
    kinds = [Kind(value, signed_in=True, roles=((role or "", value),)) for value in roles]
    return all(truth(condition, kind) is True for kind in kinds or [Kind("signed in", signed_in=True)])


def _kinds(table: Table, service: Service) -> Iterator[Kind]:
    yield NOBODY
    if service.accounts is None:
        return
    yield Kind("signed in", signed_in=True)
    for column, value in _roles(service):
        yield Kind(value, signed_in=True, roles=((column, value),))
    if _owners(table, service):
        yield Kind("owner", signed_in=True, owns=True)


def _roles(service: Service) -> Iterator[tuple[str, str]]:
    """The values of the columns of the account with an enum that policies ask for."""
    assert service.accounts is not None
    accounts = service.table(service.accounts.table)
    rules = [rule.expression for policies in service.policies.values() for rule in policies.conditions]
    asked = {_of_actor(part) for rule in rules for part in walk(rule)}
    for column in accounts.columns:
        if column.type.enum and column.name in asked:
            yield from ((column.name, value) for value in column.type.enum)


def owner_columns(table: Table, accounts: Table | None) -> tuple[str, ...]:
    """The columns that tell whose account a row belongs to: each holds the key of one, or is it.

    What refers to an account by several columns tells it by that which leads to the key: the others may be shared.
    """
    if accounts is None or len(accounts.primary_key) > 1:
        return ()
    (key,) = (column.name for column in accounts.primary_key)
    if table.name == accounts.name:
        return (key,)
    references = (reference for reference in table.references if reference.table == accounts.name)
    pairs = (pair for reference in references for pair in reference.pairs)
    return tuple(dict.fromkeys(here for here, there in pairs if there == key))


def _owners(table: Table, service: Service) -> dict[str, str]:
    """The columns that say whose a row is -> the column of the account that they equal then."""
    accounts = service.table(service.accounts.table) if service.accounts else None
    columns = owner_columns(table, accounts)
    return dict.fromkeys(columns, accounts.primary_key[0].name) if accounts is not None else {}


def _cell(rule: Expression, kind: Kind, owners: dict[str, str]) -> str:
    as_owner, as_other = (
        truth(rule, replace(kind, owns=owns), owners) if kind.owns is None else truth(rule, kind, owners)
        for owns in (True, False)
    )
    match as_owner, as_other:
        case (True, True):
            return ALWAYS
        case (False, False):
            return NEVER
        case (True, False):
            return OWN
        case (False, True):
            return "rows of others"
        case (True, None):
            return f"{OWN}, others {IF}"
        case _:
            return IF


def truth(condition: Expression, kind: Kind, owners: Mapping[str, str] = MappingProxyType({})) -> bool | None:
    """Whether it holds for callers of a kind; None where that depends on more.

    Args:
        owners: the columns that say whose a row is -> the column of the account that they equal then.
    """
    match condition:
        case Literal(value=bool() as value):
            return value
        case Not(operand=operand):
            found = truth(operand, kind, owners)
            return None if found is None else not found
        case Binary(operator=Operator.AND | Operator.OR as operator, left=left, right=right):
            settling = operator is Operator.OR
            sides = (truth(left, kind, owners), truth(right, kind, owners))
            if settling in sides:
                return settling
            return None if None in sides else not settling
        case Binary(operator=Operator.EQUAL | Operator.NOT_EQUAL as operator, left=left, right=right):
            equal = _equal(left, right, kind, owners)
            return None if equal is None else equal == (operator is Operator.EQUAL)
        case Binary(operator=Operator.IN, left=left, right=ListOf(items=items)):
            found_in = [_equal(left, item, kind, owners) for item in items]
            return True if True in found_in else None if None in found_in else False
        case Quantified(quantifier=Quantifier.EXISTS, condition=inner):
            return None if truth(inner, kind) is not False else False
        case Has(operand=ColumnOf() | MemberOf() as operand) if _of_actor(operand) and not kind.signed_in:
            return False
        case _ if _of_actor(condition) and not kind.signed_in:
            return False
        case _:
            return None


def _equal(left: Expression, right: Expression, kind: Kind, owners: Mapping[str, str]) -> bool | None:
    """Whether two values are the same for callers of a kind."""
    if _is_null(left) or (_of_actor(left) is None and not _is_actor(left)):
        left, right = right, left
    if _is_actor(left):
        return (not kind.signed_in) if _is_null(right) else None
    column = _of_actor(left)
    if column is None:
        return None
    if not kind.signed_in:
        return _is_null(right) or (None if _may_be_null(right) else False)
    if isinstance(right, Literal) and column in (known := dict(kind.roles)):
        return right.value == known[column]
    match right:
        case ColumnOf(row=Name(name=name), column=own) if name == ROW and owners.get(own) == column:
            return kind.owns
    return None


def _is_actor(expression: Expression) -> bool:
    return isinstance(expression, Name) and expression.name == ACTOR and isinstance(expression.gives, Row)


def _of_actor(expression: Expression) -> str | None:
    """The column of the account that it is, if it is one."""
    if isinstance(expression, ColumnOf) and _is_actor(expression.row):
        return expression.column
    return None


def _is_null(expression: Expression) -> bool:
    return isinstance(expression, Literal) and expression.value is None


def _may_be_null(expression: Expression) -> bool:
    return bool(getattr(expression.gives, "nullable", True))
