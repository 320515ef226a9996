"""Values that tests send: valid ones, and ones that break exactly one rule of a type."""

from __future__ import annotations

import random
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from decimal import Context, Decimal
from functools import cache
from itertools import chain, count, islice, takewhile

from rstr import Rstr

from bkgen.model.types import ArrayForm, Kind, ObjectForm, Type
from bkgen.patterns import occurs
from bkgen.render.literals import literal
from bkgen.resolve.types import MOST_DIGITS

_TRIES = 200
# As many rows of a table as a test can need, and more than the values of a type that a whole run can use up.
_MOST_IN_A_TEST = 8
_MOST_IN_A_RUN = 10_000
_EXACT = Context(prec=2 * MOST_DIGITS)


class NoSampleError(Exception):
    """No value was found that a type allows."""


def valid(type_: Type, word: str) -> object:
    """A JSON value that `type_` allows; texts begin with `word` where they may.

    Raises:
        NoSampleError: the constraints contradict each other, or a pattern is too odd to find a text for.
    """
    match type_.form:
        case ObjectForm(members=members):
            return {one.name: valid(one.type, one.attribute) for one in members}
        case ArrayForm(items=items, least=least):
            return [valid(items, word)] * max(least, 1)
    if type_.enum:
        return type_.enum[0]
    match type_.kind:
        case Kind.STRING:
            return _text(type_, word)
        case Kind.INTEGER:
            return int(_number(type_))
        case Kind.NUMBER | Kind.DECIMAL:
            return _in_json(type_, _number(type_))
        case Kind.EMAIL:
            return _fitting(f"{word}@example.com".lower().replace(" ", "-"), type_, "a@a.io")
        case Kind.URL:
            return _fitting("https://example.com/page", type_, "https://a.io")
        case Kind.BYTES:
            return _bytes(type_, 0)
        case Kind.DATETIME:
            return "2026-01-02T03:04:05Z" if type_.timezone else "2026-01-02T03:04:05"
        case kind:
            return _OTHERS[kind]


