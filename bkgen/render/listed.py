"""In which order a list has the rows that a test has made alike, one after the other."""

from __future__ import annotations

from bkgen.model.endpoints import Endpoint
from bkgen.model.tables import Column, Default, Table
from bkgen.model.types import Kind
from bkgen.render.test_values import is_given, scarce_values, stands_alone
from bkgen.resolve.list_order import chosen_keys, last_keys

_SORTED = {Kind.UUID: "rows.database.in_order(keys)", Kind.INTEGER: "sorted(keys)"}
"""Kinds of keys of which tests know how databases sort them, and how."""


def listed(endpoint: Endpoint, table: Table, key: str) -> str | None:
    """What is listed of `keys`, the column `key` of the rows as they were made; None where databases may differ."""
    for one in (*chosen_keys(endpoint), *last_keys(endpoint, table)):
        column = table.column(one.column)
        if column.default is Default.NOW and column.type.kind is Kind.DATETIME and not column.updated:
            return "keys[::-1]" if one.descending else "keys"
        if column.name == key and column.type.kind in _SORTED:
            return f"{_SORTED[column.type.kind]}{'[::-1]' if one.descending else ''}"
        if not _is_alike(column, table):
            return None
    return None


def _is_alike(column: Column, table: Table) -> bool:
    """Whether all rows that tests make have the same value."""
    differs = stands_alone(column, table) or scarce_values(column, table) or column.name in table.referring
    return not differs and not is_given(column, table) and column.type.kind not in (Kind.UUID, Kind.DATETIME)
