"""The rows above those that a query is about: what a nested path leads through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bkgen.model.endpoints import Endpoint, Operation, Parent
from bkgen.model.policies import Deed
from bkgen.model.service import Service
from bkgen.model.tables import Table
from bkgen.render.columns import both, column_code
from bkgen.render.errors import missing_row
from bkgen.render.expressions import Context, python_value
from bkgen.render.literals import literal
from bkgen.render.policies import rule_call
from bkgen.render.variables import VARIABLES

Values = tuple[tuple[str, str], ...]
"""(column, its value as code)."""


@dataclass(frozen=True, slots=True)
class ParentView:
    """A row that has to exist before the query's own rows are looked at.

    Attributes:
        values: (column of the next table, the value of the row that it refers to, as code).
        same: what is true of the row, as soon as it is found.
        columns: what is selected.
        conditions: which row.
        missing: what `NotFound` is told where there is none.
        assignment, value: around the statement, where something of the row is not known without it.
        kept: whether it must not be deleted before the transaction ends, because a new row will refer to it.
    """

    values: tuple[tuple[str, str], ...]
    same: tuple[str, ...]
    columns: str
    conditions: tuple[str, ...]
    missing: str
    assignment: str
    value: str
    kept: bool


def above(endpoint: Endpoint, service: Service, table: Table) -> tuple[list[ParentView], list[str], list[str]]:
    """The rows above those of an endpoint, the conditions by which these belong to them, and `join(...)` arguments."""
    parents: list[ParentView] = []
    known: Values = ()  # by which the next table belongs to the parent before it
    child = table
    for parent in endpoint.parents:
        kept = endpoint.operation is Operation.CREATE and parent is endpoint.parents[-1]
        given = _given_above(endpoint, service) if kept else ()
        parents.append(_parent(parent, service, known, given, kept))
        child = _child_table(endpoint, service, parent, table)
        known = parents[-1].values
    conditions = list(_equal(child, known)) if endpoint.operation is not Operation.CREATE else []
    joins = []
    if endpoint.link is not None:
        link = service.table(endpoint.link.table)
        pairs = [f"{column_code(link, here)} == {column_code(table, there)}" for here, there in endpoint.link.pairs]
        joins.append(f"{link.class_name}, {both(pairs)}")
    return parents, conditions, joins


def _given_above(endpoint: Endpoint, service: Service) -> Values:
    """What the row above has where the presets of a new row say whose it is."""
    context = Context(service.by_name, VARIABLES)
    return tuple((there, python_value(endpoint.presets[here], context).code) for here, there in endpoint.shared)


def _parent(parent: Parent, service: Service, above: Values, given: Values, kept: bool) -> ParentView:
    table = service.table(parent.table)
    named = tuple(zip(parent.columns, parent.parameters, strict=True))
    known = {**dict(above), **dict(named)}
    targets = [there for _, there in parent.pairs]
    unknown = [there for there in targets if there not in known]
    variable = f"{table.module}_key"
    if len(unknown) == 1:
        known[unknown[0]] = variable
    else:
        known |= {name: f"{variable}[{literal(name)}]" for name in unknown}
    visible = [rule_call(table, Deed.READ, parent.visible)] if parent.visible else []
    return ParentView(
        values=tuple((here, known[there]) for here, there in parent.pairs),
        same=tuple(_equal(table, [(there, known[there]) for there in targets])),
        columns=", ".join(column_code(table, name) for name in unknown or targets[:1]),
        conditions=(*_equal(table, named), *_equal(table, above), *_equal(table, given), *visible),
        missing=missing_row(table.name, service),
        assignment=f"{variable} = " if unknown else "",
        value=f"[{literal(unknown[0])}]" if len(unknown) == 1 else "",
        kept=kept,
    )


def _equal(table: Table, values: Iterable[tuple[str, str]]) -> Iterator[str]:
    """That columns have these values."""
    return (f"{column_code(table, name)} == {value}" for name, value in values)


def _child_table(endpoint: Endpoint, service: Service, parent: Parent, table: Table) -> Table:
    """The table that refers to `parent`: the next one on the path, the link, or the endpoint's own."""
    after = endpoint.parents[endpoint.parents.index(parent) + 1 :]
    if after:
        return service.table(after[0].table)
    return service.table(endpoint.link.table) if endpoint.link else table
