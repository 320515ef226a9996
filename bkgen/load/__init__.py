"""Reads documents, with the position of every key and value, into their canonical form."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bkgen.diagnostics import Diagnostics
from bkgen.load.documents import Document, Documents, Kind
from bkgen.load.files import read_files
from bkgen.load.kinds import parts
from bkgen.load.read_json import read_json
from bkgen.load.read_yaml import read_yaml
from bkgen.load.tree import RefusedError
from bkgen.source import Map, SourceFile

__all__ = ["Documents", "load", "read"]


def load(paths: Sequence[Path], diagnostics: Diagnostics) -> Documents:
    """Everything that the documents at `paths` (files and folders) say, in canonical form."""
    files = read_files(paths, diagnostics)
    found = [part for file in files for part in read(file, diagnostics)]
    return Documents(
        endpoints=_of_kind(Kind.ENDPOINT, found),
        tables=_of_kind(Kind.TABLE, found),
        collections=_of_kind(Kind.COLLECTION, found),
        views=_of_kind(Kind.VIEW, found),
        service=_service(found, diagnostics),
        files=tuple(files),
    )


def read(file: SourceFile, diagnostics: Diagnostics) -> list[Document]:
    """What one document says; nothing where it cannot be read."""
    reader = read_json if file.path.suffix.lower() == ".json" else read_yaml
    try:
        root = reader(file, diagnostics)
    except RefusedError as mistake:
        diagnostics.add(mistake.code, mistake.span, mistake.message, mistake.fix)
        return []
    return parts(root, diagnostics) if root is not None else []


def _of_kind(kind: Kind, found: list[Document]) -> tuple[Map, ...]:
    return tuple(part.node for part in found if part.kind is kind)


def _service(found: list[Document], diagnostics: Diagnostics) -> Map | None:
    """The one service of the documents."""
    services = _of_kind(Kind.SERVICE, found)
    for other in services[1:]:
        fix = f"keep one; the first is at {services[0].span}"
        diagnostics.add("BK209", other.span, "the documents describe a service already", fix)
    return services[0] if services else None
