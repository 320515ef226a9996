"""Files before they are formatted, and where their definitions came from."""

from __future__ import annotations

from dataclasses import dataclass, field

from bkgen.model.endpoints import Endpoint
from bkgen.model.tables import Column, Reference, Table
from bkgen.source import Span


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a definition in a generated file came from, and by which rule."""

    span: Span
    rule: str


def endpoint_origin(endpoint: Endpoint) -> Origin:
    return Origin(endpoint.span, endpoint.rule)


def table_origin(table: Table) -> Origin:
    return Origin(table.span, table.added or f"table `{table.name}`")


def column_origin(column: Column) -> Origin:
    return Origin(column.span, column.added or f"column `{column.name}`")


def reference_origin(reference: Reference) -> Origin:
    if len(reference.columns) == 1:
        return Origin(reference.span, f"what column `{reference.columns[0]}` refers to")
    columns = " and ".join(f"`{name}`" for name in reference.columns)
    return Origin(reference.span, f"what columns {columns} refer to")


@dataclass(frozen=True, slots=True)
class Draft:
    """A file before it is formatted.

    Attributes:
        origins: name of a part, as `bkgen.symbols` calls it (`read_post`, `Post.title`) -> where it came from.
        documents: further places that the file depends on as a whole.
    """

    text: str
    origins: dict[str, Origin] = field(default_factory=dict)
    documents: tuple[Origin, ...] = ()
