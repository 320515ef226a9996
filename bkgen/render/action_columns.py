"""Which columns of the rows of its steps an action uses: those are what its statements give back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from bkgen.model.actions import expressions
from bkgen.model.endpoints import Endpoint
from bkgen.model.expressions import ColumnOf, Expression, Name, Related, Row
from bkgen.model.shapes import Object, Shape, StepRow, StepValue
from bkgen.resolve.expressions.parts import walk

Columns = dict[tuple[str, str], list[str]]
"""(name of a step, its table) -> columns."""


def columns_used(endpoint: Endpoint) -> Columns:
    """The columns that later steps and the answer use, without those of rows that the answer shows as they end."""
    found: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for part in parts(endpoint):
        match part:
            case ColumnOf(row=Name(name=name, gives=Row(table=table)), column=column):
                found[name, table][column] = None
            case Related(row=Name(name=name, gives=Row(table=table)), relation=relation):
                found[name, table] |= dict.fromkeys(here for here, _ in relation.pairs)
    return {key: list(columns) for key, columns in found.items()}


def parts(endpoint: Endpoint) -> Iterator[Expression]:
    """All parts of all expressions of an action."""
    for expression in [*expressions(endpoint.steps), *(one.expression for one in _values(endpoint.success.body))]:
        yield from walk(expression)


def rows_shown(shape: Shape | None) -> dict[str, Object]:
    """The rows that an answer shows, by the names of their steps."""
    return {one.name: one.row for one in _leaves(shape) if isinstance(one, StepRow)}


def _values(shape: Shape | None) -> Iterable[StepValue]:
    return (one for one in _leaves(shape) if isinstance(one, StepValue))


def _leaves(shape: Shape | None) -> Iterator[Shape]:
    match shape:
        case Object(table=None, fields=fields):
            for field in fields:
                yield from _leaves(field.shape)
        case None:
            return
        case _:
            yield shape
