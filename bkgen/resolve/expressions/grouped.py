"""What expressions ask of the rows of a group: `sum(rows.map(r, r.quantity))`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from bkgen.model.expressions import (
    Aggregate,
    Aggregated,
    Binary,
    ColumnOf,
    Conditional,
    Expression,
    Filtered,
    Literal,
    Mapped,
    Name,
    Negative,
    Operator,
    Related,
    Row,
    Rows,
    Sorted,
    Value,
)
from bkgen.model.types import Kind
from bkgen.resolve.expressions.kinds import kind_of
from bkgen.resolve.expressions.parts import rebuilt, walk
from bkgen.resolve.expressions.presence import Path, path_of

ROWS = "rows"
"""The variable that holds the rows of a group."""


@dataclass(frozen=True, slots=True)
class OverRows:
    """An aggregate over the rows of a group; what it says of each row, it says of the variable `row`.

    Attributes:
        conditions: which of the rows are counted.
        item: the value of each; None where the rows themselves are counted.
    """

    aggregate: Aggregate
    conditions: tuple[Expression, ...]
    item: Expression | None


def over_rows(expression: Aggregated, row: str) -> OverRows | None:
    """The aggregate as one over the rows of its group, each in the variable `row`; None where it is over others."""
    found = _each(expression.source, row)
    if found is None:
        return None
    item, conditions = found
    counts = expression.aggregate is Aggregate.SIZE
    return OverRows(expression.aggregate, tuple(conditions), None if counts else item)


def _each(source: Expression, row: str) -> tuple[Expression, list[Expression]] | None:
    """What each item is, in terms of the row that it is made of, and what has to hold of that."""
    match source:
        case Name(name=name, gives=Rows(table=table)) if name == ROWS:
            return Name(row, Row(table), source.span), []
        case Sorted(source=inner):
            return _each(inner, row)
        case Filtered(source=inner, variable=variable, condition=condition):
            if (found := _each(inner, row)) is None:
                return None
            return found[0], [*found[1], _with(condition, variable, found[0])]
        case Mapped(source=inner, variable=variable, item=item):
            if (found := _each(inner, row)) is None:
                return None
            return _with(item, variable, found[0]), found[1]
        case _:
            return None


def _with(expression: Expression, variable: str, value: Expression) -> Expression:
    """The expression with `value` in place of a variable."""
    if isinstance(expression, Name) and expression.name == variable:
        return value
    return rebuilt(expression, lambda part: _with(part, variable, value))


def aggregates(expression: Expression, row: str) -> Iterator[tuple[Aggregated, OverRows]]:
    """The aggregates over the rows of the group in an expression."""
    for part in walk(expression):
        if isinstance(part, Aggregated) and (found := over_rows(part, row)) is not None:
            yield part, found


def without_aggregates(expression: Expression, row: str) -> Expression:
    """The expression with a variable in place of each aggregate over the rows of the group."""
    if isinstance(expression, Aggregated) and over_rows(expression, row) is not None:
        return Name("group", expression.gives, expression.span)
    return rebuilt(expression, lambda part: without_aggregates(part, row))


def ways(expression: Expression, row: str) -> dict[Path, Related]:
    """The rows that are reached from `row` over relations to one row each, the nearer ones first.

    Where the expression speaks of the rows of a group, `row` is each of these.
    """
    found: dict[Path, Related] = {}
    over = [
        part for _, one in aggregates(expression, row) for part in (*one.conditions, *([one.item] if one.item else []))
    ]
    for part in (part for one in (expression, *over) for part in walk(one)):
        path = path_of(part) if isinstance(part, Related) and isinstance(part.gives, Row) else None
        if path is not None and path[0] == row:
            assert isinstance(part, Related)
            found[path] = part
    return dict(sorted(found.items(), key=lambda pair: len(pair[0])))


def scale_of(expression: Expression, row: str) -> int | None:
    """The digits behind the point of an exact decimal; None where there is no telling."""
    match expression:
        case Aggregated(aggregate=Aggregate.SUM | Aggregate.MIN | Aggregate.MAX):
            over = over_rows(expression, row)
            return scale_of(over.item, row) if over is not None and over.item is not None else None
        case ColumnOf(gives=Value(type=type_)) if type_ is not None and type_.kind is Kind.DECIMAL:
            return type_.scale or (0 if type_.precision is not None else None)
        case Literal(value=value) if kind_of(expression.gives) is Kind.DECIMAL:
            exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
            return -exponent if isinstance(exponent, int) and exponent < 0 else 0
        case Negative(operand=operand):
            return scale_of(operand, row)
        case Conditional(yes=yes, no=no):
            return _greatest(yes, no, row)
        case Binary(operator=Operator.ADD | Operator.SUBTRACT, left=left, right=right):
            return _greatest(left, right, row)
        case Binary(operator=Operator.MULTIPLY, left=left, right=right):
            scales = scale_of(left, row), scale_of(right, row)
            return None if None in scales else sum(scale or 0 for scale in scales)
    return 0 if kind_of(expression.gives) in (Kind.INTEGER, None) else None


def _greatest(left: Expression, right: Expression, row: str) -> int | None:
    scales = scale_of(left, row), scale_of(right, row)
    return None if None in scales else max(scale or 0 for scale in scales)
