"""How the values of a column come from one type to another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto

_TYPE = re.compile(
    r"(varchar|text|bytes|smallint|integer|bigint|decimal|double|boolean|uuid|date|time|timestamp|timestamptz|json|file|document)"
    r"(?:\((\d+)(?:,(\d+))?\))?"
)
_DIGITS = {"smallint": 5, "integer": 10, "bigint": 19}
BITS = {"smallint": 16, "integer": 32, "bigint": 64}
_EXACT = 18
"""Digits of a decimal that SQLite reckons with exactly, as an integer."""
_INTEGERS = tuple(_DIGITS)
_MOMENTS = ("timestamp", "timestamptz")
# The longest text that a value of these becomes.
_WIDTHS = {"smallint": 6, "integer": 11, "bigint": 20, "boolean": 5, "uuid": 36, "date": 10}
_DASHES = " || '-' || ".join(f"substr({{0}}, {start}, {count})" for start, count in ((1, 8), (9, 4), (13, 4), (17, 4)))


class Effect(Enum):
    """What a change of type does to the values."""

    SAME = auto()  # the database makes no difference between both
    ALL = auto()  # keeps every value
    FEWER = auto()  # loses those that do not fit
    ANEW = auto()  # has no way for any


@dataclass(frozen=True, slots=True)
class Conversion:
    """A way from one type to another.

    Attributes:
        cut: the SQL that makes values fit beforehand, of which `{0}` is the column; empty for none.
        using: what PostgreSQL is told of the way, likewise; empty where it knows one.
        misfits: the condition on values that do not fit, likewise: they stop the others, and SQLite has to be told.
        sqlite, mariadb: what values of these need afterwards, likewise.
        rounds: whether it is to numbers of fewer digits behind the point.
        moves: whether the values have to go by a second column, `using`, `sqlite` or `mariadb` being what they become.
    """

    effect: Effect
    cut: str = ""
    using: str = ""
    misfits: str = ""
    sqlite: str = ""
    mariadb: str = ""
    rounds: bool = False
    moves: bool = False


_POSTGRESQL = {"double": "double precision"}
_SQLITE = {
    **dict.fromkeys(_INTEGERS, "CAST({0} AS INTEGER)"),
    "double": "CAST({0} AS REAL)",
    "boolean": "CASE {0} WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE {0} END",
    "uuid": "replace({0}, '-', '')",
    "date": "substr({0}, 1, 10)",
}
_MARIADB = {
    **dict.fromkeys(_INTEGERS, "CAST({0} AS SIGNED)"),
    "decimal": "CAST({0} AS DECIMAL(65, 30))",
    "double": "CAST({0} AS DOUBLE)",
    "boolean": "CASE {0} WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE {0} END",
}
_ALL = Conversion(Effect.ALL)
_ANEW = Conversion(Effect.ANEW)


def parsed(type_: str) -> tuple[str, tuple[int, ...]]:
    """The name and the numbers of a type; raises ValueError."""
    found = _TYPE.fullmatch(type_)
    if found is None:
        raise ValueError(f"no type: {type_}")
    return found[1], tuple(int(number) for number in found.groups()[1:] if number is not None)


def way_back(before: str, after: str) -> Conversion:
    """The way from one type to another one that the values had before: it is there for all that came the other way."""
    way = conversion(before, after)
    if conversion(after, before).effect is Effect.ANEW:
        return _ANEW
    if way.effect is not Effect.ANEW:
        return way
    (old, _), (new, _) = parsed(before), parsed(after)
    if old in _INTEGERS and new == "boolean":
        return Conversion(Effect.ALL, using="{0} <> 0", sqlite="{0} <> 0", mariadb="{0} <> 0", moves=True)
    given = "({0} AT TIME ZONE 'UTC')" if old == "timestamptz" else "{0}"
    using = f"{given}::{_POSTGRESQL.get(new, after)}"
    sqlite, mariadb = _SQLITE.get(new, "{0}"), _MARIADB.get(new, "{0}")
    return Conversion(Effect.ALL, using=using, sqlite=sqlite, mariadb=mariadb, moves=True)


def conversion(before: str, after: str) -> Conversion:
    """The way from one type to another one."""
    (old, given), (new, wanted) = parsed(before), parsed(after)
    match old, new:
        case "bytes", "bytes":
            return Conversion(Effect.SAME)
        case "varchar" | "text", "varchar" | "text":
            if not wanted or (given and given <= wanted):
                return _ALL
            most = wanted[0]
            return Conversion(Effect.FEWER, cut=f"substr({{0}}, 1, {most})", misfits=f"length({{0}}) > {most}")
        case ("smallint" | "integer" | "bigint"), ("smallint" | "integer" | "bigint"):
            limit = 2 ** (BITS[new] - 1)
            misfits = f"{{0}} NOT BETWEEN {-limit} AND {limit - 1}"
            return _ALL if BITS[old] <= BITS[new] else Conversion(Effect.FEWER, misfits=misfits)
        case ("smallint" | "integer" | "bigint"), "decimal":
            zeros = _zeros(0, wanted[1] if wanted else 0)
            if not wanted or wanted[0] - wanted[1] >= _DIGITS[old]:
                return Conversion(Effect.ALL, sqlite=zeros)
            return Conversion(Effect.FEWER, misfits=_too_large(wanted, 0), sqlite=zeros)
        case ("smallint" | "integer"), "double":
            return _ALL
        case "decimal", "decimal":
            return _between_decimals(given, wanted)
        case "boolean", "integer" | "bigint":
            return Conversion(Effect.ALL, using="{0}::integer")
        case "date", "timestamp" | "timestamptz":
            zone = " AT TIME ZONE 'UTC'" if new == "timestamptz" else ""
            using, sqlite = f"{{0}}::timestamp{zone}", "{0} || ' 00:00:00.000000'"
            return Conversion(Effect.ALL, using=using, sqlite=sqlite, mariadb="{0}", moves=True)
        case ("timestamp", "timestamptz") | ("timestamptz", "timestamp"):
            return Conversion(Effect.ALL, using="{0} AT TIME ZONE 'UTC'")
        case _, "varchar" | "text":
            return _to_text(old, given, wanted)
        case _:
            return _ANEW


def _between_decimals(given: tuple[int, ...], wanted: tuple[int, ...]) -> Conversion:
    if not wanted:
        return _ALL
    if given and wanted[1] >= given[1] and wanted[0] - wanted[1] >= given[0] - given[1]:
        return Conversion(Effect.ALL, sqlite=_zeros(given[1], wanted[1]))
    misfits = _too_large(wanted, given[1] if given else None)
    if given and wanted[1] >= given[1]:
        return Conversion(Effect.FEWER, misfits=misfits, sqlite=_zeros(given[1], wanted[1]))
    if not given:
        return Conversion(Effect.FEWER, misfits=misfits, sqlite=f"printf('%.{wanted[1]}f', {{0}})", rounds=True)
    if given[0] > _EXACT:
        return Conversion(Effect.FEWER, misfits=misfits, sqlite=_cut(given[1], wanted[1]), rounds=True)
    digits, step = "CAST(replace({0}, '.', '') AS INTEGER)", 10 ** (given[1] - wanted[1])
    rounded = f"(abs({digits}) + {step // 2}) / {step}"
    sqlite = _decimal(rounded, f"{digits} < 0", wanted[1])
    return Conversion(Effect.FEWER, misfits=misfits, sqlite=sqlite, rounds=True)


def _too_large(wanted: tuple[int, ...], scale: int | None) -> str:
    """The condition on numbers that are too large once they are rounded; of `scale` digits behind the point, or any."""
    limit = Decimal(10) ** (wanted[0] - wanted[1])
    if scale is None or scale > wanted[1]:
        limit -= Decimal(5).scaleb(-wanted[1] - 1)
    return f"abs({{0}}) >= {limit:f}"


def _decimal(digits: str, is_negative: str, scale: int) -> str:
    """SQLite's expression of a decimal text that has these digits, of which `scale` are behind the point."""
    sign = f"substr('-', 1, {is_negative} AND {digits} > 0)"
    if scale == 0:
        return f"{sign} || ({digits})"
    return f"{sign} || ({digits} / {10**scale}) || printf('.%0{scale}d', {digits} % {10**scale})"


