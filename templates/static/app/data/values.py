"""Values of single columns: any, or one that no other row has."""

import re
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from math import ceil, floor
from random import Random
from typing import Annotated, Any, Literal, get_args, get_origin
from uuid import UUID

from pydantic import Field, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from rstr import Rstr
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Enum,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Text,
    Time,
    Uuid,
)
from sqlalchemy.types import TypeEngine

from app.data.kinds import kind, python_type
from app.data.numbers import MASK, mixed
from app.data.words import Words, kind_of

TRIES = 1_000  # for texts that have to have a form, beside two for each row
LAST_DAY = date(2025, 12, 31)
MANY = 100_000
DAYS = 36_500  # before that
# What numbers are about, by what columns end with, and what is usual: the least and the most.
USUAL = {
    "price cost amount fee salary total subtotal balance budget value": (1, 500),
    "quantity qty stock count seats copies": (1, 100),
    "rating stars grade": (1, 5),
    "percent percentage discount": (0, 100),
    "age": (18, 90),
    "year": (1950, 2025),
    "latitude lat": (-90, 90),
    "longitude lng lon": (-180, 180),
}


class NoValue(Exception):
    """There is no value that the rules of a column allow; its text says of which."""


@dataclass(frozen=True)
class Values:
    """The values of a column.

    `size` is how many different ones there are, `numbered` gives each of them, and `some` as many as
    asked for, the same ones again and again.
    """

    size: int
    numbered: Callable[[int], Any]
    some: Callable[[Random, int], list[Any]]


