"""Documents as trees whose every key and value knows where it stands.

A JSON or YAML document becomes a tree of `Scalar`, `List` and `Map` nodes. Positions are 1-based lines and columns;
a column counts characters, not bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class SourceFile:
    """A document as it was read.

    Attributes:
        path: where it was read from.
        name: the path as messages and generated headers show it: relative to the documents' folder, with `/`.
        text: the whole content, newlines as in the file.
    """

    path: Path
    name: str
    text: str = field(repr=False)

    @cached_property
    def lines(self) -> list[str]:
        """The lines as positions count them: only a newline ends one, where `str.splitlines` also knows U+2028."""
        return [line.removesuffix("\r") for line in self.text.split("\n")]


@dataclass(frozen=True, slots=True)
class Span:
    """A range in a document: from (line, column) up to but not including (end_line, end_column)."""

    file: SourceFile
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file.name}:{self.line}:{self.column}"

    @property
    def sort_key(self) -> tuple[str, int, int]:
        return (self.file.name, self.line, self.column)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A string, number, boolean or null."""

    value: str | int | float | bool | None
    span: Span


@dataclass(frozen=True, slots=True)
class List:
    """An array."""

    items: tuple[Node, ...]
    span: Span

    def __iter__(self) -> Iterator[Node]:
        return iter(self.items)


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a `Map` with its value."""

    key: str
    key_span: Span
    value: Node


@dataclass(frozen=True, slots=True)
class Map:
    """An object; its entries are in the order of the document and their keys are unique."""

    entries: tuple[Entry, ...]
    span: Span

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __contains__(self, key: str) -> bool:
        return self.entry(key) is not None

    def entry(self, key: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.key == key), None)

    def get(self, key: str) -> Node | None:
        """The value of `key`, or None where the object has no such key."""
        entry = self.entry(key)
        return entry.value if entry else None

    def keys(self) -> list[str]:
        return [entry.key for entry in self.entries]


Node = Scalar | List | Map


def plain(node: Node) -> Any:
    """The node as the values that `json.loads` would give."""
    match node:
        case Scalar(value=value):
            return value
        case List(items=items):
            return [plain(item) for item in items]
        case Map(entries=entries):
            return {entry.key: plain(entry.value) for entry in entries}


def locate(node: Node, path: Iterable[str | int]) -> Node:
    """The node that `path` (keys and indexes from `node` on) leads to, or the last one on the way that exists."""
    for step in path:
        match node:
            case List(items=items) if isinstance(step, int) and step < len(items):
                node = items[step]
            case Map() if (child := node.get(str(step))) is not None:
                node = child
            case _:
                return node
    return node
