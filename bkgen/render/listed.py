"""In which order a list has the rows that a test has made alike, one after the other."""

from __future__ import annotations

from bkgen.model.endpoints import Endpoint, Sort
from bkgen.model.shapes import SortKey
from bkgen.model.tables import Column, Default, Table
from bkgen.model.types import Kind
from bkgen.render.lists import last_keys
from bkgen.render.test_values import is_given, scarce_values, stands_alone

_SORTED = frozenset({Kind.UUID, Kind.INTEGER})
"""Kinds of keys that every database sorts as Python does."""


def listed(endpoint: Endpoint, table: Table, key: str) -> str | None:
    """What is listed of `keys`, the column `key` of the rows as they were made; None where databases may differ."""
    for one in (*_chosen(endpoint), *last_keys(endpoint, table)):
        column = table.column(one.column)
        if column.default is Default.NOW and column.type.kind is Kind.DATETIME and not column.updated:
            return "keys[::-1]" if one.descending else "keys"
        if column.name == key and column.type.kind in _SORTED:
            return f"sorted(keys{', reverse=True' if one.descending else ''})"
        if not _is_alike(column, table):
            return None
    return None


def _chosen(endpoint: Endpoint) -> list[SortKey]:
    """The order of a list where clients could choose another one, and do not."""
    sort = next((query for query in endpoint.query if isinstance(query.use, Sort)), None)
    if sort is None or not isinstance(sort.use, Sort) or not sort.default:
        return []
    names = sort.default if isinstance(sort.default, tuple) else str(sort.default).split(",")
    return [SortKey(sort.use.keys[str(name).removeprefix("-")], descending=str(name).startswith("-")) for name in names]


def _is_alike(column: Column, table: Table) -> bool:
    """Whether all rows that tests make have the same value."""
    differs = stands_alone(column, table) or scarce_values(column, table) or column.name in table.referring
    return not differs and not is_given(column, table) and column.type.kind not in (Kind.UUID, Kind.DATETIME)
