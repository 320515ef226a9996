"""Whether the database answers an expression as Python would, and what is left to Python where it does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bkgen.diagnostics import Diagnostics
from bkgen.model.expressions import (
    Aggregate,
    Aggregated,
    Binary,
    Call,
    Duration,
    Expression,
    Filtered,
    Function,
    Link,
    ListOf,
    Mapped,
    Name,
    Operator,
    Quantified,
    Related,
    Rows,
    Sorted,
    Value,
)
from bkgen.model.types import Kind
from bkgen.resolve import names
from bkgen.resolve.expressions.kinds import TEXTS, kind_of
from bkgen.resolve.expressions.parts import children, in_database, rebuilt, walk
from bkgen.resolve.expressions.presence import path_of

_ORDERINGS = (Operator.LESS, Operator.LESS_EQUAL, Operator.GREATER, Operator.GREATER_EQUAL)
_IN_SQL = (Function.SIZE, Function.CONTAINS, Function.STARTS_WITH, Function.ENDS_WITH, Function.DATE)
_COLUMN = "keep what it gives in a column of its own"


def is_queryable(expression: Expression, rows: frozenset[str], diagnostics: Diagnostics) -> bool:
    """Whether it can be part of a statement in which the variables `rows` are rows; else adds `BK808`.

    What depends on no row of the database is always possible: it becomes a parameter.
    """
    found = list(_obstacles(expression, rows))
    for part, message, fix in found:
        diagnostics.add("BK808", part.span, message, fix)
    return not found


@dataclass(frozen=True, slots=True)
class Split:
    """An expression in two: what the database gives, and what Python makes of it.

    Attributes:
        parts: name -> what to select: single values, or all rows that a relation leads to.
        rest: the expression over variables of these names.
    """

    parts: dict[str, Expression]
    rest: Expression


def split(expression: Expression, rows: frozenset[str], taken: frozenset[str] = frozenset()) -> Split | None:
    """The largest parts that the database can answer, and the rest; None where the rest still needs the database.

    `taken` are names that no part may have.
    """
    parts: dict[str, Expression] = {}
    macros = [part for part in walk(expression) if isinstance(part, Quantified | Filtered | Mapped | Sorted)]
    used = taken | {part.name for part in walk(expression) if isinstance(part, Name)}
    used |= {macro.variable for macro in macros}

    def without(part: Expression) -> Expression:
        if not in_database(part, rows):
            return part
        is_rows = isinstance(part, Related) and isinstance(part.gives, Rows)
        is_value = isinstance(part.gives, Value) and next(_obstacles(part, rows), None) is None
        if not (is_rows or is_value) or _is_bound_outside(part, macros):
            return rebuilt(part, without)
        same = (name for name, known in parts.items() if path_of(part) is not None and path_of(known) == path_of(part))
        name = next(same, None) or names.unique(_name(part), used | set(parts))
        parts[name] = part
        return Name(name, part.gives, part.span)

    rest = without(expression)
    return None if in_database(rest, rows) else Split(parts, rest)


def _is_bound_outside(part: Expression, macros: Sequence[_Macro]) -> bool:
    """Whether the part uses the variable of a macro around it."""
    inside = {one.variable for one in walk(part) if isinstance(one, Quantified | Filtered | Mapped | Sorted)}
    variables = {macro.variable for macro in macros} - inside
    return any(isinstance(one, Name) and one.name in variables for one in walk(part))


def _name(part: Expression) -> str:
    """A word for a part: the column or relation that it is, or just `value`."""
    word = getattr(part, "column", None) or (part.relation.name if isinstance(part, Related) else "value")
    return names.parameter(word)


_Macro = Quantified | Filtered | Mapped | Sorted
Obstacle = tuple[Expression, str, str]


def _obstacles(expression: Expression, rows: frozenset[str]) -> Iterator[Obstacle]:
    """The parts that depend on rows of the database and that only Python can answer."""
    if not in_database(expression, rows):
        return
    yield from _own_obstacles(expression, rows)
    if isinstance(expression, Quantified | Filtered | Mapped | Sorted) and in_database(expression.source, rows):
        rows |= {expression.variable}
    for part in children(expression):
        yield from _obstacles(part, rows)


def _own_obstacles(expression: Expression, rows: frozenset[str]) -> Iterator[Obstacle]:
    match expression:
        case Call(function=Function.NUMBER, arguments=(argument,)) if kind_of(argument.gives) not in TEXTS:
            return
        case Link():
            yield expression, "the database does not know where requests come to", "make it a field of its own"
        case Call(function=function) if function not in _IN_SQL:
            yield expression, f"databases differ from each other in `{function}` of a column", _COLUMN
        case Binary(operator=operator, left=left) if operator in _ORDERINGS and kind_of(left.gives) in TEXTS:
            yield expression, "databases order texts each in its own way", "compare them with `==`"
        case Binary(operator=operator, right=right) if isinstance(right.gives, Duration):
            fix = f"move the other side of the comparison: `now {_OPPOSITE[operator]} duration(...)`"
            yield expression, "databases reckon with times of columns each in its own way", fix
        case Binary(operator=Operator.REMAINDER, gives=gives) if kind_of(gives) is Kind.DECIMAL:
            yield expression, "databases differ from each other in `%` of decimals", _COLUMN
        case Binary(operator=Operator.IN, right=right) if not isinstance(right, ListOf) and in_database(right, rows):
            yield from _list_obstacles(right)
        case Quantified(source=source) | Aggregated(source=source):
            yield from _list_obstacles(source)
            if isinstance(source, Mapped) and not _uses(source.item, source.variable):
                message = f"this is the same for every `{source.variable}`"
                yield source.item, message, f"use a column of `{source.variable}`, or `size(...)` to count"
            orders = isinstance(expression, Aggregated) and expression.aggregate in (Aggregate.MIN, Aggregate.MAX)
            if orders and kind_of(expression.gives) in TEXTS:
                yield expression, "databases order texts each in its own way", _COLUMN


def _uses(expression: Expression, variable: str) -> bool:
    return any(isinstance(part, Name) and part.name == variable for part in walk(expression))


_OPPOSITE = {Operator.ADD: "-", Operator.SUBTRACT: "+"}


def _list_obstacles(source: Expression) -> Iterator[Obstacle]:
    root = source
    while isinstance(root, Filtered | Mapped | Sorted):
        root = root.source
    if not isinstance(root, Related):
        fix = "write `row.column in list`, or compare one value with `==`"
        yield source, "the database cannot go through a list that is not its own", fix
