"""Risks of arrays within rows that have no end."""

from __future__ import annotations

from collections.abc import Iterator

from bkgen.model.expressions import (
    Related,
    Rows,
)
from bkgen.model.policies import Deed
from bkgen.model.relations import Relation
from bkgen.model.service import Service
from bkgen.model.shapes import (
    Array,
    Children,
    Computed,
    Links,
    Nested,
    Object,
    Shape,
    StepRow,
)
from bkgen.resolve.expressions.parts import walk
from bkgen.resolve.risks.deeds import ways
from bkgen.resolve.risks.risk import Risk
from bkgen.resolve.words import phrase, with_article
from bkgen.source import Span


def arrays_without_end(service: Service) -> Iterator[Risk]:
    """`BK904` of arrays within rows to which clients can add any number."""
    made = {table for table, deed in ways(service) if deed is Deed.CREATE}
    brought = {
        (_grows(one), one.table, one.pairs) for endpoint in service.endpoints for one in _written(endpoint.request)
    }
    for endpoint in service.endpoints:
        for relation, span in _arrays(endpoint.success.body):
            grows = _grows(relation)
            # A body that brings all rows of a relation has an end; one that brings them for other rows adds to them.
            added = any(one[0] == grows and one[1:] != (relation.table, relation.pairs) for one in brought)
            if grows in made or added:
                rows, owner = service.table(relation.target), service.table(relation.table)
                message = (
                    f"the `{relation.name}` of {with_article(phrase(owner.singular))} have no pages, "
                    f"and clients can add any number of {phrase(rows.plural)}"
                )
                path = f"/{owner.name}/{{{owner.singular}_id}}/{rows.name}"
                fix = f"leave them out, and add a list of them, which has pages: GET {path}"
                about = (endpoint.span, owner.span, rows.span, service.table(grows).span)
                yield Risk("BK904", span, message, fix, about, relation.name)


def _arrays(shape: Shape | None) -> Iterator[tuple[Relation, Span]]:
    """The relations to any number of rows that an answer shows all of, and where."""
    match shape:
        case Object(fields=fields):
            for field in fields:
                yield from _arrays(field.shape)
        case Array(items=items):
            yield from _arrays(items)
        case StepRow(row=row):
            yield from _arrays(row)
        case Nested(relation=relation, row=row):
            if relation.many:
                yield relation, shape.span
            yield from _arrays(row)
        case Computed(expression=expression, many=True):
            parts = (part for part in walk(expression) if isinstance(part, Related) and isinstance(part.gives, Rows))
            yield from ((part.relation, shape.span) for part in parts)


def _written(shape: Shape | None) -> Iterator[Relation]:
    """The relations whose rows a body brings, all at once."""
    match shape:
        case Object(fields=fields):
            for field in fields:
                yield from _written(field.shape)
        case Links(relation=relation):
            yield relation
        case Children(relation=relation, row=row):
            yield relation
            yield from _written(row)


def _grows(relation: Relation) -> str:
    """The table that has a row for each of a relation."""
    return relation.through.table if relation.through else relation.target
