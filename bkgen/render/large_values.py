"""What `tests/large_tables.py` is told of columns whose values have a form that answers are checked for, as SQL."""

from __future__ import annotations

import json
from collections.abc import Iterator

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
        case Kind.STRING if type_.pattern is not None and not type_.enum:
            return next(_matching(type_, type_.pattern), None)
        case _:
            return None


def _matching(type_: Type, pattern: str) -> Iterator[str]:
    """Texts that a pattern takes, of which each number has its own: the longest ones first."""
    for length in range(min(type_.max_length or _LONGEST, _LONGEST), max(type_.min_length or 1, 5) - 1, -1):
        for digits in _DIGITS:
            as_digits = str.maketrans(_HEX, digits)
            if all(occurs(pattern, f"{number:0{length}x}".translate(as_digits)) for number in _SOME):
                yield f"translate(lpad(to_hex({{}}), {length}, '0'), '{_HEX}', '{digits}')"


def _constant(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
