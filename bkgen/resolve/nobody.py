"""What conditions say of the account that asks where there is none, and where there surely is one.

Null equals null. In `row.owner_id == actor.id` that would give every row without an owner to whoever is not signed in,
which nobody means who writes it; so in policies nothing equals what is of an account that is not there.
"""

from __future__ import annotations

from dataclasses import replace

from bkgen.model.expressions import (
    Binary,
    Call,
    ColumnOf,
    Expression,
    ListOf,
    Literal,
    Name,
    Negative,
    Operator,
    Related,
    Row,
    Value,
    Values,
)
from bkgen.model.tables import Table
from bkgen.resolve.expressions.kinds import BOOLEAN, is_nullable
from bkgen.resolve.expressions.parts import rebuilt
from bkgen.resolve.vocabulary import ACTOR


def unlike_nobody(condition: Expression, accounts: Table) -> Expression:
    """The condition of a policy, in which nothing equals what an absent account would have."""
    found = rebuilt(condition, lambda part: unlike_nobody(part, accounts))
    match found:
        case Binary(operator=Operator.EQUAL, left=left, right=right):
            both = is_nullable(left.gives) and is_nullable(right.gives)
            if both and not _is_null(left) and not _is_null(right) and (_of_nobody(left) or _of_nobody(right)):
                return _of_somebody(found, accounts)
        case Binary(operator=Operator.IN, left=left, right=ListOf(items=items) as listed) if not _of_nobody(left):
            asked = [item for item in items if _of_nobody(item)]
            if asked and is_nullable(left.gives):
                others = tuple(item for item in items if item not in asked)
                parts = [replace(found, right=replace(listed, items=others))] if others else []
                parts += [replace(found, operator=Operator.EQUAL, right=item) for item in asked]
                first, *more = (unlike_nobody(part, accounts) for part in parts)
                for part in more:
                    first = Binary(Operator.OR, first, part, BOOLEAN, part.span)
                return first
        case Binary(operator=Operator.IN, left=left, right=right) if _of_nobody(left) and _may_have_null(right):
            return _of_somebody(found, accounts)
    return found


def of_signed_in(expression: Expression, accounts: Table) -> Expression:
    """What a policy, which anybody may come to, says of somebody who is signed in."""
    match expression:
        case Binary(operator=Operator.AND, left=left, right=right) if is_presence(left):
            return of_signed_in(right, accounts)
        case ColumnOf(row=Name(name=name), column=column) if name == ACTOR:
            found = accounts.column(column)
            row = Name(ACTOR, Row(accounts.name), expression.span)
            return replace(expression, row=row, gives=Value(found.type, found.nullable))
        case Name(name=name) if name == ACTOR:
            return replace(expression, gives=Row(accounts.name))
        case _:
            return rebuilt(expression, lambda part: of_signed_in(part, accounts))


def is_presence(expression: Expression) -> bool:
    """Whether it is `actor != null`."""
    match expression:
        case Binary(operator=Operator.NOT_EQUAL, left=Name(name=name), right=Literal(value=None)):
            return name == ACTOR
        case _:
            return False


def _of_somebody(condition: Expression, accounts: Table) -> Expression:
    """`actor != null && condition`."""
    span = condition.span
    account, null = Name(ACTOR, Row(accounts.name, nullable=True), span), Literal(None, Value(None, True), span)
    present = Binary(Operator.NOT_EQUAL, account, null, BOOLEAN, span)
    return Binary(Operator.AND, present, of_signed_in(condition, accounts), BOOLEAN, span)


def _of_nobody(expression: Expression) -> bool:
    """Whether it is null for sure where the account is absent, which it can be."""
    match expression:
        case Name(name=name, gives=Row(nullable=nullable)):
            return name == ACTOR and nullable
        case ColumnOf(row=inner) | Related(row=inner, gives=Row()) | Negative(operand=inner):
            return _of_nobody(inner)
        case Call(arguments=inner_parts):
            return is_nullable(expression.gives) and any(map(_of_nobody, inner_parts))
        case Binary(left=left, right=right):
            return is_nullable(expression.gives) and (_of_nobody(left) or _of_nobody(right))
        case _:
            return False


def _is_null(expression: Expression) -> bool:
    return isinstance(expression, Literal) and expression.value is None


def _may_have_null(listed: Expression) -> bool:
    if isinstance(listed, ListOf):
        return any(is_nullable(item.gives) for item in listed.items)
    return isinstance(listed.gives, Values) and is_nullable(listed.gives.item)
