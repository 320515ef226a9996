"""Views of the generated tests of query parameters that narrow down groups: which rows are in them at the border."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bkgen.model.endpoints import Condition, Endpoint
from bkgen.model.expressions import Binary, ColumnOf, Expression, MemberOf, Name, Operator, Related
from bkgen.model.service import Service
from bkgen.model.tables import Column, Table
from bkgen.model.types import Kind
from bkgen.render.literals import literal
from bkgen.render.naming import row_word
from bkgen.render.test_values import as_json
from bkgen.render.test_views import row_variable

_INCLUSIVE = {Operator.GREATER_EQUAL: "max", Operator.LESS_EQUAL: "min"}
_EXCLUSIVE = {Operator.GREATER: "max", Operator.LESS: "min"}
_ORDERED = frozenset({Kind.INTEGER, Kind.DATE, Kind.DATETIME})


@dataclass(frozen=True, slots=True)
class Border:
    """A query parameter with which the rows are compared; all but `inclusive` are Python expressions.

    Attributes:
        values: what the rows have.
        sent: the last of these, from where the comparison comes.
        inclusive: whether the row that has it is in.
    """

    name: str
    values: str
    sent: str
    inclusive: bool


def borders(endpoint: Endpoint, service: Service) -> Iterator[Border]:
    """Those of the parameters that are compared with a column of the row, or of one that it refers to."""
    table = service.table(endpoint.table or "")
    if row_variable(endpoint, table) != row_word(table):
        return  # rows above are of the same table
    for query in endpoint.query:
        if not isinstance(query.use, Condition) or query.many:
            continue
        match query.use.where.expression:
            case Binary(operator=operator, left=ColumnOf(row=row, column=name), right=MemberOf()) if (
                operator in _INCLUSIVE | _EXCLUSIVE and (found := _place(row, table, service)) is not None
            ):
                owner, code = found
                column = owner.column(name)
                if not column.nullable and column.type.kind in _ORDERED:
                    yield _border(literal(query.name), operator, column, f"{code}[{literal(name)}]", row_word(table))


def _border(name: str, operator: Operator, column: Column, value: str, word: str) -> Border:
    last = (_INCLUSIVE | _EXCLUSIVE)[operator]
    return Border(
        name, f"[{value} for {word} in made]", as_json(column.type, f"{last}(values)"), operator in _INCLUSIVE
    )


def _place(row: Expression, table: Table, service: Service) -> tuple[Table, str] | None:
    """The table that a column is of, and the code of its row for each row that was made; None for any farther row."""
    match row:
        case Name():
            return table, row_word(table)
        case Related(row=Name(), relation=relation) if not relation.many and not relation.optional:
            target = service.table(relation.target)
            keys = ", ".join(
                f"{target.column(there).attribute}={row_word(table)}[{literal(here)}]" for here, there in relation.pairs
            )
            return target, f"find(rows, {target.class_name}, {keys})"
        case _:
            return None
