"""Whether a JSON value is exactly of a shape."""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from types import UnionType
from typing import Any, Literal, get_args, get_origin
from uuid import UUID

PARSERS: dict[Any, Callable[[str], object]] = {
    UUID: UUID,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    time: time.fromisoformat,
    Decimal: Decimal,
}


def assert_shape(value: Any, shape: Any, where: str = "body") -> None:
    """Fail unless `value` is of `shape`: no field missing, none too many.

    A shape is a type (`UUID` and the like for text that parses as one, `Any` for anything), a union
    of them, a `Literal`, a text or number for exactly that (a `Decimal` in any spelling), `[shape]`
    for an array, `(shape,)` for null or the shape, a dictionary of shapes for an object, or
    `{str: shape}` for one with any keys.
    """
    if shape is Any or (isinstance(shape, tuple) and value is None):
        return
    if isinstance(shape, tuple):
        (shape,) = shape
    if isinstance(shape, dict):
        assert isinstance(value, dict), f"{where} is no object: {value!r}"
        if str in shape:
            shape = dict.fromkeys(value, shape[str])
        assert value.keys() == shape.keys(), f"{where} has the fields {sorted(value)}"
        for name, inner in shape.items():
            assert_shape(value[name], inner, f"{where}.{name}")
    elif isinstance(shape, list):
        assert isinstance(value, list), f"{where} is no array: {value!r}"
        for index, item in enumerate(value):
            assert_shape(item, shape[0], f"{where}[{index}]")
    else:
        assert _is_of(value, shape), f"{where} is not {shape}: {value!r}"


def _is_of(value: Any, shape: Any) -> bool:
    if isinstance(shape, UnionType):
        return any(_is_of(value, option) for option in get_args(shape))
    if shape is None or shape is type(None):
        return value is None
    if get_origin(shape) is Literal:
        return value in get_args(shape)
    if parse := PARSERS.get(shape):
        try:
            parse(value)
        except (ValueError, TypeError, ArithmeticError):
            return False
        return isinstance(value, str)
    if isinstance(shape, Decimal):
        return isinstance(value, str) and Decimal(value) == shape
    if isinstance(shape, str | int | float):
        return bool(value == shape) and isinstance(value, bool) == isinstance(shape, bool)
    if shape is float:
        return type(value) in (int, float)
    return type(value) is shape
