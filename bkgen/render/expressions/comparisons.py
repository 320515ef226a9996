"""Comparisons in SQL, and the types that values need there."""

from __future__ import annotations

from decimal import Decimal

from bkgen.model.expressions import (
    Binary,
    ColumnOf,
    Expression,
    Function,
    Gives,
    Literal,
    MemberOf,
    Negative,
    Operator,
    Value,
)
from bkgen.model.types import Kind, Type
from bkgen.render.expressions.code import Code, Level, call, infix

MIRRORED = {
    Operator.LESS: Operator.GREATER,
    Operator.GREATER: Operator.LESS,
    Operator.LESS_EQUAL: Operator.GREATER_EQUAL,
    Operator.GREATER_EQUAL: Operator.LESS_EQUAL,
}
"""The operators with their sides changed."""

_TYPES = {
    Kind.INTEGER: "BigInteger()",
    Kind.NUMBER: "Double()",
    Kind.BOOLEAN: "Boolean()",
    Kind.UUID: "Uuid()",
    Kind.DATE: "Date()",
    Kind.TIME: "Time()",
    Kind.DECIMAL: "Reckoned()",
}


def sql_type(gives: Gives) -> str:
    """The type of a parameter, for one that may be None."""
    type_ = gives.type if isinstance(gives, Value) and gives.type is not None else Type(Kind.STRING)
    if type_.kind is Kind.DATETIME:
        return "UtcDateTime()" if type_.timezone else "DateTime()"
    return _TYPES.get(type_.kind, "String()")


def is_narrow(expression: Expression) -> bool:
    """Whether PostgreSQL reckons with 32 bits, in which a product often has no room."""
    match expression:
        case ColumnOf(gives=Value(type=Type(kind=Kind.INTEGER, bits=bits))):
            return bits is not None and bits < 64
        case Binary(operator=Operator.MULTIPLY):
            return False
        case Binary(left=left, right=right):
            return all(is_narrow(side) or isinstance(side, Literal) for side in (left, right))
        case Negative(operand=operand):
            return is_narrow(operand)
        case _:
            return False


def _width(expression: Expression) -> int:
    """The bits in which PostgreSQL takes an integer that stands beside this one."""
    match expression:
        case Binary(operator=Operator.MULTIPLY):
            return 64
        case Binary(left=left, right=right):
            return min(_width(side) for side in (left, right))
        case Negative(operand=operand):
            return _width(operand)
    match expression.gives:
        case Value(type=Type(kind=Kind.INTEGER, bits=int() as bits)):
            return bits
        case _:
            return 64


def has_no_room(beside: Expression, value: Expression) -> bool:
    """Whether a parameter may be an integer that is wider than what it stands beside in the database."""
    bits = _width(beside)
    if bits == 64 or not isinstance(value.gives, Value) or value.gives.type is None:
        return False
    type_ = value.gives.type
    if isinstance(value, Literal) and isinstance(value.value, int):
        type_ = Type(Kind.INTEGER, minimum=value.value, maximum=value.value)
    if type_.kind is not Kind.INTEGER:
        return False
    room = 2 ** (bits - 1)
    least, most = type_.minimum, type_.maximum
    if least is None or most is None:
        return (type_.bits or bits) > bits
    return bool(least < -room or most >= room)


def is_same_scale(left: Expression, right: Expression) -> bool:
    """Whether two decimals are equal as they are stored: with the same number of digits behind the point."""
    match left, right:
        case ColumnOf(gives=Value(type=Type(scale=int() as scale))), Literal(value=Decimal() as number):
            return -int(number.as_tuple().exponent) <= scale
        case ColumnOf(gives=Value(type=Type(scale=int() as scale))), (ColumnOf() | MemberOf()):
            return isinstance(right.gives, Value) and right.gives.type is not None and right.gives.type.scale == scale
        case _:
            return False


def text_test(function: Function, text: Code, part: Code) -> Code:
    """Whether a text contains another, exactly as it is written: LIKE knows wildcards, and in SQLite no case."""
    place = call("strpos", text, part)
    match function:
        case Function.CONTAINS:
            return infix(place, ">", Code("0"), Level.COMPARE)
        case Function.STARTS_WITH:
            return infix(place, "==", Code("1"), Level.COMPARE)
        case _:
            start = f"func.length({text.text}) - func.length({part.text}) + 1"
            return infix(call("func.substr", text, start), "==", part, Level.COMPARE)
