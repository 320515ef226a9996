"""Columns of files: their limits, and the columns beside them that hold the bytes."""

from __future__ import annotations

from dataclasses import replace

from bkgen.diagnostics import Diagnostics
from bkgen.model.tables import Column, Table
from bkgen.model.types import Kind, Type
from bkgen.resolve import names
from bkgen.resolve.nodes import text
from bkgen.source import Map, Span

_EXAMPLES = {"mediaTypes": '"mediaTypes": ["image/png", "application/pdf"]', "maxBytes": '"maxBytes": 1048576'}


def content_name(column: str) -> str:
    """The column that holds the bytes of files, beside the one that holds what they are called and are."""
    return f"{column}_content"


def check_limits(node: Map, table: str, diagnostics: Diagnostics) -> None:
    """Adds `BK690` where a column of files does not say what it takes, and how much."""
    type_ = node.get("type")
    said = type_.keys() if isinstance(type_, Map) else []
    if lacks := [key for key in _EXAMPLES if key not in said]:
        missing = " and ".join(f"`{key}`" for key in lacks)
        message = f"column `{table}.{text(node, 'name')}` takes files, and does not say {missing}"
        diagnostics.add("BK690", node.span, message, f"add {', '.join(_EXAMPLES[key] for key in lacks)}")


def file_of(column: Column, table: Table) -> Column | None:
    """The column of files that a column is, or whose bytes it holds."""
    files = (one for one in table.columns if one.type.kind is Kind.FILE)
    return next((one for one in files if column.name in (one.name, content_name(one.name))), None)


def refuse_value(column: Column, table: Table, span: Span, diagnostics: Diagnostics) -> bool:
    """Whether a column holds files, or bytes of them; adds `BK692` then: no expression gives it a value."""
    if (file := file_of(column, table)) is None:
        return False
    message = f"no expression gives `{table.name}.{file.name}` a file: one comes from a client, by a form"
    diagnostics.add("BK692", span, message, f"let `POST`, `PUT` or `PATCH` on the rows take `{file.name}` in its body")
    return True


def with_contents(table: Table, diagnostics: Diagnostics) -> Table:
    """The table with a column for the bytes of each column of files, behind all others.

    Adds `BK324` where a name is taken.
    """
    files = [column for column in table.columns if column.type.kind is Kind.FILE]
    contents = [content for column in files if (content := _content(column, table, diagnostics))]
    return replace(table, columns=(*table.columns, *contents)) if contents else table


def _content(column: Column, table: Table, diagnostics: Diagnostics) -> Column | None:
    name = content_name(column.name)
    for other in table.columns:
        if other.name.casefold() == name.casefold():
            message = f"the bytes of `{table.name}.{column.name}` belong in `{name}`: the name is taken"
            diagnostics.add("BK324", other.span, message, "rename one of the two columns")
            return None
    return replace(
        column,
        name=name,
        attribute=names.attribute(name),
        type=Type(Kind.BYTES, max_length=column.type.max_bytes),
        generated=True,
        private=True,
        added=f"it holds the bytes of the files in `{column.name}`",
        description="",
        veiled=False,
        was=content_name(column.was) if column.was else "",
    )
