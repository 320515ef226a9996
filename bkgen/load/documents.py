"""What `load` gives to the stages after it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bkgen.source import Map, SourceFile


class Kind(StrEnum):
    """What one object of a document describes."""

    ENDPOINT = "endpoint"
    TABLE = "table"
    COLLECTION = "collection"
    VIEW = "view"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Document:
    """One endpoint, table, collection, view or service as it stands in a file."""

    kind: Kind
    node: Map


@dataclass(frozen=True, slots=True)
class Documents:
    """Everything that was read, in canonical form and in the order of file names.

    Attributes:
        endpoints, tables, collections, views: one object each.
        service: None where no document has one.
        files: every document that was read, by name.
    """

    endpoints: tuple[Map, ...]
    tables: tuple[Map, ...]
    collections: tuple[Map, ...]
    views: tuple[Map, ...]
    service: Map | None
    files: tuple[SourceFile, ...]

    @property
    def stored(self) -> tuple[Map, ...]:
        """All that rows are kept in: tables and collections."""
        return (*self.tables, *self.collections)
