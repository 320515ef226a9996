"""What expressions of the contract need, and neither Python nor SQL has."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from math import isfinite
from typing import Any, TypeVar

from sqlalchemy import Date, Dialect, Double, Integer, Numeric
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import TypeDecorator, TypeEngine

T = TypeVar("T")


def unless_none(function: Callable[..., T], *values: Any) -> T | None:
    """What `function` makes of `values`; None where one of them is None."""
    return None if None in values else function(*values)


def utc_date(moment: datetime) -> date:
    """The day of a moment in UTC."""
    return moment.astimezone(UTC).date()


def quotient(left: int, right: int) -> int:
    """The quotient of integers, cut off behind the point as databases do."""
    whole = abs(left) // abs(right)
    return whole if (left < 0) == (right < 0) else -whole


def remainder(left: int, right: int) -> int:
    """What `quotient` leaves: it has the sign of `left`."""
    return left - right * quotient(left, right)


def ratio(left: Decimal | int, right: Decimal | int) -> Decimal:
    """The quotient of decimals, rounded to 10 digits behind the point."""
    return (Decimal(left) / right).quantize(Decimal("1E-10"), ROUND_HALF_UP)


def average(values: Iterable[float]) -> float | None:
    """The mean; None of no values."""
    found = list(values)
    return sum(found) / len(found) if found else None


def decimal_average(values: Iterable[Decimal]) -> Decimal | None:
    """The mean, rounded to 10 digits behind the point; None of no values."""
    found = list(values)
    return ratio(sum(found, Decimal()), len(found)) if found else None


def read_integer(text: str | None) -> int | None:
    """The integer of 64 bits that `text` writes; None where it writes none."""
    if text is None or not re.fullmatch("-?[0-9]{1,19}", text):
        return None
    integer = int(text)
    return integer if -(2**63) <= integer < 2**63 else None


def read_number(text: str | None) -> float | None:
    """The finite number that `text` writes; None where it writes none."""
    if text is None or not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", text):
        return None
    number = float(text)
    return number if isfinite(number) else None


class Reckoned(TypeDecorator[Decimal]):
    """A decimal to reckon with. SQLite has only floats for that, which keep 15 digits."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Double() if dialect.name == "sqlite" else Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        return float(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return Decimal(f"{value:.15g}") if isinstance(value, float | int) else value


class Scaled(Reckoned):
    """A reckoned decimal with so many digits behind the point, like those that it was made of."""

    cache_ok = True

    def __init__(self, scale: int) -> None:
        super().__init__()
        self.scale = scale

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        number = super().process_result_value(value, dialect)
        return None if number is None else round(number, self.scale)


class as_number(GenericFunction[Decimal]):
    """A decimal as a number: SQLite stores its digits as text, which has another order.

    Elsewhere it is the column itself, so that an index of it serves.
    """

    type = Reckoned()
    inherit_cache = True


@compiles(as_number)
def _itself(element: as_number, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(as_number, "sqlite")
def _from_text(element: as_number, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS DOUBLE)"


class exact(GenericFunction[Decimal]):
    """A computed decimal, to compare it: the rounding errors of SQLite's floats are cut off."""

    type = Reckoned()
    inherit_cache = True


@compiles(exact)
def _as_it_is(element: exact, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(exact, "sqlite")
def _rounded(element: exact, compiler: SQLCompiler, **options: Any) -> str:
    return f"round({compiler.process(element.clauses, **options)}, 10)"


class digits(GenericFunction[Decimal]):
    """A computed decimal with so many digits behind the point, as it is stored: in SQLite as text."""

    type = Numeric()
    inherit_cache = True


@compiles(digits)
def _rounded_when_stored(element: digits, compiler: SQLCompiler, **options: Any) -> str:
    value, _ = element.clauses
    return compiler.process(value, **options)


@compiles(digits, "sqlite")
def _written_out(element: digits, compiler: SQLCompiler, **options: Any) -> str:
    value, scale = (compiler.process(part, **options) for part in element.clauses)
    return f"CASE WHEN {value} IS NOT NULL THEN printf('%.' || {scale} || 'f', {value}) END"


class utc_day(GenericFunction[date]):
    """The day of a moment: in UTC, as MariaDB and SQLite store it, where it has an offset."""

    type = Date()
    inherit_cache = True


@compiles(utc_day)
def _day_in_utc(element: utc_day, compiler: SQLCompiler, **options: Any) -> str:
    (moment,) = element.clauses
    zone = " AT TIME ZONE 'UTC'" if getattr(moment.type, "timezone", False) else ""
    return f"CAST(({compiler.process(moment, **options)}){zone} AS DATE)"


@compiles(utc_day, "mariadb")
@compiles(utc_day, "sqlite")
def _date(element: utc_day, compiler: SQLCompiler, **options: Any) -> str:
    return f"date{compiler.process(element.clause_expr, **options)}"


class strpos(GenericFunction[int]):
    """Where a text has another one, counted from 1; 0 where it has not. The others call it `instr`."""

    type = Integer()
    inherit_cache = True


@compiles(strpos, "mariadb")
@compiles(strpos, "sqlite")
def _instr(element: strpos, compiler: SQLCompiler, **options: Any) -> str:
    return f"instr{compiler.process(element.clause_expr, **options)}"
