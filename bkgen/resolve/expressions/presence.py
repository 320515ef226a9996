"""What a condition says about null: behind `actor != null`, `actor.id` is a value."""

from __future__ import annotations

from dataclasses import replace

from bkgen.model.expressions import (
    Binary,
    ColumnOf,
    Expression,
    Has,
    Literal,
    MemberOf,
    Name,
    Not,
    Operator,
    Record,
    Related,
    Row,
    Value,
)
from bkgen.resolve.expressions.kinds import is_nullable

_EQUALITIES = (Operator.EQUAL, Operator.NOT_EQUAL)
Path = tuple[str, ...]


def path_of(expression: Expression) -> Path | None:
    """The names that lead to a member of a variable; None for all else."""
    match expression:
        case Name(name=name):
            return (name,)
        case ColumnOf(row=inner, column=name):
            before = path_of(inner)
        case MemberOf(record=inner, member=member):
            before, name = path_of(inner), member.attribute
        case Related(row=inner, relation=relation):
            before, name = path_of(inner), relation.name
        case _:
            return None
    return (*before, name) if before is not None else None


def present_if(condition: Expression, holds: bool) -> frozenset[Path]:
    """What is not null where the condition holds, or where it does not."""
    match condition:
        case Not(operand=operand) if not isinstance(operand, Binary) or operand.operator in _EQUALITIES:
            return present_if(operand, not holds)
        case Binary(operator=Operator.AND | Operator.OR as operator, left=left, right=right):
            both = (operator is Operator.AND) == holds
            return present_if(left, holds) | present_if(right, holds) if both else frozenset()
        case Binary(operator=Operator.EQUAL | Operator.NOT_EQUAL as operator, left=left, right=right):
            if not isinstance(right, Literal):
                left, right = right, left
            is_null = isinstance(right, Literal) and right.value is None
            return _with_owners(left) if is_null and (operator is Operator.NOT_EQUAL) == holds else frozenset()
        case Has(operand=MemberOf(record=record, member=member)) if holds and is_nullable(member.gives):
            return _with_owners(record)
        case Has(operand=operand) if holds:
            return _with_owners(operand)
        case _:
            return frozenset()


def _with_owners(expression: Expression) -> frozenset[Path]:
    path = path_of(expression) or ()
    return frozenset(path[: length + 1] for length in range(len(path)))


def narrowed(expression: Expression, present: frozenset[Path]) -> Expression:
    """The expression, which is not null if it is among those that are `present`."""
    match expression:
        case Name(gives=Value() | Row() | Record() as gives) if path_of(expression) in present:
            return replace(expression, gives=replace(gives, nullable=False))
        case MemberOf(gives=Value() | Row() | Record() as gives) if path_of(expression) in present:
            return replace(expression, gives=replace(gives, nullable=False))
        case ColumnOf(gives=gives) if path_of(expression) in present:
            return replace(expression, gives=replace(gives, nullable=False))
        case Related(gives=Row() as row) if path_of(expression) in present:
            return replace(expression, gives=replace(row, nullable=False))
        case _:
            return expression
