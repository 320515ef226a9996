"""Which values go together: what types expressions give, and what literals become beside other values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import assert_never

from bkgen.diagnostics import did_you_mean
from bkgen.model.expressions import (
    Binary,
    Conditional,
    Duration,
    Expression,
    Gives,
    ListOf,
    Literal,
    Name,
    Record,
    Records,
    Row,
    Rows,
    Value,
    Values,
)
from bkgen.model.types import ArrayForm, Kind, Type
from bkgen.resolve.defaults import constant_of
from bkgen.resolve.expressions.mistakes import MistakeError
from bkgen.resolve.texts import shown

NOW = "now"
ACTOR = "actor"
"""The variable that holds the present time; beside a date or a time without a zone it gives one of these."""

TEXTS = frozenset({Kind.STRING, Kind.EMAIL, Kind.URL})
NUMBERS = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.DECIMAL})
_WRITTEN = frozenset({Kind.UUID, Kind.DATE, Kind.TIME, Kind.DATETIME})
"""Kinds whose constants are written as strings."""

_OPAQUE = frozenset({Kind.BYTES, Kind.JSON, Kind.OBJECT, Kind.ANY, Kind.FILE})
ORDERED = TEXTS | NUMBERS | {Kind.DATE, Kind.TIME, Kind.DATETIME}

BOOLEAN = Value(Type(Kind.BOOLEAN))
INTEGER = Type(Kind.INTEGER, bits=64)
STRING = Type(Kind.STRING)


def described(gives: Gives) -> str:
    """What a finding calls something that gives this: `a string`, `rows of users`."""
    match gives:
        case Value(type=type_):
            if type_ is None:
                return "null"
            if isinstance(type_.form, ArrayForm):
                return "an array of a column"
            return f"{'an' if type_.kind[0] in 'aeio' else 'a'} {type_.kind}"
        case Duration():
            return "a duration"
        case Row(table=table):
            return f"a row of `{table}`"
        case Rows(table=table):
            return f"rows of `{table}`"
        case Values(item=item):
            return f"a list ({described(item)} each)"
        case Record():
            return "an object"
        case Records():
            return "a list of objects"
    assert_never(gives)


def or_null(gives: Gives) -> Gives:
    """The same, but it may be null; lists never are."""
    return replace(gives, nullable=True) if isinstance(gives, Value | Row | Record) else gives


def is_nullable(gives: Gives) -> bool:
    return isinstance(gives, Value | Row | Record) and gives.nullable


def kind_of(gives: Gives) -> Kind | None:
    """The kind of a single value; None for null and for all else."""
    return gives.type.kind if isinstance(gives, Value) and gives.type is not None else None


def adapted(expression: Expression, wanted: Type) -> Expression:
    """The expression where its literals, or `now`, stand for values of type `wanted`; raises where one cannot."""

    def inner(part: Expression) -> Expression:
        return adapted(part, wanted)

    match expression:
        case Literal(value=str() as text) if wanted.kind in _WRITTEN or wanted.enum:
            return _text(expression, text, wanted)
        case Literal(value=bool() | None | timedelta()):
            return expression
        case Literal(value=int() | Decimal() as number, gives=Value()) if wanted.kind in (Kind.NUMBER, Kind.DECIMAL):
            return replace(expression, value=Decimal(number), gives=Value(Type(wanted.kind)))
        case Name(name=name, gives=Value()) if name == NOW and wanted.kind in (Kind.DATE, Kind.DATETIME):
            return replace(expression, gives=Value(Type(wanted.kind, timezone=wanted.timezone)))
        case Binary(left=left, right=Literal(value=timedelta() as length), gives=Value() as gives):
            left = inner(left)
            if kind_of(left.gives) is Kind.DATE and length.seconds + length.microseconds > 0:
                raise MistakeError("BK805", expression.span, "a date moves by whole days", 'write `duration("7d")`')
            return replace(expression, left=left, gives=_same_type(gives, left))
        case Conditional(yes=yes, no=no, gives=Value() as gives):
            yes, no = inner(yes), inner(no)
            either = no if isinstance(yes.gives, Value) and yes.gives.type is None else yes
            return replace(expression, yes=yes, no=no, gives=_same_type(gives, either))
        case ListOf(items=items, gives=Values(item=item)):
            items = tuple(map(inner, items))
            return replace(expression, items=items, gives=Values(_same_type(item, items[0])))
        case _:
            return expression


def _same_type(gives: Value, like: Expression) -> Value:
    return replace(gives, type=like.gives.type) if isinstance(like.gives, Value) else gives


def _text(expression: Literal, text: str, wanted: Type) -> Expression:
    if wanted.kind in _WRITTEN and constant_of(wanted, text) is None:
        raise MistakeError("BK807", expression.span, f"{shown(text)} is no {wanted.kind}", _EXAMPLES[wanted.kind])
    if wanted.enum and text not in wanted.enum:
        message = f"{shown(text)} is none of the values that this can have"
        fix = did_you_mean(text, wanted.enum) or f"one of: {', '.join(map(shown, wanted.enum))}"
        raise MistakeError("BK807", expression.span, message, fix)
    return replace(expression, gives=Value(wanted))


_EXAMPLES = {
    Kind.UUID: 'such as "0b9b1b36-9c5e-4c0a-8f0e-3d6c4ef0a111"',
    Kind.DATE: 'such as "2026-01-31"',
    Kind.TIME: 'such as "09:30:00"',
    Kind.DATETIME: 'such as "2026-01-31T09:30:00Z"',
}


def paired(left: Expression, right: Expression, place: Callable[[], MistakeError]) -> tuple[Expression, Expression]:
    """Two values side by side, literals adapted to what they stand beside; raises `place()` if they do not match."""
    if (there := _type(right)) is not None:
        left = adapted(left, there)
    if (there := _type(left)) is not None:
        right = adapted(right, there)
    if not _match(left.gives, right.gives):
        raise place()
    return left, right


def _type(expression: Expression) -> Type | None:
    match expression.gives:
        case Value(type=found) | Values(item=Value(type=found)):
            return found
        case _:
            return None


def _match(left: Gives, right: Gives) -> bool:
    if isinstance(right, Values):
        right = right.item
    if isinstance(left, Value) and isinstance(right, Value):
        return left.type is None or right.type is None or unified(left.type, right.type) is not None
    nulls = [gives for gives in (left, right) if isinstance(gives, Value) and gives.type is None]
    return bool(nulls) and all(isinstance(gives, Value | Row | Record) for gives in (left, right))


def unified(left: Type, right: Type) -> Type | None:
    """The type that holds the values of both; None where none does without loss."""
    kinds = {left.kind, right.kind}
    if kinds <= TEXTS:
        return left if left == right else STRING
    if kinds <= NUMBERS:
        if Kind.DECIMAL in kinds:
            return None if Kind.NUMBER in kinds else Type(Kind.DECIMAL)
        return Type(Kind.NUMBER) if Kind.NUMBER in kinds else INTEGER
    if kinds & _OPAQUE or left.kind is not right.kind:
        return None
    has_zone = left.kind in (Kind.DATETIME, Kind.TIME)
    return left if not has_zone or left.timezone == right.timezone else None