_OTHERS: dict[Kind, object] = {
    Kind.BOOLEAN: True,
    Kind.UUID: "00000000-0000-4000-8000-000000000001",  # another than `UNKNOWN_UUID`, which paths have
    Kind.DATE: "2026-01-02",
    Kind.TIME: "03:04:05",
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


def other_text(type_: Type, word: str) -> str:
    """A text that a type of endless ones allows, and that hardly any row has: `word` where that may be."""
    text = _text(replace(type_, pattern=None), word)
    if type_.pattern is None or occurs(type_.pattern, text):
        return text
    return max(_matches(type_.pattern, type_.min_length or 0, type_.max_length or 10_000), key=len)


def _matching(pattern: str, least: int, most: int) -> str:
    for text in _matches(pattern, least, most):
        return text
    raise NoSampleError(f"no text of {least} to {most} characters was found for the pattern {pattern}")


def _matches(pattern: str, least: int, most: int) -> Iterator[str]:
    maker = Rstr(random.Random(0))  # noqa: S311 (the same texts every time are the point)
    for _ in range(_TRIES):
        text = maker.xeger(pattern)
        if least <= len(text) <= most and text.isprintable():
            yield text


def _bytes(type_: Type, first: int) -> str:
    most = 3 if type_.max_length is None else min(3, type_.max_length)
    size = max(type_.min_length or 0, most)
    return b64encode((bytes([first, 1, 2]) + bytes(size))[:size]).decode()


def step_of(type_: Type) -> Decimal:
    """The least difference between two values of a numeric type."""
    if type_.multiple_of is not None:
        return Decimal(str(type_.multiple_of))
    if type_.kind is Kind.DECIMAL:
        return Decimal(1).scaleb(-(type_.scale or 0))
    return Decimal("0.01") if type_.kind is Kind.NUMBER else Decimal(1)


def _number(type_: Type) -> Decimal:
    step = step_of(type_)
    low, high = bounds(type_)
    # The smallest allowed number from 1 on, or else the allowed one nearest to it.
    number = max(Decimal(1), low)
    number = (number / step).to_integral_value(rounding="ROUND_CEILING") * step
    if number > high:
        number = (high / step).to_integral_value(rounding="ROUND_FLOOR") * step
    if not low <= number <= high:
        raise NoSampleError("no number is within the bounds")
    return number


def second_number(type_: Type) -> object:
    """A number that is not the one which `valid` gives; None where there is no other."""
    first, (low, high) = _number(type_), bounds(type_)
    second = first + step_of(type_) if first + step_of(type_) <= high else first - step_of(type_)
    return _in_json(type_, second) if second >= low else None


def _in_json(type_: Type, number: Decimal) -> object:
    if type_.kind is Kind.DECIMAL:
        return str(number.quantize(Decimal(1).scaleb(-(type_.scale or 0)), context=_EXACT))
    return int(number) if number == number.to_integral_value() else float(number)


def bounds(type_: Type) -> tuple[Decimal, Decimal]:
    """The least and greatest value of a numeric type, infinite where there is no bound."""
    step = step_of(type_)
    lows = [Decimal("-Infinity")]
    highs = [Decimal("Infinity")]
    if type_.precision is not None:
        highs.append(_EXACT.subtract(Decimal(10) ** (type_.precision - (type_.scale or 0)), step))
        lows.append(-highs[-1])
    if type_.minimum is not None:
        lows.append(Decimal(str(type_.minimum)))
    if type_.exclusive_minimum is not None:
        lows.append(Decimal(str(type_.exclusive_minimum)) + step)
    if type_.maximum is not None:
        highs.append(Decimal(str(type_.maximum)))
    if type_.exclusive_maximum is not None:
        highs.append(Decimal(str(type_.exclusive_maximum)) - step)
    return max(lows), min(highs)


@cache
def few(type_: Type) -> tuple[object, ...]:
    """All JSON values of a type, or as many as a test can need, where a run of all tests could use them up.

    Empty where there is no end of them: tests then make a new one each time.
    """
    return tuple(dict.fromkeys(islice(_enumerated(type_), _MOST_IN_A_TEST)))


def _enumerated(type_: Type) -> Iterator[object]:
    if type_.enum:
        return iter(type_.enum)
    match type_.kind:
        case Kind.BOOLEAN:
            return iter((True, False))
        case Kind.INTEGER | Kind.NUMBER | Kind.DECIMAL:
            return _numbers(type_)
        case Kind.STRING if type_.pattern is not None:
            found = list(_matches(type_.pattern, type_.min_length or 0, type_.max_length or 10_000))
            # Among so many, one that comes twice tells that there are not that many more.
            return iter(()) if len(set(found)) == len(found) else iter(dict.fromkeys(found))
        case Kind.STRING | Kind.EMAIL | Kind.URL:
            return _short_texts(type_)
        case Kind.TIME:
            return (f"03:04:{second:02}" for second in range(_MOST_IN_A_TEST))
        case Kind.BYTES:
            return (_bytes(type_, first) for first in range(_MOST_IN_A_TEST))
        case Kind.JSON | Kind.OBJECT | Kind.ANY if type_.form is None:
            return ({"key": number} for number in range(_MOST_IN_A_TEST))
        case _:
            return iter(())


# Shorter ones cannot hold what makes them distinct: a number of four digits behind a word.
_LONG_ENOUGH = {Kind.STRING: 4, Kind.EMAIL: 24, Kind.URL: 24}
_SHORT = {Kind.STRING: "{0}{0}{0}", Kind.EMAIL: "{0}@a.io", Kind.URL: "https://a.io/{0}"}


def _short_texts(type_: Type) -> Iterator[str]:
    if type_.max_length is None or type_.max_length >= _LONG_ENOUGH[type_.kind]:
        return iter(())
    return (_SHORT[type_.kind].format(letter)[: type_.max_length] for letter in "abcdefgh")


def _numbers(type_: Type) -> Iterator[object]:
    low, high = bounds(type_)
    if low <= 1 and high >= _MOST_IN_A_RUN and type_.multiple_of is None:
        return iter(())
    first, step = _number(type_), step_of(type_)
    upwards = takewhile(lambda number: number <= high, (first + step * place for place in count()))
    downwards = takewhile(lambda number: number >= low, (first - step * place for place in count(1)))
    return (_in_json(type_, number) for number in chain(upwards, downwards))


def invalid(type_: Type) -> object:
    """A JSON value that `type_` refuses; every type refuses this one or an array."""
    if isinstance(type_.form, ArrayForm):
        return {"not": "a value"}
    if type_.form is not None or type_.kind is Kind.OBJECT:
        return ["no", "object"]
    return {"not": "a value"} if type_.kind not in {Kind.JSON, Kind.ANY} else None


def too_long(type_: Type) -> str | None:
    """The Python expression of a text that is one character too long; None where any length is right."""
    if type_.kind is Kind.STRING and type_.max_length is not None and not type_.enum and not type_.pattern:
        return f"{literal('x')} * {type_.max_length + 1}"
    return None


def impossible(type_: Type) -> object | None:
    """A path segment that no value of `type_` looks like; None where any text is one."""
    if type_.enum:
        return "no-such-value"
    match type_.kind:
        case Kind.UUID:
            return "no-uuid"
        case Kind.INTEGER | Kind.NUMBER | Kind.DECIMAL | Kind.BOOLEAN | Kind.DATE | Kind.DATETIME | Kind.TIME:
            return f"no-{type_.kind}"
        case _:
            return None
