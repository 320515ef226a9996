"""Regular expressions of documents, by the engine that checks requests with them: it takes linear time for any of them.

Python's own would not: `^(x+)+!$` keeps it busy for ever over forty letters.
"""

from __future__ import annotations

import re._parser as _parser  # type: ignore[import-not-found]
from functools import cache
from typing import Any

from pydantic_core import SchemaError, SchemaValidator, ValidationError
from pydantic_core.core_schema import str_schema

ENDLESS = 100
"""How often that is repeated in a text that is made up which may be repeated for ever."""


def occurs(pattern: str, text: str) -> bool:
    """Whether some part of `text` matches `pattern`, of which `is_pattern` is true."""
    try:
        _engine(pattern).validate_python(text)
    except ValidationError:
        return False
    return True


def is_pattern(text: str) -> bool:
    """Whether the engine can read it: it knows neither look-around nor back references."""
    try:
        _engine(text)
    except SchemaError:
        return False
    return True


@cache
def _engine(pattern: str) -> SchemaValidator:
    return SchemaValidator(str_schema(pattern=pattern))


def longest(pattern: str) -> int:
    """How many characters a text made up for a pattern of Python can have, where what has no end is repeated 100 times.

    Raises:
        re.error: it is no pattern.
    """
    return _longest(_parser.parse(pattern))


def _longest(part: Any) -> int:
    match part:
        case (_, (int(), int(most), inner)):  # repeated
            return min(most, ENDLESS) * _longest(inner)
        case (_, (None, list(branches))):
            return max(map(_longest, branches))
        case (_, (*_, _parser.SubPattern() as inner)):  # a group
            return _longest(inner)
        case _parser.SubPattern(data=parts):
            return sum(map(_longest, parts))
        case _:
            return 1
