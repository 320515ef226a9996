"""Orders of rows, as arguments of `order_by`."""

from __future__ import annotations

from collections.abc import Iterable

from bkgen.model.shapes import SortKey
from bkgen.model.tables import Table
from bkgen.model.types import Kind
from bkgen.render.columns import column_code
from bkgen.resolve.list_order import order_keys


def ordering(table: Table, sort: Iterable[SortKey]) -> list[str]:
    """Arguments of `order_by`. NULL counts as the greatest value, which is what PostgreSQL does by itself."""
    found = []
    for key in order_keys(table, sort):
        nulls = (".nulls_first()" if key.descending else ".nulls_last()") if table.column(key.column).nullable else ""
        found.append(f"{sorted_column(table, key.column)}{'.desc()' if key.descending else ''}{nulls}")
    return found


def sorted_column(table: Table, name: str) -> str:
    """A column as something to sort by: SQLite stores decimals as text, which has another order."""
    column = column_code(table, name)
    return f"as_number({column})" if table.column(name).type.kind is Kind.DECIMAL else column
