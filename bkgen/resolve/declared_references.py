"""References as documents declare them: at a column, or at the table for several columns together."""

from __future__ import annotations

from bkgen.diagnostics import Diagnostics
from bkgen.model.tables import OnDelete, Reference
from bkgen.resolve.nodes import child, span_of, strings, text
from bkgen.source import Map


def column_reference(node: Map, column: str, diagnostics: Diagnostics) -> Reference | None:
    """What a column refers to by itself."""
    target = child(node, "references")
    if target is None:
        for key in ("onDelete", "as", "inverse"):
            if (alone := node.get(key)) is not None:
                message, fix = f"`{key}` without `references` does nothing", 'add "references": "table.column"'
                diagnostics.add("BK312", alone.span, message, fix)
        return None
    to = text(target, "column")
    return Reference(
        columns=(column,),
        table=text(target, "table") or "",
        targets=(to,) if to else (),
        on_delete=_on_delete(node, diagnostics),
        span=span_of(node, "references"),
        name=text(node, "as") or "",
        inverse=text(node, "inverse") or "",
        says_on_delete="onDelete" in node,
    )


def table_reference(node: Map, columns: tuple[str, ...], diagnostics: Diagnostics) -> Reference:
    """What columns of a table refer to together."""
    return Reference(
        columns=columns,
        table=text(node, "table") or "",
        targets=tuple(name for name, _ in strings(node.get("to"))),
        on_delete=_on_delete(node, diagnostics),
        span=node.span,
        name=text(node, "as") or "",
        inverse=text(node, "inverse") or "",
        says_on_delete="onDelete" in node,
    )


def report_repeated(table: str, reference: Reference, first: Reference, diagnostics: Diagnostics) -> None:
    """Adds `BK314` for a reference of columns that have the `first` one already."""
    together = " and ".join(f"`{name}`" for name in reference.columns)
    verb = "refers" if len(reference.columns) == 1 else "refer"
    message = f"{together} of table `{table}` already {verb} to `{first.table}`"
    diagnostics.add("BK314", reference.span, message, "keep one of the two references")


def _on_delete(node: Map, diagnostics: Diagnostics) -> OnDelete:
    word = (text(node, "onDelete") or "NO ACTION").upper().replace("_", " ").replace("SETNULL", "SET NULL")
    if word not in list(OnDelete):
        diagnostics.add(
            "BK312", span_of(node, "onDelete"), f"`{word}` is no rule for deletions", "one of: " + ", ".join(OnDelete)
        )
        word = "NO ACTION"
    return OnDelete(word)
