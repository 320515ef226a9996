"""What conditions say of a row that an index can find it by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bkgen.model.expressions import (
    Binary,
    ColumnOf,
    Expression,
    Filtered,
    Has,
    Literal,
    Mapped,
    Name,
    Not,
    Operator,
    Quantified,
    Quantifier,
    Related,
    Row,
    Rows,
    Sorted,
)
from bkgen.model.tables import ColumnTest, Kept, Table
from bkgen.model.types import Kind
from bkgen.resolve.expressions.kinds import is_nullable, kind_of
from bkgen.resolve.expressions.parts import conjuncts, operands_of, walk
from bkgen.resolve.vocabulary import mentions

_PLAIN = re.compile(r"[^:\x00-\x1f\x7f-\x9f\u2028\u2029]*")
"""Texts that the condition of an index may have: Alembic reads SQLite's by lines, and takes `:word` for a parameter."""
_RANGES = frozenset({Operator.LESS, Operator.LESS_EQUAL, Operator.GREATER, Operator.GREATER_EQUAL})


@dataclass
class Said:
    """What conditions say of the row `variable`.

    Attributes:
        equal: columns that have a value of the request, or one of several.
        maybe: columns of which that holds for some who ask, while others see all: `actor.admin || row.owner == ...`.
        ranges: columns that are over or under a value.
        kept: conditions on one column that hold for every request.
    """

    equal: list[str] = field(default_factory=list)
    maybe: list[str] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)


def said_of(variable: str, table: Table, conditions: Iterable[Expression]) -> Said:
    """What the conditions, all of which hold, say of one row; what an index cannot find rows by is left out."""
    said = Said()
    for condition in conditions:
        for part in conjuncts(condition):
            _add(part, variable, table, said)
    return said


def _add(part: Expression, variable: str, table: Table, said: Said) -> None:
    if (kept := _kept(part, variable, table)) is not None:
        said.kept.append(kept)
        return
    match part:
        case Binary(operator=Operator.EQUAL | Operator.IN as operator):
            for column, other in _sides(part, variable, operator is Operator.EQUAL):
                if not mentions(other, variable):
                    said.equal.append(column)
        case Binary(operator=operator) if operator in _RANGES:
            for column, other in _sides(part, variable, True):
                if not mentions(other, variable):
                    said.ranges.append(column)
        case Binary(operator=Operator.OR):
            about = [one for one in operands_of(Operator.OR, part) if mentions(one, variable)]
            if len(about) == 1:
                inner = said_of(variable, table, about)
                said.maybe += inner.equal


def _sides(part: Binary, variable: str, both: bool) -> Iterator[tuple[str, Expression]]:
    """A column of the row, and what it is compared with."""
    if (name := column_of(part.left, variable)) is not None:
        yield name, part.right
    if both and (name := column_of(part.right, variable)) is not None:
        yield name, part.left


def column_of(expression: Expression, variable: str) -> str | None:
    """The column of the row that an expression is; that of a row which it refers to is its own, where both are one."""
    match expression:
        case ColumnOf(row=Name(name=name), column=column) if name == variable:
            return column
        case ColumnOf(row=Related(row=Name(name=name), relation=relation), column=column) if name == variable:
            known = {} if relation.many or relation.through else {there: here for here, there in relation.pairs}
            return known.get(column)
    return None


def is_found(part: Expression, variable: str, table: Table, tables: Mapping[str, Table]) -> bool:
    """Whether an index finds rows of which a condition holds: by values of theirs, or of rows that belong to them."""
    match part:
        case Quantified(quantifier=Quantifier.EXISTS, source=Related(relation=relation), variable=inner, condition=one):
            target = tables[relation.target]
            return any(is_found(each, inner, target, tables) for each in conjuncts(one))
    said = said_of(variable, table, [part])
    return bool(said.equal or said.ranges) or related_column(part, variable) is not None


