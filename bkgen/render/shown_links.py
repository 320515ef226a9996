"""The URLs that answers have to show of a row, as generated tests say them."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from bkgen.model.expressions import ColumnOf, Link
from bkgen.model.shapes import Computed, Object
from bkgen.model.tables import Table
from bkgen.render.literals import literal


def shown_links(found: Object | None, table: Table, variable: str) -> Iterator[tuple[str, str]]:
    """(field, expression of the path) of the URLs that an answer has of the row in `variable`."""
    for field in found.fields if found else ():
        if isinstance(field.shape, Computed) and isinstance(field.shape.expression, Link) and not field.nullable:
            yield literal(field.name), _url(field.shape.expression, table, variable)


def _url(link: Link, table: Table, variable: str) -> str:
    """The path as a sum of constant texts and of values of the row."""
    terms, constant = [], ""
    for part in link.parts:
        constant += "/"
        if isinstance(part, str):
            constant += quote(part, safe="")
        elif isinstance(part, ColumnOf):
            value = f'quote(str({variable}[{literal(table.column(part.column).name)}]), safe="")'
            terms += [literal(constant), value]
            constant = ""
    return " + ".join([*terms, literal(constant)] if constant else terms)
