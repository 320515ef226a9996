"""Functions: on single values, and those that make one value of many."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from bkgen.model.expressions import (
    Aggregate,
    Aggregated,
    Call,
    Duration,
    Expression,
    Function,
    Literal,
    Records,
    Rows,
    Value,
    Values,
)
from bkgen.model.types import Kind, Type
from bkgen.resolve.expressions import links, roles
from bkgen.resolve.expressions.kinds import (
    BOOLEAN,
    INTEGER,
    NUMBERS,
    ORDERED,
    STRING,
    TEXTS,
    described,
    is_nullable,
    kind_of,
)
from bkgen.resolve.expressions.mistakes import MistakeError
from bkgen.resolve.expressions.scope import Scope
from bkgen.resolve.expressions.syntax import Invocation

if TYPE_CHECKING:
    from bkgen.resolve.expressions.typing import Typing

_SIMPLE = frozenset({Kind.BOOLEAN, Kind.UUID, Kind.DATE, Kind.TIME, Kind.DATETIME}) | TEXTS | NUMBERS
_TESTS = (Function.CONTAINS, Function.STARTS_WITH, Function.ENDS_WITH)
_TAKES = {
    **dict.fromkeys(Function, TEXTS),
    Function.STRING: _SIMPLE,
    Function.INTEGER: TEXTS | NUMBERS,
    Function.NUMBER: TEXTS | NUMBERS,
    Function.DATE: frozenset({Kind.DATETIME}),
}
_GIVES = {
    **dict.fromkeys(Function, STRING),
    **dict.fromkeys(_TESTS, BOOLEAN.type),
    Function.SIZE: INTEGER,
    Function.INTEGER: INTEGER,
    Function.NUMBER: Type(Kind.NUMBER),
    Function.DATE: Type(Kind.DATE),
}
_OTHER_NAMES = {
    "count": "size",
    "length": "size",
    "len": "size",
    "lowerAscii": "lower",
    "upperAscii": "upper",
    "toLowerCase": "lower",
    "toUpperCase": "upper",
    "any": "exists",
    "some": "exists",
    "every": "all",
    "average": "avg",
    "str": "string",
    "float": "double",
    "includes": "contains",
    "strip": "trim",
    "order_by": "sortBy",
    "link": "url",
    "href": "url",
}
_LENGTH = re.compile(r"(?:\d{1,9}(?:ms|[wdhms]))+")
_PART = re.compile(r"(\d+)(ms|[wdhms])")
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds", "ms": "milliseconds"}
_LONGEST = timedelta(days=36525)
_MACROS = ("exists", "all", "filter", "map", "sortBy")
NAMES = (*dict.fromkeys((*Function, *Aggregate)), "has", "duration", links.URL, roles.IS, roles.CAN, *_MACROS)


def call(typing: Typing, syntax: Invocation, scope: Scope) -> Expression:
    """A function, written before its arguments or as a method of the first one."""
    written = (syntax.target, *syntax.arguments) if syntax.target is not None else syntax.arguments
    if syntax.name == "duration":
        return _duration(typing, syntax)
    if syntax.name == links.URL:
        return links.link(typing, syntax, scope)
    if syntax.name in (roles.IS, roles.CAN):
        return roles.asks(typing, syntax, scope)
    if syntax.name not in (*Function, *Aggregate):
        fix = f"write `{_OTHER_NAMES[syntax.name]}`" if syntax.name in _OTHER_NAMES else None
        message = f"the language has no function `{syntax.name}`"
        raise MistakeError("BK802", syntax.at, message, fix, word=syntax.name, choices=NAMES)
    wanted = 2 if syntax.name in _TESTS else 1
    if len(written) != wanted:
        example = f"`text.{syntax.name}(part)`" if wanted == 2 else f"`{syntax.name}(...)`"
        raise MistakeError("BK805", syntax.at, f"`{syntax.name}` takes {wanted} argument{'s' * (wanted > 1)}", example)
    arguments = tuple(typing.of(argument, scope) for argument in written)
    if syntax.name in list(Aggregate) and (syntax.name != "size" or kind_of(arguments[0].gives) not in TEXTS):
        return _aggregate(typing, Aggregate(syntax.name), arguments[0], syntax)
    return _function(typing, Function(syntax.name), arguments, syntax)


def _function(typing: Typing, function: Function, arguments: tuple[Expression, ...], syntax: Invocation) -> Expression:
    for argument in arguments:
        if kind_of(argument.gives) not in _TAKES[function]:
            raise MistakeError("BK805", argument.span, f"`{function}` does not take {described(argument.gives)}", None)
    nullable = any(is_nullable(argument.gives) for argument in arguments)
    if function in _TESTS:
        return Call(function, arguments, BOOLEAN, typing.span(syntax.place))
    reads = function in (Function.INTEGER, Function.NUMBER) and kind_of(arguments[0].gives) in TEXTS
    return Call(function, arguments, Value(_GIVES[function], nullable or reads), typing.span(syntax.place))


def _aggregate(typing: Typing, aggregate: Aggregate, source: Expression, syntax: Invocation) -> Aggregated:
    span = typing.span(syntax.place)
    if not isinstance(source.gives, Rows | Values | Records):
        wanted = "a list, rows or a text" if aggregate is Aggregate.SIZE else "a list"
        raise MistakeError("BK805", source.span, f"`{aggregate}` takes {wanted}, not {described(source.gives)}", None)
    if aggregate is Aggregate.SIZE:
        return Aggregated(aggregate, source, Value(INTEGER), span)
    if not isinstance(source.gives, Values):
        fix = f"write `{aggregate}(... .map(x, x.column))`"
        raise MistakeError("BK805", source.span, f"`{aggregate}` takes values, not {described(source.gives)}", fix)
    item = source.gives.item
    kinds = ORDERED if aggregate in (Aggregate.MIN, Aggregate.MAX) else NUMBERS
    if item.type is None or item.type.kind not in kinds:
        raise MistakeError("BK805", source.span, f"there is no `{aggregate}` of {described(source.gives)}", None)
    type_ = item.type
    if aggregate is Aggregate.SUM and type_.kind is Kind.INTEGER:
        type_ = INTEGER
    elif aggregate in (Aggregate.SUM, Aggregate.AVG):
        type_ = Type(Kind.DECIMAL if type_.kind is Kind.DECIMAL else Kind.NUMBER)
    return Aggregated(aggregate, source, Value(type_, aggregate is not Aggregate.SUM), span)


def _duration(typing: Typing, syntax: Invocation) -> Literal:
    written = syntax.arguments[0] if len(syntax.arguments) == 1 and syntax.target is None else None
    text = getattr(written, "value", None)
    if not isinstance(text, str) or not _LENGTH.fullmatch(text):
        message = "a duration is a number with a unit: `w`, `d`, `h`, `m`, `s` or `ms`"
        raise MistakeError("BK807", syntax.place, message, 'such as `duration("7d")` or `duration("1h30m")`')
    parts: list[timedelta] = []
    for number, unit in _PART.findall(text):
        parts.append(min(timedelta(**{_UNITS[unit]: min(int(number), 10**8 if unit in "wd" else 10**9)}), _LONGEST * 2))
    length = sum(parts, timedelta())
    if length > _LONGEST:
        raise MistakeError("BK807", syntax.place, "a duration has at most 100 years", None)
    return Literal(length, Duration(), typing.span(syntax.place))
