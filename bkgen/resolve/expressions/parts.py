"""The parts of an expression, and whether the database or Python has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from bkgen.model.expressions import (
    Aggregated,
    Binary,
    Call,
    ColumnOf,
    Conditional,
    Expression,
    Filtered,
    Has,
    Held,
    Link,
    ListOf,
    Literal,
    Mapped,
    MemberOf,
    Name,
    Negative,
    Not,
    Operator,
    Quantified,
    Related,
    Sorted,
    Value,
)


def children(expression: Expression) -> tuple[Expression, ...]:
    """The parts directly below."""
    match expression:
        case Literal() | Name():
            return ()
        case ColumnOf(row=inner) | Related(row=inner) | Held(row=inner) | MemberOf(record=inner):
            return (inner,)
        case Has(operand=inner) | Not(operand=inner) | Negative(operand=inner) | Aggregated(source=inner):
            return (inner,)
        case Binary(left=left, right=right):
            return (left, right)
        case Conditional(condition=condition, yes=yes, no=no):
            return (condition, yes, no)
        case ListOf(items=inner_parts) | Call(arguments=inner_parts):
            return inner_parts
        case Link(values=values):
            return values
        case Quantified(source=source, condition=inner) | Filtered(source=source, condition=inner):
            return (source, inner)
        case Mapped(source=source, item=inner) | Sorted(source=source, key=inner):
            return (source, inner)


def rebuilt(expression: Expression, of: Callable[[Expression], Expression]) -> Expression:
    """The same expression over what `of` makes of its parts."""
    match expression:
        case Literal() | Name():
            return expression
        case ColumnOf(row=inner) | Related(row=inner) | Held(row=inner):
            return replace(expression, row=of(inner))
        case MemberOf(record=inner):
            return replace(expression, record=of(inner))
        case Has(operand=inner):
            found = of(inner)
            if isinstance(found, ColumnOf | MemberOf):
                return replace(expression, operand=found)
            return Binary(
                Operator.NOT_EQUAL,
                found,
                Literal(None, Value(None, True), expression.span),
                expression.gives,
                expression.span,
            )
        case Not(operand=inner) | Negative(operand=inner):
            return replace(expression, operand=of(inner))
        case Aggregated(source=inner):
            return replace(expression, source=of(inner))
        case Binary(left=left, right=right):
            return replace(expression, left=of(left), right=of(right))
        case Conditional(condition=condition, yes=yes, no=no):
            return replace(expression, condition=of(condition), yes=of(yes), no=of(no))
        case ListOf(items=inner_parts):
            return replace(expression, items=tuple(map(of, inner_parts)))
        case Call(arguments=inner_parts):
            return replace(expression, arguments=tuple(map(of, inner_parts)))
        case Link(parts=link_parts):
            return replace(expression, parts=tuple(part if isinstance(part, str) else of(part) for part in link_parts))
        case Quantified(source=source, condition=inner) | Filtered(source=source, condition=inner):
            return replace(expression, source=of(source), condition=of(inner))
        case Mapped(source=source, item=inner):
            return replace(expression, source=of(source), item=of(inner))
        case Sorted(source=source, key=inner):
            return replace(expression, source=of(source), key=of(inner))


def alike(left: Expression, right: Expression) -> bool:
    """Whether two expressions say the same, wherever they stand."""

    def here(part: Expression) -> Expression:
        return replace(rebuilt(part, here), span=left.span)

    return here(left) == here(right)


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and all its parts."""
    yield expression
    for part in children(expression):
        yield from walk(part)


def in_database(expression: Expression, rows: frozenset[str]) -> bool:
    """Whether it depends on what only the database knows: the variables `rows`, or what relations lead to."""
    return any(isinstance(part, Related) or (isinstance(part, Name) and part.name in rows) for part in walk(expression))


def conjuncts(expression: Expression) -> list[Expression]:
    """The conditions between the `&&` of a condition."""
    return operands_of(Operator.AND, expression)


def operands_of(operator: Operator, expression: Expression) -> list[Expression]:
    """What stands between the operators of a row of equal ones."""
    match expression:
        case Binary(operator=found, left=left, right=right) if found is operator:
            return [*operands_of(operator, left), *operands_of(operator, right)]
        case _:
            return [expression]
