"""The bounds of numbers as checks of the database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from bkgen.model.tables import Column
from bkgen.model.types import Kind

_NUMBERS = (Kind.INTEGER, Kind.NUMBER, Kind.DECIMAL)
_BOUND = re.compile(r"(>|>=|<|<=) -?\d+(\.\d+)?(e[+-]\d+)?")


def bounds_of(column: Column) -> tuple[str, ...]:
    """What a check says of a column behind its name: `>= 0`, `<= 1`; nothing of the width of an integer."""
    return () if column.path or column.type.kind not in _NUMBERS else tuple(_bounds(column))


def _bounds(column: Column) -> Iterator[str]:
    type_ = column.type
    room = 2 ** (type_.bits - 1) if type_.bits else None
    for operator, bound, width in (
        (">=", type_.minimum, None if room is None else -room),
        (">", type_.exclusive_minimum, None),
        ("<=", type_.maximum, None if room is None else room - 1),
        ("<", type_.exclusive_maximum, None),
    ):
        if bound is not None and bound != width:
            yield f"{operator} {_written(bound, type_.kind)}"


def _written(bound: int | float | Decimal, kind: Kind) -> str:
    """A bound in SQL: a float of many digits with an exponent, for MariaDB's exact numbers have at most 65."""
    if kind is Kind.NUMBER and abs(float(bound)) >= 10**15:
        return repr(float(bound))
    return format(Decimal(bound), "f")


def read_bounds(texts: list[str]) -> tuple[str, ...]:
    """Bounds of a record; raises ValueError where one is none."""
    if not all(_BOUND.fullmatch(text) for text in texts):
        raise ValueError("no bound")
    return tuple(texts)


def is_within(inner: tuple[str, ...], outer: tuple[str, ...]) -> bool:
    """Whether each number within some bounds is within others."""
    return all(any(_implies(one.split(), other.split()) for one in inner) for other in outer)


def _implies(one: list[str], other: list[str]) -> bool:
    (operator, value), (wanted, bound) = one, other
    if operator[0] != wanted[0]:
        return False
    if (operator == ">=" and wanted == ">") or (operator == "<=" and wanted == "<"):
        return Decimal(value) > Decimal(bound) if operator == ">=" else Decimal(value) < Decimal(bound)
    return Decimal(value) >= Decimal(bound) if operator[0] == ">" else Decimal(value) <= Decimal(bound)
