"""The order of the rows of a list: by what keys, of which the last ones name one row."""

from __future__ import annotations

from collections.abc import Iterable

from bkgen.model.endpoints import Endpoint, QueryParameter, Sort
from bkgen.model.in_shapes import row_of
from bkgen.model.shapes import SortKey
from bkgen.model.tables import Column, Default, Table
from bkgen.model.types import Kind


def sort_of(endpoint: Endpoint) -> QueryParameter | None:
    """The parameter by which clients choose the order; None where they cannot."""
    return next((query for query in endpoint.query if isinstance(query.use, Sort)), None)


def chosen_keys(endpoint: Endpoint) -> list[SortKey]:
    """The order of a list where clients could choose another one, and do not; none where they have to choose."""
    sort = sort_of(endpoint)
    if sort is None or not isinstance(sort.use, Sort) or not sort.default:
        return []
    names = sort.default if isinstance(sort.default, tuple) else str(sort.default).split(",")
    return [SortKey(sort.use.keys[str(name).removeprefix("-")], descending=str(name).startswith("-")) for name in names]


def last_keys(endpoint: Endpoint, table: Table) -> list[SortKey]:
    """What rows are ordered by behind what clients choose: by a key alone where they always choose."""
    sort = sort_of(endpoint)
    if sort is not None and sort.default:
        return [SortKey(column.name, descending=False) for column in table.primary_key]
    row = row_of(endpoint.success.body)
    return order_keys(table, endpoint.sort or (row.sort if row else ()))


def order_keys(table: Table, sort: Iterable[SortKey]) -> list[SortKey]:
    """What is asked for, or the time of creation; then the key, so that no two rows tie."""
    created = creation_time(table)
    keys = list(sort) or ([SortKey(created.name, descending=False)] if created else [])
    named = {key.column for key in keys}
    descending = bool(keys) and keys[-1].descending
    return keys + [SortKey(column.name, descending) for column in table.primary_key if column.name not in named]


def creation_time(table: Table) -> Column | None:
    """The column that says when a row was made, exactly enough to sort by, and that everyone sees."""
    times = (c for c in table.columns if c.default is Default.NOW and not (c.updated or c.nullable or c.veiled))
    return next((column for column in times if column.type.kind is Kind.DATETIME), None)
