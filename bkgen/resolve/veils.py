"""Columns whose values a policy does not show to everyone, where nothing may tell of what is hidden."""

from __future__ import annotations

from bkgen.diagnostics import Diagnostics
from bkgen.model.tables import Column, Table
from bkgen.source import Span

VISIBLE = "visible"
"""The key of the policies that say to whom columns are shown."""


def seen_by_all(column: Column, table: Table, span: Span, use: str, fix: str, diagnostics: Diagnostics) -> bool:
    """Whether everyone sees the column; else adds `BK425`: its `use` would tell of values that are hidden."""
    if column.veiled:
        message = (
            f"policy `{VISIBLE}` does not show `{table.name}.{column.name}` to everyone, and {use} would tell of it"
        )
        diagnostics.add("BK425", span, message, fix)
    return not column.veiled
