"""What `load` gives to the stages after it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bkgen.source import Map, SourceFile


class Kind(StrEnum):
    """What one object of a document describes."""

    ENDPOINT = "endpoint"
    TABLE = "table"
    VIEW = "view"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Document:
    """One endpoint, table, view or service as it stands in a file."""

    kind: Kind
    node: Map


@dataclass(frozen=True, slots=True)
class Documents:
    """Everything that was read, in canonical form and in the order of file names.

    Attributes:
        endpoints, tables, views: one object each.
        service: None where no document has one.
        files: every document that was read, by name.
    """

    endpoints: tuple[Map, ...]
    tables: tuple[Map, ...]
    views: tuple[Map, ...]
    service: Map | None
    files: tuple[SourceFile, ...]
