"""The ways in which a condition holds, or does not, each for one reason alone.

`row.org.memberships.exists(m, m.user_id == actor.id && m.role == 'owner')` does not hold where there is no membership,
where there is one of another, and where there is the actor's own with another role. A test of each finds the part of a
condition that got lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import reduce

from bkgen.model.expressions import Binary, Expression, Not, Operator, Quantified, Quantifier
from bkgen.resolve.expressions.kinds import BOOLEAN

Way = tuple[tuple[Expression, bool], ...]
"""Conditions with whether each of them holds."""


def ways(condition: Expression, wanted: bool) -> Iterator[Way]:
    """The ways in which a condition holds, or does not, as wanted; the first is the condition itself."""
    itself: Way = ((condition, wanted),)
    yield itself
    yield from (way for way in _parted(condition, wanted) if way != itself)


def _parted(condition: Expression, wanted: bool) -> Iterator[Way]:
    match condition:
        case Not(operand=operand):
            yield from _parted(operand, not wanted)
        case Binary(operator=Operator.AND | Operator.OR as operator, left=left, right=right):
            # Where one side is enough, it is to be the only one.
            others = wanted if (operator is Operator.AND) == wanted else not wanted
            yield from ((*way, (right, others)) for way in _of_side(left, wanted))
            yield from (((left, others), *way) for way in _of_side(right, wanted))
        case Quantified(quantifier=Quantifier.EXISTS) if not wanted:
            some = (replace(condition, condition=together(way)) for way in _of_side(condition.condition, False))
            yield from (((one, True), (condition, False)) for one in some)
        case Quantified(quantifier=quantifier):
            # That something is so of all tells little where there is none.
            inner = _of_side(condition.condition, wanted)
            some = (replace(condition, quantifier=Quantifier.EXISTS, condition=together(way)) for way in inner)
            same = () if quantifier is Quantifier.EXISTS else ((condition, wanted),)
            yield from (((one, True), *same) for one in some)


def _of_side(condition: Expression, wanted: bool) -> list[Way]:
    return list(_parted(condition, wanted)) or [((condition, wanted),)]


def together(way: Iterable[tuple[Expression, bool]]) -> Expression:
    """One condition that holds where all of a way is so."""
    parts = [part if wanted else Not(part, BOOLEAN, part.span) for part, wanted in way]
    return reduce(lambda left, right: Binary(Operator.AND, left, right, BOOLEAN, left.span), parts)
