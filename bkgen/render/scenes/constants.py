"""Values worth trying in a column: those that a condition names, those beside them, and ordinary ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

from bkgen.model.expressions import Call, Expression, Function, Literal
from bkgen.model.types import Kind, Type
from bkgen.patterns import occurs
from bkgen.render import samples
from bkgen.render.scenes.operations import constant, instant
from bkgen.render.scenes.world import Absent, Cell, KeyOf, Moment, World
from bkgen.resolve.defaults import constant_of
from bkgen.resolve.expressions.kinds import NUMBERS, TEXTS
from bkgen.resolve.expressions.parts import walk

_DAY = timedelta(days=1)
_LONGEST_TEXT = 200
_FORMS = {Kind.EMAIL: re.compile(r"[^@\s]+@[^@\s]+\.[a-z]+"), Kind.URL: re.compile(r"https?://\S+")}


@dataclass(frozen=True)
class Constants:
    """The literals of conditions.

    Attributes:
        values: those of them that are no truth value, and not null.
        measured: whether the length of a text matters.
    """

    values: tuple[Any, ...]
    measured: bool

    @classmethod
    def of(cls, conditions: Iterable[Expression]) -> Constants:
        parts = [part for condition in conditions for part in walk(condition)]
        values = [constant(part) for part in parts if isinstance(part, Literal)]
        measured = any(isinstance(part, Call) and part.function is Function.SIZE for part in parts)
        return cls(_told_apart(values), measured)

    def and_those_of(self, world: World) -> Constants:
        """These and what is in the rows and the request already."""
        return replace(self, values=_told_apart([*self.values, *world.cells.values(), *world.given.values()]))

    def few(self) -> list[int]:
        """How many rows are worth trying where there can be any number."""
        near = {number + step for number in self._all(int) for step in (-1, 0, 1) if 2 <= number <= 5}
        return sorted({0, 1, 2, 3} | near)

    def fitting(self, type_: Type, word: str) -> list[Cell]:
        """Values of a type; none where only the backend can make one."""
        return list(dict.fromkeys(self._candidates(type_, word)))

    def _candidates(self, type_: Type, word: str) -> Iterator[Cell]:
        if type_.enum:
            yield from type_.enum
            return
        match type_.kind:
            case Kind.BOOLEAN:
                yield from (True, False)
            case kind if kind in TEXTS:
                yield from (text for text in self._texts(type_, word) if _is_text(type_, text))
            case kind if kind in NUMBERS:
                yield from self._numbers(type_, word)
            case Kind.UUID:
                yield from [*self._all(UUID), UUID(str(samples.valid(type_, word)))]
            case Kind.DATETIME:
                known = [found for found in self._all(datetime) if (found.tzinfo is not None) is type_.timezone]
                yield from (Moment(length) for length in _around(self._lengths(), _DAY))
                yield from _around([*known, instant("2026-01-02T03:04:05Z", type_.timezone)], _DAY)
            case Kind.DATE:
                yield from (Moment(length, is_day=True) for length in _around(self._lengths(), 2 * _DAY))
                days = [found for found in self._all(date) if not isinstance(found, datetime)]
                yield from _around([*days, date(2026, 1, 2)], _DAY)
            case Kind.TIME if not type_.timezone:
                yield from [*self._all(time), time(3, 4, 5), time(0), time(23, 59, 59)]

    def _all(self, kind: type) -> list[Any]:
        return [value for value in self.values if isinstance(value, kind)]

    def _lengths(self) -> list[timedelta]:
        """Distances from now: both ways, for it is not said which."""
        lengths = self._all(timedelta)
        return [timedelta(), *lengths, *(-length for length in lengths)]

    def _texts(self, type_: Type, word: str) -> Iterator[str]:
        yield from self._all(str)
        try:
            yield str(samples.valid(type_, word))
            yield str(samples.valid(type_, f"other {word}"))
        except samples.NoSampleError:
            return
        if self.measured:
            yield ""
            for length in self._all(int):
                yield from ("x" * most for most in (length - 1, length, length + 1) if 0 < most <= _LONGEST_TEXT)

    def _numbers(self, type_: Type, word: str) -> Iterator[Cell]:
        known = [Decimal(str(value)) for kind in (int, float, Decimal) for value in self._all(kind)]
        near = [number + step for number in known for step in (0, 1, -1)]
        try:
            near.append(Decimal(str(samples.valid(type_, word))))
        except samples.NoSampleError:
            return
        low, high = samples.bounds(type_)
        for number in [*near, *map(Decimal, (0, 1, 2, 100))]:
            step = type_.multiple_of
            found = constant_of(type_, _plain(number))
            if found is None or not low <= number <= high or (step is not None and number % Decimal(str(step))):
                continue
            yield Decimal(str(found)) if type_.kind is Kind.DECIMAL else found


def _told_apart(values: list[Any]) -> tuple[Any, ...]:
    """The values of which there are many, each once; True would be the same as 1."""
    return tuple(
        dict.fromkeys(value for value in values if not isinstance(value, bool | KeyOf | Moment | Absent | None))
    )


def _plain(number: Decimal) -> int | float | str:
    return int(number) if number == number.to_integral_value() else str(number)


def _is_text(type_: Type, text: str) -> bool:
    if constant_of(type_, text) is None or "\x00" in text:
        return False
    if type_.kind in _FORMS and not _FORMS[type_.kind].fullmatch(text):
        return False
    return type_.pattern is None or occurs(type_.pattern, text)


def _around(places: list[Any], margin: timedelta) -> Iterator[Any]:
    """Times between others, before and after them."""
    known = sorted(set(places))
    yield from (one + (other - one) / 2 for one, other in pairwise(known))
    yield from (place - margin for place in reversed(known))
    yield from (place + margin for place in known)
