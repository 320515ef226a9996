"""Columns by whose values no rows are compared: files and JSON, arrays among that."""

from __future__ import annotations

from bkgen.diagnostics import Diagnostics
from bkgen.model.tables import Column, Table
from bkgen.model.types import ArrayForm, Kind


def check_uses(table: Table, diagnostics: Diagnostics) -> None:
    """Adds `BK691` or `BK313` for each column that cannot be what the table has it for."""
    for column in table.columns:
        match column.type.kind:
            case Kind.FILE:
                _refuse("BK691", "takes files", "a file", column, table, diagnostics)
            case Kind.JSON if isinstance(column.type.form, ArrayForm):
                _refuse("BK313", "is an array", "an array", column, table, diagnostics)
            case Kind.JSON:
                _refuse("BK313", "holds JSON", "JSON", column, table, diagnostics)


def _refuse(code: str, what: str, thing: str, column: Column, table: Table, diagnostics: Diagnostics) -> None:
    indexed = column.index or any(column.name in index.columns for index in table.indexes)
    uses = {
        "the key of its table": column.primary,
        "unique": column.unique,
        "in an index": indexed and not column.unique,
        "a reference": column.name in table.referring,
        "a state": bool(column.transitions),
    }
    for use, wanted in uses.items():
        if wanted:
            message = f"column `{table.name}.{column.name}` {what}, and cannot be {use}"
            diagnostics.add(code, column.span, message, f"{thing} is nothing to compare rows by: remove that")
            return
