"""Whose row it is that a body writes rows below: what `set` gives to those must be what the row itself has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce

from bkgen.model.endpoints import Operation
from bkgen.model.expressions import Binary, ColumnOf, Condition, Expression, Name, Operator, Row, Value
from bkgen.model.policies import Derived
from bkgen.model.relations import Relation
from bkgen.model.shapes import Children, ColumnValue, Field, Links, Object
from bkgen.resolve.conditions import both
from bkgen.resolve.expressions.kinds import BOOLEAN
from bkgen.resolve.expressions.parts import alike
from bkgen.resolve.routes import Route
from bkgen.resolve.scope import Scope
from bkgen.resolve.vocabulary import ROW

Presets = Mapping[str, Expression]


def of_row_and_owner(presets: Presets, relation: Relation) -> tuple[Presets, Presets]:
    """The presets of rows that a relation leads to: those of columns of their own, and those of the row they refer to.

    The latter are by the columns of that row.
    """
    referring = {there: own for own, there in relation.pairs}
    own = {name: value for name, value in presets.items() if name not in referring}
    return own, {referring[name]: value for name, value in presets.items() if name in referring}


@dataclass(frozen=True, slots=True)
class _Owner:
    """A column of the written row, and what presets of the table `below` give to the rows that refer to it."""

    field: Field
    column: str
    value: Expression
    below: str
    text: str


def owner_of_rows_below(
    route: Route, body: Object | None, presets: Presets, derived: Iterable[Derived], scope: Scope
) -> Condition | None:
    """What must hold of the row, so that those below are of whom `set` says; None where that is so anyway.

    Adds `BK527` where the endpoint itself gives the row another value.
    """
    table = scope.table_of(route)
    if table is None or body is None:
        return None
    written = {one.shape.column for one in body.fields if isinstance(one.shape, ColumnValue)}
    written |= {one.column for one in derived}
    found: dict[str, Condition] = {}
    for owner in _owners(body, scope):
        column = table.column(owner.column)
        creates = route.operation is Operation.CREATE
        if creates and column.name in presets and alike(presets[column.name], owner.value):
            continue
        if creates or column.name in written:
            message = f"`set` gives a column to rows of `{owner.below}`, and `{table.name}.{column.name}`"
            message += ", which they have, too, may be another"
            fix = f'add "set": {{"{column.name}": "{owner.text}"}} to table `{table.name}`'
            fix = fix if creates else f"leave `{column.name}` out of the body"
            scope.diagnostics.add("BK527", owner.field.span, message, fix)
            continue
        span = owner.field.span
        row = ColumnOf(Name(ROW, Row(table.name), span), column.name, Value(column.type, column.nullable), span)
        same = Binary(Operator.EQUAL, row, owner.value, BOOLEAN, span)
        found.setdefault(f"row.{column.name} == {owner.text}", Condition(f"row.{column.name} == {owner.text}", same))
    return reduce(both, found.values()) if found else None


def _owners(body: Object, scope: Scope) -> Iterator[_Owner]:
    for field in body.fields:
        if isinstance(field.shape, Links | Children):
            relation = field.shape.relation
            below = relation.through.table if relation.through is not None else relation.target
            for own, there in relation.pairs:
                if own in field.shape.owner:
                    text = scope.policies[below].texts[there]
                    yield _Owner(field, own, field.shape.owner[own], below, text)
