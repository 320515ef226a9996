"""Operators and functions as Python writes them: of values that are not null, and as functions to hand over."""

from __future__ import annotations

from bkgen.model.expressions import Binary, Call, Expression, Function, Link, Negative, Operator, Value
from bkgen.model.types import Kind
from bkgen.render.expressions.code import Code, Level, call, infix, method
from bkgen.render.literals import literal
from bkgen.resolve.expressions.kinds import TEXTS, kind_of

LEVELS = {
    **dict.fromkeys((Operator.ADD, Operator.SUBTRACT), Level.ADD),
    **dict.fromkeys((Operator.MULTIPLY, Operator.DIVIDE, Operator.REMAINDER), Level.MULTIPLY),
}
READS = {Function.INTEGER: "read_integer", Function.NUMBER: "read_number"}
_FUNCTIONS = {
    Operator.LESS: "operator.lt",
    Operator.LESS_EQUAL: "operator.le",
    Operator.GREATER: "operator.gt",
    Operator.GREATER_EQUAL: "operator.ge",
    Operator.ADD: "operator.add",
    Operator.SUBTRACT: "operator.sub",
    Operator.MULTIPLY: "operator.mul",
    Operator.DIVIDE: "operator.truediv",
    Function.SIZE: "len",
    Function.LOWER: "str.lower",
    Function.UPPER: "str.upper",
    Function.TRIM: "str.strip",
    Function.SLUG: "slugify",
    Function.CONTAINS: "operator.contains",
    Function.STARTS_WITH: "str.startswith",
    Function.ENDS_WITH: "str.endswith",
    Function.STRING: "str",
    Function.INTEGER: "int",
    Function.NUMBER: "float",
}
_METHODS = {
    Function.LOWER: "lower",
    Function.UPPER: "upper",
    Function.TRIM: "strip",
    Function.STARTS_WITH: "startswith",
    Function.ENDS_WITH: "endswith",
}


def division(expression: Binary) -> str | None:
    """The function that divides as the language says, where no operator of Python does."""
    if expression.operator is Operator.REMAINDER:
        return "remainder"
    if expression.operator is Operator.DIVIDE:
        return {Kind.INTEGER: "quotient", Kind.DECIMAL: "ratio"}.get(kind_of(expression.gives) or Kind.ANY)
    return None


def applied(expression: Expression, codes: list[Code]) -> Code:
    """The operator or function of `expression` on values that are not null."""
    match expression:
        case Negative():
            return Code(f"-{codes[0].at(Level.SIGN)}", Level.SIGN)
        case Binary(operator=operator):
            if function := division(expression):
                return call(function, *codes)
            level = LEVELS.get(operator, Level.COMPARE)
            return infix(codes[0], operator.value, codes[1], level)
        case Link():
            return absolute_url(expression, codes)
        case Call(function=Function.CONTAINS):
            return infix(codes[1], "in", codes[0], Level.COMPARE)
        case Call(function=Function.STRING, arguments=(argument,)):
            match kind_of(argument.gives):
                case Kind.DECIMAL:
                    return call("format", codes[0], '"f"')
                case Kind.DATETIME | Kind.TIME:
                    return method(codes[0], "isoformat")
                case kind:
                    return codes[0] if kind in TEXTS else call("str", codes[0])
        case Call(function=Function.DATE, arguments=(moment,)):
            return method(method(codes[0], "astimezone", "UTC") if _has_zone(moment) else codes[0], "date")
        case Call(function=function) if function in _METHODS:
            return method(codes[0], _METHODS[function], *codes[1:])
        case Call(function=function):
            return call(_FUNCTIONS[function], *codes)
    raise TypeError(f"no operation: {type(expression).__name__}")


def absolute_url(link: Link, codes: list[Code]) -> Code:
    """The call that makes a URL of the parts of a path; `codes` are those of its values."""
    values = iter(codes)
    return call("absolute_url", *(literal(part) if isinstance(part, str) else next(values) for part in link.parts))


def handed_over(expression: Expression, codes: list[Code]) -> Code:
    """The same where one of the values can be None, which then is what this gives."""
    match expression:
        case Negative():
            function = "operator.neg"
        case Binary(operator=operator):
            function = division(expression) or _FUNCTIONS[operator]
            if operator in (Operator.DIVIDE, Operator.REMAINDER):
                codes = [codes[0], Code(f"{codes[1].at(Level.OR)} or None", Level.OR)]
        case Call(function=Function.STRING, arguments=(argument,)):
            match kind_of(argument.gives):
                case Kind.DECIMAL:
                    function, codes = "format", [*codes, Code('"f"')]
                case Kind.DATETIME | Kind.TIME as kind:
                    function = f"{kind}.isoformat"
                case _:
                    function = "str"
        case Call(function=Function.DATE, arguments=(moment,)):
            function = "utc_date" if _has_zone(moment) else "datetime.date"
        case Call(function=called):
            function = _FUNCTIONS[called]
        case _:
            raise TypeError(f"no operation: {type(expression).__name__}")
    # Formatters differ in how they break a bare choice.
    return call("unless_none", function, *(code.at(Level.OR) for code in codes))


def _has_zone(moment: Expression) -> bool:
    """Whether a datetime carries an offset."""
    return isinstance(moment.gives, Value) and moment.gives.type is not None and moment.gives.type.timezone
