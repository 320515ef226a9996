"""What tables and columns were called before they were renamed."""

from __future__ import annotations

from collections.abc import Iterable

from bkgen.diagnostics import Diagnostics
from bkgen.model.tables import Table
from bkgen.resolve.nodes import span_of, text
from bkgen.source import Map, Span


def check_former_tables(tables: Iterable[Table], diagnostics: Diagnostics) -> None:
    """Adds `BK316` where an old name is the name of a table, or that of two."""
    tables = list(tables)
    renamed = [(table.was, table.span) for table in tables if table.was]
    _check("table", renamed, {table.name for table in tables}, diagnostics)


def check_former_columns(table: Table, nodes: Iterable[Map], diagnostics: Diagnostics) -> None:
    """Adds `BK316` where an old name is the name of a column of the table, or that of two."""
    renamed = [(was, span_of(node, "was")) for node in nodes if (was := text(node, "was"))]
    _check("column", renamed, {column.name for column in table.columns}, diagnostics)


def _check(kind: str, renamed: list[tuple[str, Span]], present: set[str], diagnostics: Diagnostics) -> None:
    first: dict[str, Span] = {}
    for was, span in renamed:
        if was in present:
            message = f"`was` names the {kind} `{was}`, which is still there"
            diagnostics.add("BK316", span, message, f"remove `was`, or the {kind} `{was}`")
        elif first.setdefault(was, span) is not span:
            diagnostics.add("BK316", span, f"two {kind}s say that they were `{was}`", "leave `was` at one of them")
