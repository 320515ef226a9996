"""Defaults of columns: computed ones by their many spellings, and constants that fit the column's type."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation, localcontext
from uuid import UUID

from bkgen.diagnostics import Diagnostics
from bkgen.model.tables import Default
from bkgen.model.types import Kind, Type
from bkgen.resolve.texts import check_text
from bkgen.resolve.types import MOST_DIGITS
from bkgen.source import Node, Scalar

_COMPUTED = {
    Default.NOW: (
        {"now", "currenttimestamp", "currentdate", "currenttime", "getdate", "utcnow", "localtimestamp"},
        (Kind.DATETIME, Kind.DATE),
    ),
    Default.UUID: (
        {"uuid", "genrandomuuid", "uuidgeneratev4", "newid", "uuid4", "uuidv4", "randomuuid"},
        (Kind.UUID,),
    ),
    Default.AUTOINCREMENT: ({"autoincrement", "serial", "identity"}, (Kind.INTEGER,)),
}
Constant = str | int | float | bool
_PARSERS: dict[Kind, Callable[[str], object]] = {
    Kind.DATE: date.fromisoformat,
    Kind.TIME: time.fromisoformat,
    Kind.DATETIME: datetime.fromisoformat,
    Kind.UUID: UUID,
}


def read_default(column: str, type_: Type, node: Node, diagnostics: Diagnostics) -> Default | Constant | None:
    """The default of a column; None for `null`. One that does not fit adds `BK311`, and is a default all the same."""
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(node, Scalar) and (value is None or (isinstance(value, str) and value.strip().upper() == "NULL")):
        return None
    if isinstance(value, str) and (computed := _computed(value, type_)):
        if value != computed:
            _hint(node, value, f'"{computed}"', diagnostics)
        return computed
    if isinstance(value, str) and not check_text("default", value, node.span, diagnostics):
        return value
    constant = None if value is None else constant_of(type_, value)
    if constant is None:
        shown = f"`{value}`" if value is not None else "an array or object"
        message = f"{shown} is no default for column `{column}` of type {type_.kind}"
        diagnostics.add("BK311", node.span, message, _advice(type_))
        return value if value is not None else ""
    if isinstance(value, str) and not isinstance(constant, str):
        _hint(node, value, json.dumps(constant), diagnostics)
    return constant


def _hint(node: Node, value: str, canonical: str, diagnostics: Diagnostics) -> None:
    shown = f"`{json.dumps(value, ensure_ascii=False)}` is read as `{canonical}`"
    diagnostics.add("BK213", node.span, shown, f"write `{canonical}`")


def _advice(type_: Type) -> str:
    """What a default of the type may be."""
    if type_.enum:
        return "write one of " + ", ".join(f"`{word}`" for word in type_.enum)
    computed = [f"`{default}`" for default, (_, kinds) in _COMPUTED.items() if type_.kind in kinds]
    return ", or ".join(["give a constant of that type, within its constraints", *computed])


def constant_of(type_: Type, value: Constant) -> Constant | None:
    """`value` as a constant of the type (a decimal as a string); None where it is none."""
    match type_.kind:
        case Kind.BOOLEAN:
            words: dict[object, bool] = {"true": True, "false": False, 1: True, 0: False, "1": True, "0": False}
            return value if isinstance(value, bool) else words.get(value.lower() if isinstance(value, str) else value)
        case Kind.INTEGER | Kind.NUMBER | Kind.DECIMAL:
            return _number(type_, value)
        case Kind.STRING | Kind.EMAIL | Kind.URL:
            return value if isinstance(value, str) and _fits(type_, value) else None
        case Kind.DATE | Kind.TIME | Kind.DATETIME | Kind.UUID:
            return _parsed(type_, value)
        case _:
            return None


def _computed(value: str, type_: Type) -> Default | None:
    word = re.sub(r"\(.*\)$|[_\s-]", "", value.strip()).lower()
    for default, (spellings, kinds) in _COMPUTED.items():
        if word in spellings and type_.kind in kinds:
            return default
    return None


def _fits(type_: Type, value: str) -> bool:
    if type_.enum:
        return value in type_.enum
    return (type_.max_length is None or len(value) <= type_.max_length) and len(value) >= (type_.min_length or 0)


def _number(type_: Type, value: Constant) -> Constant | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    if isinstance(value, bool) or not number.is_finite():
        return None
    if (type_.minimum is not None and number < type_.minimum) or (type_.maximum is not None and number > type_.maximum):
        return None
    if type_.kind is Kind.INTEGER:
        return int(number) if number == number.to_integral_value() else None
    if type_.kind is Kind.NUMBER:
        return float(number) if math.isfinite(float(number)) else None
    if type_.precision is not None and type_.scale is not None:
        with localcontext(prec=2 * MOST_DIGITS):
            rounded = round(number, type_.scale) if abs(number) < 10**MOST_DIGITS else None
        if rounded is None or rounded != number or abs(number) >= 10 ** (type_.precision - type_.scale):
            return None
        return str(rounded)
    return str(number)


def _parsed(type_: Type, value: Constant) -> Constant | None:
    if not isinstance(value, str):
        return None
    try:
        moment = _PARSERS[type_.kind](value)
        if isinstance(moment, datetime) and moment.tzinfo:
            moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return None if isinstance(moment, time) and moment.tzinfo else value
