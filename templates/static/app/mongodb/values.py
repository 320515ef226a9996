"""Values of documents as MongoDB keeps them, and back."""

from datetime import date, datetime, time
from decimal import Decimal, DecimalException
from typing import Any
from uuid import UUID

from bson import Decimal128
from fastapi.exceptions import RequestValidationError
from sqlalchemy import JSON, DateTime, Float, Numeric
from sqlalchemy.types import TypeEngine

from app.models.json_documents import IsoText, JsonDocument, in_json
from app.models.metadata import UtcDateTime

INTEGERS = range(-(2**63), 2**63)
MOST_LEVELS = 100  # of objects and arrays within each other

# What names of fields have no place for in MongoDB: `$` begins an operator, and a dot a path.
ESCAPES = {"%": "%25", "$": "%24", ".": "%2E"}


def escaped(name: str) -> str:
    """The name of a field as MongoDB has it, in which nothing is an operator or a path."""
    for sign, code in ESCAPES.items():
        name = name.replace(sign, code)
    return name


def unescaped(name: str) -> str:
    """The name of which this is the escaped one."""
    for sign, code in reversed(ESCAPES.items()):
        name = name.replace(code, sign)
    return name


def stored(value: Any, *place: str | int) -> Any:
    """The value as it is kept: times are texts, for dates of BSON end at milliseconds.

    Raises:
        RequestValidationError: `place`, or something within it, is more than BSON has room for.
    """
    if len(place) > MOST_LEVELS:
        raise refused(f"must not have more than {MOST_LEVELS} levels", place)
    match value:
        case bool():
            return value
        case int() if value not in INTEGERS:
            raise refused("must be an integer of 64 bits", place)
        case Decimal():
            try:
                return Decimal128(value)
            except DecimalException:
                raise refused("must not have more than 34 digits", place) from None
        case datetime() | date() | time():
            return in_json(value)
        case dict():
            return {escaped(name): stored(one, *place, name) for name, one in value.items()}
        case list():
            return [stored(one, *place, number) for number, one in enumerate(value)]
    return value


def loaded(value: Any, type_: TypeEngine[Any]) -> Any:
    """A value of a document as the type of its column has it: what is more than one is JSON."""
    value = _plain(value)
    match type_:
        case _ if value is None:
            return None
        case JSON() | JsonDocument():
            return in_json(value)
        case IsoText():
            return type_.kind.fromisoformat(value)
        case UtcDateTime() | DateTime():
            return datetime.fromisoformat(value)
        case Float():
            return float(value)
        case Numeric():
            return Decimal(value)
    return value


def _plain(value: Any) -> Any:
    """The value as it was before it was stored, but for times, which are texts."""
    match value:
        case Decimal128():
            return value.to_decimal()
        case dict():
            return {unescaped(name): _plain(one) for name, one in value.items()}
        case list():
            return [_plain(one) for one in value]
    return value


def is_value(value: Any) -> bool:
    """Whether it is one that a field can be compared with."""
    return isinstance(value, bool | int | float | str | Decimal | date | time | UUID)


def refused(message: str, place: tuple[str | int, ...]) -> RequestValidationError:
    """What is raised where a value is more than BSON has room for."""
    problem = {"type": "storable", "loc": place or ("body",), "msg": message, "input": None}
    return RequestValidationError([problem])