def related_column(part: Expression, variable: str) -> ColumnOf | None:
    """The column of a row which the row refers to that a condition says is equal to a value of the request."""
    match part:
        case Binary(operator=Operator.EQUAL, left=left, right=right):
            pairs = ((left, right), (right, left))
            asked = (one for one, other in pairs if not (mentions(other, variable) or is_nullable(other.gives)))
            far = (one for one in asked if isinstance(one, ColumnOf) and isinstance(one.row, Related))
            return next((one for one in far if _root(one.row) == variable and column_of(one, variable) is None), None)
    return None


def _root(row: Expression) -> str | None:
    """The variable that a way over relations begins with."""
    while isinstance(row, Related):
        row = row.row
    return row.name if isinstance(row, Name) else None


def _kept(part: Expression, variable: str, table: Table) -> Kept | None:
    """What a condition says of one column alone, the same for every request."""
    match part:
        case ColumnOf() | Not(operand=ColumnOf()):
            inner = part.operand if isinstance(part, Not) else part
            name = column_of(inner, variable)
            if name is None or kind_of(inner.gives) is not Kind.BOOLEAN or is_nullable(inner.gives):
                return None
            return Kept(name, ColumnTest.FALSE if isinstance(part, Not) else ColumnTest.TRUE)
        case Has(operand=inner):
            name = column_of(inner, variable)
            return None if name is None else Kept(name, ColumnTest.NOT_NULL)
        case Binary(operator=Operator.EQUAL | Operator.NOT_EQUAL as operator, left=left, right=Literal(value=value)):
            name = column_of(left, variable)
            if name is None:
                return None
            if value is None:
                return Kept(name, ColumnTest.NULL if operator is Operator.EQUAL else ColumnTest.NOT_NULL)
            if operator is Operator.NOT_EQUAL:
                return None
            if isinstance(value, bool):
                return Kept(name, ColumnTest.IS_TRUE if value else ColumnTest.IS_FALSE)
            column = table.column(name)
            if isinstance(value, str) and column.type.kind is Kind.STRING and _PLAIN.fullmatch(value):
                return Kept(name, ColumnTest.EQUAL, value)
            if isinstance(value, int) and column.type.kind is Kind.INTEGER:
                return Kept(name, ColumnTest.EQUAL, value)
    return None


@dataclass(frozen=True, slots=True)
class Reached:
    """Rows that an expression reaches over a relation: of `table`, each with `equal` and what the conditions say."""

    table: str
    equal: tuple[str, ...]
    conditions: tuple[tuple[str, Expression], ...]


def reached_in(expression: Expression) -> Iterator[Reached]:
    """The rows that an expression looks for over relations: each of its `exists`, `all`, `filter`, and sizes."""
    for part in walk(expression):
        match part:
            case Quantified(quantifier=Quantifier.EXISTS, source=source, variable=variable, condition=condition):
                yield from _reached(source, ((variable, condition),))
            case Binary(operator=Operator.EQUAL, left=left, right=right):
                for root in {_root(one.row) for one in (left, right) if isinstance(one, ColumnOf)} - {None}:
                    if (column := related_column(part, str(root))) is not None and isinstance(column.row.gives, Row):
                        yield Reached(column.row.gives.table, (column.column,), ())
            case Related(gives=Rows()):
                yield from _reached(part, ())


def _reached(source: Expression, conditions: tuple[tuple[str, Expression], ...]) -> Iterator[Reached]:
    match source:
        case Related(relation=relation) if relation.through is None:
            yield Reached(relation.target, tuple(there for _, there in relation.pairs), conditions)
        case Related(relation=relation) if relation.through is not None:
            yield Reached(relation.through.table, tuple(there for _, there in relation.pairs), ())
            yield Reached(relation.target, (), conditions)
        case Filtered(source=inner, variable=variable, condition=condition):
            yield from _reached(inner, (*conditions, (variable, condition)))
        case Sorted(source=inner) | Mapped(source=inner):
            yield from _reached(inner, () if isinstance(source, Mapped) else conditions)
