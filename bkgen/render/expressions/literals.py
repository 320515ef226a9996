"""Literals of expressions as Python source text, all of it by way of `bkgen.render.literals`."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from bkgen.model.expressions import Literal, Value
from bkgen.model.types import Kind
from bkgen.render.columns import moment
from bkgen.render.expressions.code import Code, Level
from bkgen.render.literals import literal


def constant(expression: Literal) -> Code:
    value = expression.value
    type_ = expression.gives.type if isinstance(expression.gives, Value) else None
    match type_.kind if type_ is not None else None:
        case Kind.UUID:
            return Code(f"UUID({literal(value)})")
        case Kind.DATE | Kind.TIME | Kind.DATETIME if type_ is not None:
            return Code(moment(type_, str(value)))
        case _ if isinstance(value, timedelta):
            return Code(duration(value))
        case Kind.NUMBER if isinstance(value, Decimal):
            return _number(literal(float(value)))
        case Kind.DECIMAL if isinstance(value, int | Decimal):
            return Code(literal(Decimal(value)))
        case _:
            return _number(literal(value))


def _number(text: str) -> Code:
    return Code(text, Level.SIGN if text.startswith("-") else Level.ATOM)


def duration(length: timedelta) -> str:
    """In the largest units that leave no rest: `timedelta(days=7)`, `timedelta(minutes=15)`."""
    rest = round(length / timedelta(milliseconds=1))
    parts = []
    for unit, size in (("days", 86_400_000), ("hours", 3_600_000), ("minutes", 60_000), ("seconds", 1000)):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{unit}={count}")
    if rest or not parts:
        parts.append(f"milliseconds={rest}")
    return f"timedelta({', '.join(parts)})"