def values_of(column: Column[Any], field: FieldInfo, words: Words, salt: int, rows: int) -> Values:
    """The values of a column, of which `field` says what is allowed.

    Patterns are tried until there are different texts for so many rows, if there are.

    Raises:
        NoValue: nothing is.
    """
    match kind(column):
        case Enum(enums=choices):
            return _choices(list(choices), column)
        case Boolean():
            return _choices([False, True], column)
        case Uuid():
            return _plain(MASK, lambda number: _uuid(number, salt))
        case DateTime(timezone=has_zone):
            end = datetime.combine(LAST_DAY, time(23, 59, 59, tzinfo=UTC if has_zone else None))
            return _plain(DAYS * 86_400, lambda number: end - timedelta(seconds=number))
        case Date():
            return _plain(DAYS, lambda number: LAST_DAY - timedelta(days=number))
        case Time():
            return _plain(
                86_400, lambda number: time(number // 3600, number // 60 % 60, number % 60)
            )
        case LargeBinary():
            return _bytes(field)
        case Integer() | Float() | Numeric():
            return _numbers(column, field)
        case JSON() if (items := _items(field)) is not None:
            return _arrays(items, column, field, words, salt, rows)
        case JSON():
            return _plain(
                MASK, lambda number: {"number": number, "note": words.some("sentence")[number % 20]}
            )
    return _texts(column, field, words, salt, rows)


def _plain(size: int, numbered: Callable[[int], Any]) -> Values:
    """Values of which any is as good as any other."""
    most = min(size, 2**32)
    return Values(
        size,
        numbered,
        lambda random, count: [numbered(random.randrange(most)) for _ in range(count)],
    )


def _choices(choices: list[Any], column: Column[Any]) -> Values:
    """One of a few: most rows have the default, or else the first ones."""
    default: Any = column.default
    usual = default.arg if default is not None and default.is_scalar else None
    weights = [8 if one == usual else 2 / (place + 1) for place, one in enumerate(choices)]
    return Values(
        len(choices),
        choices.__getitem__,
        lambda random, count: random.choices(choices, weights, k=count),
    )


def _items(field: FieldInfo) -> FieldInfo | None:
    """What the items of an array may be; None where it is none."""
    choices = (field.annotation, *get_args(field.annotation))  # it may be null
    found = (get_args(one)[0] for one in choices if get_origin(one) is list)
    return next(map(FieldInfo.from_annotation, found), None)


def _arrays(
    items: FieldInfo,
    column: Column[Any],
    field: FieldInfo,
    words: Words,
    salt: int,
    rows: int,
) -> Values:
    """Arrays of a few items, each of which is there once where there are enough of them."""
    limits = _limits(field)
    least = limits.get("min_length") or 0
    most = min(limits["max_length"], max(least, 3))
    item = Column(column.key, _stored(items.annotation))
    Table(column.table.name, MetaData(), item)
    values = values_of(item, items, words, salt, rows)

    def some(random: Random) -> list[Any]:
        found = values.some(random, random.randint(least, most))
        once = list(dict.fromkeys(found))
        return once if len(once) >= least else found

    return Values(
        values.size,
        lambda number: [values.numbered((number + one) % values.size) for one in range(most)],
        lambda random, count: [some(random) for _ in range(count)],
    )


def _stored(item: Any) -> TypeEngine[Any]:
    """The type of a column that holds such an item."""
    if get_origin(item) is Literal:
        return Enum(*get_args(item), native_enum=False)
    types: dict[Any, TypeEngine[Any]] = {bool: Boolean(), int: Integer(), float: Double()}
    return types.get(item, Text())


def _uuid(number: int, salt: int) -> UUID:
    return UUID(int=mixed(number, salt) << 64 | mixed(number, ~salt & MASK), version=4)


def _limits(field: FieldInfo) -> dict[str, Any]:
    """`ge`, `max_length` and the like, as the field has them."""
    names = ("ge", "gt", "le", "lt", "multiple_of", "min_length", "max_length", "pattern")
    marks = [
        one for one in field.metadata for name in names if getattr(one, name, None) is not None
    ]
    return {name: getattr(one, name) for one in marks for name in names if hasattr(one, name)}


def _bytes(field: FieldInfo) -> Values:
    limits = _limits(field)
    length = min(max(limits.get("min_length") or 0, 16), limits.get("max_length") or 16)
    size = min(256**length, MASK)
    return _plain(size, lambda number: number.to_bytes(8, "big").rjust(length, b"\0")[-length:])


def _numbers(column: Column[Any], field: FieldInfo) -> Values:
    """Numbers from 1 on, or from the least one; usually those that the name of the column speaks of."""
    limits, type_ = _limits(field), python_type(column)
    scale = 2 if type_ is float else getattr(kind(column), "scale", None) or 0
    step = Decimal(str(limits.get("multiple_of") or Decimal(1).scaleb(-scale)))
    low, high = _bounds(limits, column, step)
    first, last = ceil(low / step), floor(high / step)
    if first > last:
        raise NoValue
    begin = 1 if first <= 1 and last >= MANY else first
    usual = next(
        (one for words, one in USUAL.items() if column.key.split("_")[-1] in words.split()),
        (0, 1000),
    )
    least, most = ceil(usual[0] / step), floor(usual[1] / step)
    if most < first or least > last:
        least, most = first, last
    least, most = max(least, first), min(most, last)

    def numbered(number: int) -> Any:
        return _as(type_, number * step)

    return Values(
        last - begin + 1,
        lambda number: numbered(begin + number),
        lambda random, count: [numbered(random.randint(least, most)) for _ in range(count)],
    )


def _as(type_: type[Any], number: Decimal) -> Any:
    return number if type_ is Decimal else type_(number)


def _bounds(limits: dict[str, Any], column: Column[Any], step: Decimal) -> tuple[Decimal, Decimal]:
    own: Any = kind(column)
    most = Decimal(10) ** 12
    if isinstance(own, Numeric) and own.precision:
        most = Decimal(10) ** (own.precision - (own.scale or 0)) - step
    lows, highs = [-most], [most]
    for name, found, inward in (
        ("ge", lows, 0),
        ("gt", lows, step),
        ("le", highs, 0),
        ("lt", highs, -step),
    ):
        if limits.get(name) is not None:
            found.append(Decimal(str(limits[name])) + inward)
    return max(lows), min(highs)


def _texts(column: Column[Any], field: FieldInfo, words: Words, salt: int, rows: int) -> Values:
    form = _Form(column, field, words, salt)
    some = [text for one in form.words if (text := form.allowed(form.style(one, ""))) is not None]
    for numbered, size in form.ways():
        samples = range(0, min(size, 100_000), max(1, min(size, 100_000) // 20))
        if all(form.allowed(numbered(one)) == numbered(one) for one in samples):
            return _again(size, numbered, some or [numbered(one) for one in range(min(size, 100))])
    listed = form.listed(rows)
    if not some and not listed:
        raise NoValue
    return _again(len(listed), listed.__getitem__, some or listed[:400])


def _again(size: int, numbered: Callable[[int], Any], some: list[Any]) -> Values:
    """Values of which many rows have the same."""
    return Values(size, numbered, lambda random, count: random.choices(some, k=count))


class _Form:
    """What the texts of a column look like: words, or an address made of some."""

    def __init__(self, column: Column[Any], field: FieldInfo, words: Words, salt: int) -> None:
        limits = _limits(field)
        self._least: int = limits.get("min_length") or 0
        self._most: int = limits.get("max_length") or 10_000
        annotation: Any = Annotated[(field.annotation, Field(), *field.metadata)]
        self._adapter = TypeAdapter[Any](annotation)
        self._salt = salt
        self._pattern: str | None = limits.get("pattern")
        name = column.key.split("_")
        table = re.split(r"[\W_]+", str(column.table.name).lower())
        own = kind_of(table, name, self._most > 1000)
        styles = [(self._plain, own), (self._email, "username"), (self._url, "slug")]
        if name[-1] in ("email", "mail"):
            styles.insert(0, styles.pop(1))
        for self.style, own in styles:
            self.words = words.some(own)
            if self.allowed(self.style(self.words[0], "1")) is not None:
                break

    def allowed(self, text: str) -> str | None:
        """The text as it is stored; None where it is not allowed."""
        try:
            found: str = self._adapter.validate_python(text)
        except ValidationError:
            return None
        return found

    def ways(self) -> Iterator[tuple[Callable[[int], str], int]]:
        """Ways to make as many different texts as are said, the nicest first."""
        if self._most >= len(self.style("", "1234567890")) + 3:
            yield self._with_number, 10**9
        for letters in (string.digits, string.ascii_lowercase, string.ascii_uppercase):
            for length in range(min(self._most, 12), max(self._least, 1) - 1, -1):
                yield partial(_counted, letters, length), min(len(letters) ** length, 10**15)

    def listed(self, rows: int) -> list[str]:
        """Different texts that match the pattern, for so many rows where there are enough."""
        if self._pattern is None:
            return []
        maker = Rstr(Random(self._salt))  # noqa: S311 (the same texts every time are the point)
        found: dict[str, None] = {}
        for _ in range(TRIES + 2 * rows):
            text = maker.xeger(self._pattern)
            if text.isprintable() and self.allowed(text) == text:
                found[text] = None
            if len(found) == rows:
                break
        return list(found)

    def _with_number(self, number: int) -> str:
        word = self.words[mixed(number, self._salt) % len(self.words)]
        return self.style(word.rstrip(string.digits), str(number + 1))

    def _plain(self, word: str, number: str) -> str:
        if not number:
            return _cut(word, self._least, self._most)
        separator = next((one for one in " -_" if one in word), "" if word.islower() else " ")
        ending = f"{separator}{number}"
        word = _cut(word, self._least - len(ending), max(1, self._most - len(ending)))
        return word.rstrip(string.digits) + ending

    def _email(self, word: str, number: str) -> str:
        ending = f"{number}@example.com"
        return word.replace("_", ".")[: max(1, self._most - len(ending))].rstrip(".") + ending

    def _url(self, word: str, number: str) -> str:
        ending = f"-{number}" if number else ""
        return f"https://example.com/{word}"[: max(21, self._most - len(ending))] + ending


def _cut(text: str, least: int, most: int) -> str:
    """As many of its words as fit; or more, where they are too few."""
    while len(text) < least:
        text = f"{text} {text}"
    if len(text) > most:
        whole = text[: most + 1].rpartition(" ")[0]
        text = whole if len(whole) >= least and whole else text[:most]
    return text.strip()


def _counted(letters: str, length: int, number: int) -> str:
    """The number in so many letters."""
    text = ""
    for _ in range(length):
        number, place = divmod(number, len(letters))
        text = letters[place] + text
    return text
