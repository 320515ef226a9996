"""Operators and functions on values that are known; the rest is open."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from bkgen.model.expressions import Aggregate, Function, Literal, Operator, Value
from bkgen.model.types import Kind
from bkgen.render.scenes.world import KeyOf, Moment, Question

ORDERINGS: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.LESS: operator.lt,
    Operator.LESS_EQUAL: operator.le,
    Operator.GREATER: operator.gt,
    Operator.GREATER_EQUAL: operator.ge,
}
_ARITHMETIC: Mapping[Operator, Callable[[Any, Any], Any]] = {
    Operator.ADD: operator.add,
    Operator.SUBTRACT: operator.sub,
    Operator.MULTIPLY: operator.mul,
}
_TEXT_TESTS: Mapping[Function, Callable[[str, str], bool]] = {
    Function.CONTAINS: operator.contains,
    Function.STARTS_WITH: str.startswith,
    Function.ENDS_WITH: str.endswith,
}
_TEXT_FUNCTIONS: Mapping[Function, Callable[[str], Any]] = {
    Function.SIZE: len,
    Function.LOWER: str.lower,
    Function.UPPER: str.upper,
    Function.TRIM: str.strip,
    Function.STRING: str,
}
# As long as a test may take from the first row that it makes to the last answer; it may begin just before midnight.
_A_WHILE = timedelta(minutes=2)
_DAYS = timedelta(days=2)


class OpenError(Exception):
    """An expression depends on a question that is not settled; on None, where no answer would tell."""

    def __init__(self, question: Question | None) -> None:
        super().__init__(question)
        self.question = question


def constant(expression: Literal) -> Any:
    """The value of a literal, as cells have it."""
    value = expression.value
    type_ = expression.gives.type if isinstance(expression.gives, Value) else None
    match type_.kind if type_ is not None else None:
        case Kind.UUID:
            return UUID(str(value))
        case Kind.DATE:
            return date.fromisoformat(str(value))
        case Kind.TIME:
            return time.fromisoformat(str(value))
        case Kind.DATETIME:
            return instant(str(value), type_.timezone if type_ is not None else True)
        case Kind.NUMBER if isinstance(value, Decimal):
            return float(value)
        case Kind.DECIMAL if isinstance(value, int):
            return Decimal(value)
        case _:
            return value


def instant(text: str, has_zone: bool) -> datetime:
    """The moment that a text names, in UTC."""
    found = datetime.fromisoformat(text)
    found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    return found if has_zone else found.replace(tzinfo=None)


def known(value: Any) -> Any:
    """The value, if it is one to reckon with."""
    if isinstance(value, KeyOf):
        raise OpenError(None)
    return value


def apart(one: Any, other: Any) -> timedelta:
    """How much later one time is than another, where it is by more than a test takes."""
    if not isinstance(one, Moment) or not isinstance(other, Moment):
        raise OpenError(None)
    length = one.since_now - other.since_now
    if abs(length) < (_DAYS if one.is_day else _A_WHILE):
        raise OpenError(None)
    return length


def ordered(ordering: Operator, one: Any, other: Any) -> bool:
    compare = ORDERINGS[ordering]
    if isinstance(one, Moment) or isinstance(other, Moment):
        return compare(apart(one, other), timedelta())
    if isinstance(known(one), str) or isinstance(known(other), str):  # databases order texts each in its own way
        raise OpenError(None)
    return compare(one, other)


def reckoned(arithmetic: Operator, one: Any, other: Any) -> Any:
    if one is None or other is None:
        return None
    if isinstance(known(one), Moment) and isinstance(other, timedelta):
        return Moment(_ARITHMETIC[arithmetic](one.since_now, other), one.is_day)
    if arithmetic in _ARITHMETIC:
        return _ARITHMETIC[arithmetic](one, known(other))
    if known(other) == 0:
        return None
    if not isinstance(one, int) or not isinstance(other, int):
        raise OpenError(None)
    quotient = abs(one) // abs(other) * (1 if (one < 0) == (other < 0) else -1)
    return quotient if arithmetic is Operator.DIVIDE else one - quotient * other


def called(function: Function, values: list[Any]) -> Any:
    if any(value is None for value in values):
        return False if function in _TEXT_TESTS else None
    match function, [known(value) for value in values]:
        case function, [str() as text, str() as part] if function in _TEXT_TESTS:
            return _TEXT_TESTS[function](text, part)
        case function, [str() as text] if function in _TEXT_FUNCTIONS:
            return _TEXT_FUNCTIONS[function](text)
        case Function.NUMBER, [int() | float() | Decimal() as number]:
            return float(number)
        case _:
            raise OpenError(None)


def aggregated(aggregate: Aggregate, items: list[Any], kind: Kind | None) -> Any:
    if aggregate is Aggregate.SIZE:
        return len(items)
    values = [known(item) for item in items if item is not None]
    if any(isinstance(value, Moment) for value in values) or aggregate is Aggregate.AVG:
        raise OpenError(None)
    match aggregate:
        case Aggregate.SUM:
            return sum(values, Decimal() if kind is Kind.DECIMAL else 0)
        case _ if any(isinstance(value, str) for value in values):
            raise OpenError(None)
        case Aggregate.MIN:
            return min(values, default=None)
        case _:
            return max(values, default=None)
