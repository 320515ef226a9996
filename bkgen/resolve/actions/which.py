"""Which rows a step works on: one that a key or unique rule names, or any number."""

from __future__ import annotations

from bkgen.model.actions import Which
from bkgen.model.expressions import Binary, ColumnOf, Condition, Expression, Name, Operator
from bkgen.model.tables import Table
from bkgen.resolve.expressions.parts import in_database
from bkgen.resolve.vocabulary import ROW

_ROWS = frozenset({ROW})


def which_rows(condition: Condition, table: Table) -> Which:
    """The rows of `table` of which the condition holds, taken apart."""
    parts = _conjuncts(condition.expression)
    named = {column: part for part in parts if (column := _pinned(part)) is not None}
    rule = next((rule for rule in table.unique_rules if rule and set(rule) <= set(named)), ())
    same = tuple(named[column] for column in rule)
    return Which(condition, same, tuple(part for part in parts if part not in same) if same else ())


def key_of(part: Expression) -> tuple[str, Expression]:
    """The column that one of the parts which name a row compares, and what with."""
    assert isinstance(part, Binary)
    column, value = (part.left, part.right) if _is_own_column(part.left) else (part.right, part.left)
    assert isinstance(column, ColumnOf)
    return column.column, value


def _conjuncts(expression: Expression) -> list[Expression]:
    match expression:
        case Binary(operator=Operator.AND, left=left, right=right):
            return [*_conjuncts(left), *_conjuncts(right)]
        case _:
            return [expression]


def _pinned(part: Expression) -> str | None:
    """The column that has to equal something that is no part of the row."""
    match part:
        case Binary(operator=Operator.EQUAL, left=left, right=right):
            for column, value in ((left, right), (right, left)):
                if isinstance(column, ColumnOf) and _is_own_column(column) and not in_database(value, _ROWS):
                    return column.column
    return None


def _is_own_column(expression: Expression) -> bool:
    return isinstance(expression, ColumnOf) and isinstance(expression.row, Name) and expression.row.name == ROW
