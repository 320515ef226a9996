"""What conditions say before a new row is there: it must not make true by itself what they ask of the rows above.

Nor may the database be asked to write it before: that another row has the same key would tell who may not know.
"""

from __future__ import annotations

from bkgen.model.expressions import (
    Binary,
    Conditional,
    Expression,
    Filtered,
    Literal,
    Mapped,
    Name,
    Operator,
    Quantified,
    Quantifier,
    Related,
    Row,
    Rows,
    Value,
    Values,
)
from bkgen.model.relations import Relation
from bkgen.model.service import Service
from bkgen.model.tables import Table
from bkgen.resolve.expressions.kinds import BOOLEAN
from bkgen.resolve.expressions.parts import rebuilt, walk
from bkgen.resolve.vocabulary import ROW

_OTHER = "other"


def without_row(expression: Expression, table: Table, service: Service) -> Expression:
    """The expression with `row`, which is of `table`, left out wherever a relation leads to rows of that table.

    Only for scenes, which look at rows and not at what kind of value an expression gives.
    """
    found = rebuilt(expression, lambda part: without_row(part, table, service))
    if not isinstance(found, Related) or _is_above(found.relation, service):
        return found
    relation = found.relation
    match found.gives:
        case Rows() if relation.through is not None and relation.through.table == table.name:
            links = Relation(_OTHER, relation.table, table.name, relation.pairs, None, True, True, found.span)
            pairs = relation.through.pairs
            there = Relation(_OTHER, table.name, relation.target, pairs, None, False, True, found.span)
            linked = _others(Related(found.row, links, Rows(table.name), found.span), table)
            end = Related(Name(_OTHER, Row(table.name), found.span), there, Row(relation.target, True), found.span)
            return Mapped(linked, _OTHER, end, Values(BOOLEAN), found.span)
        case Rows() if relation.through is None and relation.target == table.name:
            return _others(found, table)
        case Row() if relation.target == table.name:
            nothing = Literal(None, Value(None, nullable=True), found.span)
            return Conditional(_is_other(found, table), found, nothing, BOOLEAN, found.span)
        case _:
            return found


def is_growing(expression: Expression, table: Table) -> bool:
    """Whether no further row of a table makes a condition false that holds."""
    match expression:
        case Binary(operator=Operator.AND | Operator.OR, left=left, right=right):
            return is_growing(left, table) and is_growing(right, table)
        case Quantified(quantifier=Quantifier.EXISTS, source=Related(), condition=condition):
            return is_growing(condition, table)
        case _:
            ways = (part.relation for part in walk(expression) if isinstance(part, Related) and part.relation.many)
            return all(table.name not in (way.target, way.through and way.through.table) for way in ways)


def _is_above(relation: Relation, service: Service) -> bool:
    """Whether the row that a relation leads to is there before the one that it starts from."""
    return service.table(relation.table).reference_by(relation.pairs, relation.target) is not None


def _others(rows: Related, table: Table) -> Filtered:
    other = Name(_OTHER, Row(table.name), rows.span)
    return Filtered(rows, _OTHER, _is_other(other, table), Rows(table.name), rows.span)


def _is_other(one: Expression, table: Table) -> Expression:
    return Binary(Operator.NOT_EQUAL, one, Name(ROW, Row(table.name), one.span), BOOLEAN, one.span)
