"""Where the parts of an expression can be null, and what follows for what is made of them."""

from __future__ import annotations

from bkgen.model.expressions import (
    Binary,
    Call,
    ColumnOf,
    Expression,
    Function,
    Link,
    Literal,
    MemberOf,
    Name,
    Negative,
    Operator,
)
from bkgen.resolve.expressions.kinds import TEXTS, is_nullable, kind_of

ARITHMETIC = (Operator.ADD, Operator.SUBTRACT, Operator.MULTIPLY, Operator.DIVIDE, Operator.REMAINDER)
EQUALITIES = (Operator.EQUAL, Operator.NOT_EQUAL)
ORDERINGS = (Operator.LESS, Operator.LESS_EQUAL, Operator.GREATER, Operator.GREATER_EQUAL)
TESTS = (Function.CONTAINS, Function.STARTS_WITH, Function.ENDS_WITH)


def operands(expression: Expression) -> tuple[Expression, ...]:
    """Of what is null exactly where an operand is, or a divisor zero; none of all else."""
    match expression:
        case Binary(operator=operator, left=left, right=right) if operator in ARITHMETIC:
            return (left, right)
        case Call(function=function, arguments=arguments) if function not in TESTS and not reads_text(expression):
            return arguments
        case Negative(operand=operand):
            return (operand,)
        case Link(values=values):
            return values
        case _:
            return ()


def reads_text(expression: Call) -> bool:
    """Whether it makes a number of a text, which is null where the text is none."""
    is_number = expression.function in (Function.INTEGER, Function.NUMBER)
    return is_number and kind_of(expression.arguments[0].gives) in TEXTS


def is_path(expression: Expression) -> bool:
    """Whether it is a variable, or a member of one."""
    match expression:
        case Name():
            return True
        case ColumnOf(row=inner) | MemberOf(record=inner):
            return is_path(inner)
        case _:
            return False


def is_plain(expression: Expression) -> bool:
    """Whether it can be written as if nothing were null, behind tests of the variables in it."""
    if not is_nullable(expression.gives):
        return True
    inner = operands(expression)
    return all(map(is_plain, inner)) if inner else is_path(expression)


def divides(expression: Expression) -> bool:
    """Whether it is a division that may be one by zero."""
    match expression:
        case Binary(operator=Operator.DIVIDE | Operator.REMAINDER, right=right):
            return not (isinstance(right, Literal) and right.value != 0)
        case _:
            return False