def _cut(present: int, wanted: int) -> str:
    """SQLite's expression of a decimal text with fewer digits behind the point, which it could not round exactly."""
    return f"substr({{0}}, 1, length({{0}}) - {present - wanted + (wanted == 0)})"


def _zeros(present: int, wanted: int) -> str:
    """SQLite's expression of a decimal text with more digits behind the point: equal numbers have equal texts."""
    if wanted == present:
        return ""
    return f"{{0}} || '{'.' if present == 0 else ''}{'0' * (wanted - present)}'"


def _to_text(old: str, given: tuple[int, ...], wanted: tuple[int, ...]) -> Conversion:
    fits = not wanted or wanted[0] >= _WIDTHS.get(old, wanted[0] + 1)
    if not fits or old not in (*_WIDTHS, "decimal", "double"):
        return _ANEW
    if old == "uuid":
        return Conversion(Effect.ALL, sqlite=f"{_DASHES} || '-' || substr({{0}}, 21)")
    if old == "boolean":
        words = "CASE {0} WHEN '1' THEN 'true' WHEN '0' THEN 'false' END"
        return Conversion(Effect.ALL, sqlite=words, mariadb=words)
    if old == "decimal" and not given:
        return Conversion(Effect.ALL, mariadb="TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM {0}))")
    return _ALL
