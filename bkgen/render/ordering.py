"""Orders of rows, as arguments of `order_by`."""

from __future__ import annotations

from collections.abc import Iterable

from bkgen.model.shapes import SortKey
from bkgen.model.tables import Column, Default, Table
from bkgen.model.types import Kind
from bkgen.render.columns import column_code


def ordering(table: Table, sort: Iterable[SortKey]) -> list[str]:
    """Arguments of `order_by`. NULL counts as the greatest value, which is what PostgreSQL does by itself."""
    found = []
    for key in order_keys(table, sort):
        nulls = (".nulls_first()" if key.descending else ".nulls_last()") if table.column(key.column).nullable else ""
        found.append(f"{sorted_column(table, key.column)}{'.desc()' if key.descending else ''}{nulls}")
    return found


def order_keys(table: Table, sort: Iterable[SortKey]) -> list[SortKey]:
    """What is asked for, or the time of creation; then the key, so that no two rows tie."""
    created = creation_time(table)
    keys = list(sort) or ([SortKey(created.name, descending=False)] if created else [])
    named = {key.column for key in keys}
    descending = bool(keys) and keys[-1].descending
    return keys + [SortKey(column.name, descending) for column in table.primary_key if column.name not in named]


def sorted_column(table: Table, name: str) -> str:
    """A column as something to sort by: SQLite stores decimals as text, which has another order."""
    column = column_code(table, name)
    return f"as_number({column})" if table.column(name).type.kind is Kind.DECIMAL else column


def creation_time(table: Table) -> Column | None:
    """The column that says when a row was made, exactly enough to sort by, and that everyone sees."""
    times = (c for c in table.columns if c.default is Default.NOW and not (c.updated or c.nullable or c.veiled))
    return next((column for column in times if column.type.kind is Kind.DATETIME), None)
