"""The URLs that answers have to show of a row, as generated tests say them."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from bkgen.model.expressions import ColumnOf, Link
from bkgen.model.shapes import Computed, Object
from bkgen.model.tables import Table
from bkgen.render.literals import literal


def shown_links(found: Object | None, table: Table, variable: str) -> Iterator[tuple[str, str]]:
    """(field, inside of an f-string) of the URLs that an answer has of the row in `variable`."""
    for field in found.fields if found else ():
        if isinstance(field.shape, Computed) and isinstance(field.shape.expression, Link) and not field.nullable:
            yield literal(field.name), _url(field.shape.expression, table, variable)


def _url(link: Link, table: Table, variable: str) -> str:
    parts = []
    for part in link.parts:
        if isinstance(part, str):
            parts.append(quote(part, safe=""))
        elif isinstance(part, ColumnOf):
            parts.append(f"{{quote(str({variable}[{literal(table.column(part.column).name)}]), safe='')}}")
    return "/" + "/".join(parts)
