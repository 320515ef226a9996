"""Columns of files: their limits, and the columns beside them that hold the bytes."""

from __future__ import annotations

from dataclasses import replace

from bkgen.diagnostics import Diagnostics
from bkgen.model.tables import Column, Table
from bkgen.model.types import Kind, Type
from bkgen.resolve import names

_EXAMPLES = {"mediaTypes": '"mediaTypes": ["image/png", "application/pdf"]', "maxBytes": '"maxBytes": 1048576'}


def content_name(column: str) -> str:
    """The column that holds the bytes of files, beside the one that holds what they are called and are."""
    return f"{column}_content"


def with_contents(table: Table, diagnostics: Diagnostics) -> Table:
    """The table with a column for the bytes of each column of files, behind all others.

    Adds `BK690` for files without limits, `BK691` for what no file can be, and `BK324` where a name is taken.
    """
    files = [column for column in table.columns if column.type.kind is Kind.FILE]
    for column in files:
        _check_limits(column, table, diagnostics)
        _check_use(column, table, diagnostics)
    contents = [content for column in files if (content := _content(column, table, diagnostics))]
    return replace(table, columns=(*table.columns, *contents)) if contents else table


def _check_limits(column: Column, table: Table, diagnostics: Diagnostics) -> None:
    said = {"mediaTypes": column.type.media_types, "maxBytes": column.type.max_bytes}
    if lacks := [key for key, value in said.items() if not value]:
        missing = " and ".join(f"`{key}`" for key in lacks)
        message = f"column `{table.name}.{column.name}` takes files, and does not say {missing}"
        diagnostics.add("BK690", column.span, message, f"add {', '.join(_EXAMPLES[key] for key in lacks)}")


def _check_use(column: Column, table: Table, diagnostics: Diagnostics) -> None:
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
            message = f"column `{table.name}.{column.name}` takes files, and cannot be {use}"
            diagnostics.add("BK691", column.span, message, "a file is nothing to compare rows by: remove that")


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
    )
