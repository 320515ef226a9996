"""From the text of an expression to its typed tree."""

from __future__ import annotations

from bkgen.diagnostics import Diagnostics
from bkgen.model.expressions import Expression, Literal, Value
from bkgen.model.types import Kind, Type
from bkgen.resolve.defaults import constant_of
from bkgen.resolve.expressions.kinds import NUMBERS, TEXTS, adapted, described, kind_of
from bkgen.resolve.expressions.mistakes import MistakeError
from bkgen.resolve.expressions.parser import parse
from bkgen.resolve.expressions.places import Places
from bkgen.resolve.expressions.scope import Scope
from bkgen.resolve.expressions.typing import Typing
from bkgen.source import Span


def resolve_expression(text: str, at: Span, scope: Scope, diagnostics: Diagnostics) -> Expression | None:
    """The typed tree of `text`, which stands in the string at `at`, whole or behind its `=`.

    None where it is no expression of the language, which adds one of `BK801` to `BK807`.
    """
    places = Places(text, at)
    try:
        return Typing(places).of(parse(text), scope)
    except MistakeError as mistake:
        span = mistake.place if isinstance(mistake.place, Span) else places.span(*mistake.place)
        if mistake.word == text.strip():  # the whole of it is a word that is no name
            mistake.message += f"; the text would be `'{mistake.word}'`"
        _add(mistake, span, diagnostics)
    return None


def as_condition(expression: Expression, diagnostics: Diagnostics) -> Expression | None:
    """The expression if it is true or false (null counts as false); else None, which adds `BK805`."""
    if kind_of(expression.gives) is Kind.BOOLEAN:
        return expression
    message = f"a condition is true or false, not {described(expression.gives)}"
    diagnostics.add("BK805", expression.span, message, "write a comparison, such as `... == ...` or `... != null`")
    return None


def as_value(expression: Expression, wanted: Type, nullable: bool, diagnostics: Diagnostics) -> Expression | None:
    """The expression as a value of type `wanted`, as it is written to a column; else None, which adds `BK807`."""
    try:
        expression = adapted(expression, wanted)
    except MistakeError as mistake:
        _add(mistake, mistake.place if isinstance(mistake.place, Span) else expression.span, diagnostics)
        return None
    gives = expression.gives
    fix = None
    if isinstance(gives, Value) and _fits(expression, gives.type, wanted):
        if nullable or not gives.nullable:
            return expression
        message, fix = "this can be null, and a value is needed here", "write `x != null ? x : ...` for a value instead"
    else:
        message = f"this is {described(gives)}, and {described(Value(wanted))} is needed here"
        if wanted.enum:
            message += f" that is one of: {', '.join(wanted.enum)}"
    diagnostics.add("BK807", expression.span, message, fix)
    return None


def _fits(expression: Expression, given: Type | None, wanted: Type) -> bool:
    if given is None or wanted.kind is Kind.ANY:
        return True
    if isinstance(expression, Literal) and isinstance(expression.value, str | int | float):
        return constant_of(wanted, expression.value) is not None
    if wanted.form is not None:
        return given.form == wanted.form
    if wanted.enum:
        return bool(given.enum) and set(given.enum) <= set(wanted.enum)
    if given.kind in TEXTS and wanted.kind in TEXTS:
        return True
    if given.kind in NUMBERS and wanted.kind in NUMBERS:
        return wanted.kind is given.kind or given.kind is Kind.INTEGER
    same_zone = given.timezone == wanted.timezone or given.kind not in (Kind.DATETIME, Kind.TIME)
    return given.kind is wanted.kind and same_zone


def _add(mistake: MistakeError, span: Span, diagnostics: Diagnostics) -> None:
    fix = mistake.fix
    if fix is None and mistake.choices:
        known = ", ".join(f"`{choice}`" for choice in sorted(mistake.choices)[:30])
        fix = diagnostics.nearest(span, mistake.word, mistake.choices) or f"there is: {known}"
    diagnostics.add(mistake.code, span, mistake.message, fix)
