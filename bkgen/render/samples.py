"""Values that tests send: valid ones, and ones that break exactly one rule of a type."""

from __future__ import annotations

import random
from decimal import Context, Decimal

from rstr import Rstr

from bkgen.model.types import Kind, Type
from bkgen.render.literals import literal
from bkgen.resolve.types import MOST_DIGITS

_TRIES = 200
_EXACT = Context(prec=2 * MOST_DIGITS)


class NoSampleError(Exception):
    """No value was found that a type allows."""


def valid(type_: Type, word: str) -> object:
    """A JSON value that `type_` allows; texts begin with `word` where they may.

    Raises:
        NoSampleError: the constraints contradict each other, or a pattern is too odd to find a text for.
    """
    if type_.enum:
        return type_.enum[0]
    match type_.kind:
        case Kind.STRING:
            return _text(type_, word)
        case Kind.INTEGER:
            return int(_number(type_, Decimal(1)))
        case Kind.NUMBER:
            number = _number(type_, Decimal("0.01"))
            return int(number) if number == number.to_integral_value() else float(number)
        case Kind.DECIMAL:
            step = Decimal(1).scaleb(-(type_.scale or 0))
            return str(_number(type_, step).quantize(step, context=_EXACT))
        case Kind.EMAIL:
            return _fitting(f"{word}@example.com".lower().replace(" ", "-"), type_, "a@example.com")
        case Kind.URL:
            return _fitting("https://example.com/page", type_, "https://a.io")
        case Kind.DATETIME:
            return "2026-01-02T03:04:05Z" if type_.timezone else "2026-01-02T03:04:05"
        case kind:
            return _OTHERS[kind]


_OTHERS: dict[Kind, object] = {
    Kind.BOOLEAN: True,
    Kind.UUID: "00000000-0000-4000-8000-000000000000",
    Kind.DATE: "2026-01-02",
    Kind.TIME: "03:04:05",
    Kind.BYTES: "AAEC",
    Kind.JSON: {"key": "value"},
    Kind.OBJECT: {"key": "value"},
    Kind.ANY: {"key": "value"},
}


def _fitting(text: str, type_: Type, shorter: str) -> str:
    return text if type_.max_length is None or len(text) <= type_.max_length else shorter


def _text(type_: Type, word: str) -> str:
    least, most = type_.min_length or 0, type_.max_length if type_.max_length is not None else 10_000
    if least > most:
        raise NoSampleError(f"minLength {least} is more than maxLength {most}")
    if type_.pattern is not None:
        return _matching(type_.pattern, least, most)
    text = word[:most]
    return text + "x" * (least - len(text))


def _matching(pattern: str, least: int, most: int) -> str:
    maker = Rstr(random.Random(0))  # noqa: S311 (the same text every time is the point)
    for _ in range(_TRIES):
        text = maker.xeger(pattern)
        if least <= len(text) <= most and text.isprintable():
            return text
    raise NoSampleError(f"no text of {least} to {most} characters was found for the pattern {pattern}")


def _number(type_: Type, step: Decimal) -> Decimal:
    if type_.multiple_of is not None:
        step = Decimal(str(type_.multiple_of))
    low, high = bounds(type_, step)
    # The smallest allowed number from 1 on, or else the allowed one nearest to it.
    number = max(Decimal(1), low)
    number = (number / step).to_integral_value(rounding="ROUND_CEILING") * step
    if number > high:
        number = (high / step).to_integral_value(rounding="ROUND_FLOOR") * step
    if not low <= number <= high:
        raise NoSampleError("no number is within the bounds")
    return number


def bounds(type_: Type, step: Decimal) -> tuple[Decimal, Decimal]:
    """The least and greatest value of a numeric type, infinite where there is no bound."""
    lows = [Decimal("-Infinity")]
    highs = [Decimal("Infinity")]
    if type_.minimum is not None:
        lows.append(Decimal(str(type_.minimum)))
    if type_.exclusive_minimum is not None:
        lows.append(Decimal(str(type_.exclusive_minimum)) + step)
    if type_.maximum is not None:
        highs.append(Decimal(str(type_.maximum)))
    if type_.exclusive_maximum is not None:
        highs.append(Decimal(str(type_.exclusive_maximum)) - step)
    return max(lows), min(highs)


def invalid(type_: Type) -> object:
    """A JSON value that `type_` refuses; every type refuses this one or an array."""
    return {"not": "a value"} if type_.kind not in {Kind.JSON, Kind.OBJECT, Kind.ANY} else None


def too_long(type_: Type) -> str | None:
    """The Python expression of a text that is one character too long; None where any length is right."""
    if type_.kind is Kind.STRING and type_.max_length is not None and not type_.enum and not type_.pattern:
        return f"{literal('x')} * {type_.max_length + 1}"
    return None


def impossible(type_: Type) -> object | None:
    """A path segment that no value of `type_` looks like; None where any text is one."""
    match type_.kind:
        case Kind.UUID:
            return "no-uuid"
        case Kind.INTEGER | Kind.NUMBER | Kind.DECIMAL | Kind.BOOLEAN | Kind.DATE | Kind.DATETIME | Kind.TIME:
            return f"no-{type_.kind}"
        case _:
            return None
