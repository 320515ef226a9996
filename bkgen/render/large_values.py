"""What `tests/large_tables.py` is told of columns whose values answers are checked for, by form or bounds, as SQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from bkgen.model.service import Service
from bkgen.model.tables import Column
from bkgen.model.types import Kind, Type
from bkgen.patterns import occurs
from bkgen.render import samples
from bkgen.render.columns import column_code
from bkgen.render.large_documents import document, text_of
from bkgen.render.literals import literal
from bkgen.resolve.collections import DOCUMENT

_LONG = 30
"""Characters that an address has at most."""

_HEX = "0123456789abcdef"
_DIGITS = (_HEX, _HEX.upper(), "abcdefghijklmnop", "ABCDEFGHIJKLMNOP")
"""What the digits of a number are written as, until a pattern takes them."""

_LONGEST = 32
_SOME = (1, 25, 4_095, 99_999)

_ROWS = 100_000
_SMALL_ROWS = 30_000
"""Rows of a table that is told apart by an integer of 16 bits."""
_FEW = 100
"""Values that make a list of all of them longer than a page: of fewer, most rows have the first one."""


def values(service: Service) -> list[tuple[str, str]]:
    """(column, the SQL of its values) of such columns, and of documents."""
    found = [
        (column_code(table, column.name), literal(code))
        for table in service.tables
        for column in table.stored
        if (code := _value(column)) is not None
    ]
    collections = (table for table in service.tables if table.is_collection)
    return found + [
        (column_code(table, DOCUMENT), f"({' '.join(map(literal, document(table)))})") for table in collections
    ]


def _value(column: Column) -> str | None:
    type_ = column.type
    if type_.form is not None:
        return _constant(json.dumps(samples.valid(type_, "text"), ensure_ascii=False)) + "::json"
    match type_.kind:
        case Kind.EMAIL | Kind.URL if (type_.max_length or _LONG) >= _LONG:
            return text_of(type_.kind)
        case Kind.INTEGER | Kind.DECIMAL | Kind.NUMBER:
            return _number(type_, column.primary)
        case Kind.STRING if type_.pattern is not None and not type_.enum:
            return next(_matching(type_, type_.pattern), None)
        case _:
            return None


def _number(type_: Type, is_key: bool) -> str | None:
    """Numbers within the bounds of a type, of which each row has its own if there are enough of them.

    None where any number of a row will do.
    """
    (low, high), step = samples.bounds(type_), samples.step_of(type_)
    if type_.multiple_of is None and _has_room(type_, low, high, is_key):
        return None
    first: Decimal = (low / step).to_integral_value(ROUND_CEILING)
    last: Decimal = (high / step).to_integral_value(ROUND_FLOOR)
    count = last - first + 1
    if count > _ROWS:
        which = "{}"
    elif count >= _FEW:
        which = f"({{row}} * 7919 % {count})"
    else:
        which = f"(CASE WHEN {{row}} % 100 < {min(int(count), 10) - 1} THEN {{row}} % 100 + 1 ELSE 0 END)"
    if last.is_finite() and (is_key or not first.is_finite()):  # what counts up begins with the least
        return f"({last * step:f} - {step:f} * {which})"
    return f"({(first if first.is_finite() else 0) * step:f} + {step:f} * {which})"


def _has_room(type_: Type, low: Decimal, high: Decimal, is_key: bool) -> bool:
    """Whether numbers of rows are within bounds; those of keys are below zero."""
    if type_.kind is Kind.DECIMAL and type_.precision is not None:
        return low <= 0 and high >= Decimal(10) ** (type_.precision - (type_.scale or 0)) - 1
    rows = _SMALL_ROWS if type_.bits == 16 else _ROWS
    return (low <= -rows if is_key and type_.kind is Kind.INTEGER else low <= 1) and high >= rows


def _matching(type_: Type, pattern: str) -> Iterator[str]:
    """Texts that a pattern takes, of which each number has its own: the longest ones first."""
    for length in range(min(type_.max_length or _LONGEST, _LONGEST), max(type_.min_length or 1, 5) - 1, -1):
        for digits in _DIGITS:
            as_digits = str.maketrans(_HEX, digits)
            if all(occurs(pattern, f"{number:0{length}x}".translate(as_digits)) for number in _SOME):
                yield f"translate(lpad(to_hex({{}}), {length}, '0'), '{_HEX}', '{digits}')"


def _constant(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
