"""Types of what stands on both sides of an operator."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bkgen.model.expressions import Binary, ColumnOf, Duration, Expression, Literal, Name, Operator, Row, Value, Values
from bkgen.model.types import Kind, Type
from bkgen.resolve.expressions.kinds import (
    BOOLEAN,
    NUMBERS,
    ORDERED,
    STRING,
    TEXTS,
    adapted,
    described,
    kind_of,
    paired,
    unified,
)
from bkgen.resolve.expressions.mistakes import MistakeError
from bkgen.resolve.expressions.scope import Scope
from bkgen.resolve.expressions.syntax import Infix

if TYPE_CHECKING:
    from bkgen.resolve.expressions.typing import Typing

_ORDERINGS = (Operator.LESS, Operator.LESS_EQUAL, Operator.GREATER, Operator.GREATER_EQUAL)


def binary(typing: Typing, syntax: Infix, scope: Scope) -> Binary:
    """The typed tree of an operator with its operands."""
    span = typing.span(syntax.place)
    operator = syntax.operator
    if operator in (Operator.AND, Operator.OR):
        left = typing.condition(syntax.left, scope)
        right = typing.condition(syntax.right, scope.where(left, operator is Operator.AND))
        return Binary(operator, left, right, BOOLEAN, span)
    left, right = typing.of(syntax.left, scope), typing.of(syntax.right, scope)
    if operator is Operator.IN:
        return Binary(operator, *_in(left, right, syntax), BOOLEAN, span)
    if operator in (Operator.EQUAL, Operator.NOT_EQUAL, *_ORDERINGS):
        if isinstance(right.gives, Values):
            raise _mistake(left, right, syntax)
        _check_moments(left, right, syntax, scope)
        left, right = paired(left, right, lambda: _mistake(left, right, syntax))
        if operator in _ORDERINGS and not {kind_of(left.gives), kind_of(right.gives)} <= ORDERED:
            message = f"{described(left.gives)} and {described(right.gives)} have no order"
            raise MistakeError("BK805", syntax.at, message, "compare with `==` or `!=`")
        return Binary(operator, left, right, BOOLEAN, span)
    return _arithmetic(left, right, syntax, typing)


def _check_moments(left: Expression, right: Expression, syntax: Infix, scope: Scope) -> None:
    """Refuses a date or time of a document, which is a text there, beside that of a column."""
    if kind_of(left.gives) not in (Kind.DATE, Kind.TIME, Kind.DATETIME):
        return
    kept = [
        bool(scope.tables[one.row.gives.table].column(one.column).path)
        for one in (left, right)
        if isinstance(one, ColumnOf) and isinstance(one.row.gives, Row) and not _is_actor(one.row)
    ]
    if len(set(kept)) > 1:
        message = "a date or time in a document has no order with that of a column"
        raise MistakeError("BK805", syntax.at, message, "keep both in documents, or both in columns")


def _is_actor(row: Expression) -> bool:
    return isinstance(row, Name) and row.name == "actor"


def _in(left: Expression, right: Expression, syntax: Infix) -> tuple[Expression, Expression]:
    if not isinstance(right.gives, Values):
        fix = "for a part of a text, write `text.contains(part)`" if kind_of(right.gives) in TEXTS else None
        raise MistakeError("BK805", right.span, f"behind `in` stands a list, not {described(right.gives)}", fix)
    if not isinstance(left.gives, Value) or left.gives.type is None:
        raise MistakeError("BK805", left.span, f"{described(left.gives)} is in no list", "use `exists`")
    return paired(left, right, lambda: _mistake(left, right, syntax))


def _arithmetic(left: Expression, right: Expression, syntax: Infix, typing: Typing) -> Binary:
    span = typing.span(syntax.place)
    operator = syntax.operator
    if isinstance(right.gives, Duration):
        return _moved(left, right, syntax, typing)
    if not isinstance(left.gives, Value) or not isinstance(right.gives, Value):
        raise _mistake(left, right, syntax)
    left, right = paired(left, right, lambda: _mistake(left, right, syntax))
    assert isinstance(left.gives, Value)
    assert isinstance(right.gives, Value)
    nullable = left.gives.nullable or right.gives.nullable
    kinds = {kind_of(left.gives), kind_of(right.gives)}
    if operator is Operator.ADD and kinds <= TEXTS:
        return Binary(operator, left, right, Value(STRING, nullable), span)
    if not kinds <= NUMBERS or left.gives.type is None or right.gives.type is None:
        raise _mistake(left, right, syntax)
    if operator is Operator.REMAINDER and Kind.NUMBER in kinds:
        raise MistakeError("BK805", syntax.at, "`%` is for integers and decimals", "write `int(...)` around the number")
    divides = operator in (Operator.DIVIDE, Operator.REMAINDER)
    never_zero = isinstance(right, Literal) and right.value != 0
    type_ = unified(left.gives.type, right.gives.type)
    return Binary(operator, left, right, Value(type_, nullable or (divides and not never_zero)), span)


def _moved(left: Expression, right: Expression, syntax: Infix, typing: Typing) -> Binary:
    """A moment before or after another one."""
    if kind_of(left.gives) not in (Kind.DATETIME, Kind.DATE) or syntax.operator not in (
        Operator.ADD,
        Operator.SUBTRACT,
    ):
        raise _mistake(left, right, syntax)
    assert isinstance(left.gives, Value)
    assert isinstance(right, Literal)
    assert isinstance(right.value, timedelta)
    moved = Binary(syntax.operator, left, right, left.gives, typing.span(syntax.place))
    checked = adapted(moved, left.gives.type or Type(Kind.DATETIME))
    assert isinstance(checked, Binary)
    return checked


def _mistake(left: Expression, right: Expression, syntax: Infix) -> MistakeError:
    kinds = (kind_of(left.gives), kind_of(right.gives))
    message = f"{described(left.gives)} and {described(right.gives)} do not go together with `{syntax.operator}`"
    fix = None
    if kinds in ((Kind.DECIMAL, Kind.NUMBER), (Kind.NUMBER, Kind.DECIMAL)):
        fix = "write `double(...)` around the decimal if it need not be exact"
    elif syntax.operator is Operator.ADD and TEXTS & set(kinds):
        fix = "write `string(...)` around what is no text"
    elif kinds == (Kind.DATETIME, Kind.DATETIME):
        fix = "one of them carries a zone and the other does not: give both columns the same type"
        if syntax.operator is Operator.SUBTRACT:
            fix = 'move one of them by a duration, such as `now - duration("7d")`, and compare'
    elif isinstance(left.gives, Row) and isinstance(right.gives, Row):
        fix = "compare their keys, such as `.id`"
    elif Kind.UUID in kinds and TEXTS & set(kinds):
        fix = "write `string(...)` around the uuid"
    elif kind_of(left.gives) in TEXTS and kind_of(right.gives) in NUMBERS:
        fix = "write the number in quotes, or `int(...)` around the text"
    return MistakeError("BK805", syntax.at, message, fix)
