"""Macros: `exists`, `all`, `filter`, `map` and `sortBy`, which bind a variable to each of many things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bkgen.model.expressions import (
    Expression,
    Filtered,
    Gives,
    Mapped,
    Quantified,
    Quantifier,
    Records,
    Row,
    Rows,
    Sorted,
    Value,
    Values,
)
from bkgen.resolve.expressions.kinds import BOOLEAN, ORDERED, described, kind_of
from bkgen.resolve.expressions.mistakes import MistakeError
from bkgen.resolve.expressions.scope import Scope
from bkgen.resolve.expressions.syntax import Identifier, Invocation

if TYPE_CHECKING:
    from bkgen.resolve.expressions.typing import Typing

_NAMES = (*Quantifier, "filter", "map", "sortBy")


def is_macro(syntax: Invocation) -> bool:
    return syntax.name in _NAMES


def macro(typing: Typing, syntax: Invocation, scope: Scope) -> Expression:
    """The typed tree of a macro."""
    if syntax.target is None or len(syntax.arguments) != 2 or not isinstance(syntax.arguments[0], Identifier):
        example = f"`row.things.{syntax.name}(x, ...)`"
        raise MistakeError("BK805", syntax.at, f"`{syntax.name}` takes a variable and an expression", example)
    source = typing.of(syntax.target, scope)
    item = _item(source, syntax)
    variable, inner = syntax.arguments
    assert isinstance(variable, Identifier)
    if variable.name in scope.names:
        message = f"`{variable.name}` already has a meaning here"
        raise MistakeError("BK804", variable.place, message, "choose another name for the variable")
    inside = scope.binding(variable.name, item)
    span = typing.span(syntax.place)
    if syntax.name in list(Quantifier):
        condition = typing.condition(inner, inside)
        return Quantified(Quantifier(syntax.name), source, variable.name, condition, BOOLEAN, span)
    assert isinstance(source.gives, Rows | Values | Records)
    if syntax.name == "filter":
        return Filtered(source, variable.name, typing.condition(inner, inside), source.gives, span)
    found = typing.of(inner, inside)
    if not isinstance(found.gives, Value) or found.gives.type is None:
        message = f"`{syntax.name}` takes a single value of each, not {described(found.gives)}"
        raise MistakeError("BK805", found.span, message, None)
    if syntax.name == "map":
        return Mapped(source, variable.name, found, Values(found.gives), span)
    if kind_of(found.gives) not in ORDERED:
        raise MistakeError("BK805", found.span, f"{described(found.gives)} has no order", None)
    return Sorted(source, variable.name, found, source.gives, span)


def _item(source: Expression, syntax: Invocation) -> Gives:
    match source.gives:
        case Rows(table=table):
            return Row(table)
        case Values(item=item):
            return item
        case Records(item=item):
            return item
        case gives:
            fix = "write the condition with `.` and `&&`" if isinstance(gives, Row) else None
            raise MistakeError("BK805", syntax.at, f"`{syntax.name}` is for many things, not {described(gives)}", fix)
