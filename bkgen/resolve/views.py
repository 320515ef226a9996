"""Views: the named shapes of rows that documents declare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bkgen.diagnostics import Diagnostics
from bkgen.model.shapes import SortKey
from bkgen.model.tables import Column, Table
from bkgen.model.types import Kind
from bkgen.resolve import names, texts
from bkgen.resolve.lookup import find_value
from bkgen.resolve.nodes import span_of, strings, text
from bkgen.resolve.veils import seen_by_all
from bkgen.source import Map

MOST_IN_CURSOR = 255
"""Characters of a text that rows of a list with a cursor are ordered by."""


class Views:
    """All views that have a usable name, by it."""

    def __init__(self, nodes: Iterable[Map], diagnostics: Diagnostics) -> None:
        self._nodes: dict[str, Map] = {}
        for node in nodes:
            self._add(node, diagnostics)

    def __iter__(self) -> Iterator[str]:
        return iter(self._nodes)

    def __getitem__(self, name: str) -> Map:
        return self._nodes[name]

    def find(self, word: str) -> str | None:
        """The name of the view that a type in a response means."""
        if word in self._nodes:
            return word
        return next((name for name in self._nodes if names.fold(name) == names.fold(word)), None)

    def _add(self, node: Map, diagnostics: Diagnostics) -> None:
        name, span = text(node, "name") or "", span_of(node, "name")
        if not texts.check_field_name(name, span, diagnostics):
            return
        if (other := self.find(name)) is not None:
            message = f"the view `{name}` has the name of another one"
            diagnostics.add("BK520", span, message, f"rename one of them; `{other}` is at {self._nodes[other].span}")
            return
        self._nodes[name] = node


def is_sortable(column: Column) -> bool:
    """Whether clients may see an order by the column, and it has one."""
    return not column.private and column.type.kind not in (Kind.JSON, Kind.OBJECT, Kind.ANY, Kind.BYTES, Kind.FILE)


def is_long(column: Column) -> bool:
    """Whether a value may be too long to be sent back and forth in a cursor."""
    is_text = column.type.kind in (Kind.STRING, Kind.EMAIL, Kind.URL) and not column.type.enum
    return is_text and (column.type.max_length is None or column.type.max_length > MOST_IN_CURSOR)


def sort_keys(node: Map, table: Table, diagnostics: Diagnostics, key: str = "sort") -> tuple[SortKey, ...]:
    """The columns that `sort`, or another key, lists: a minus before those that are descending."""
    found: list[SortKey] = []
    for word, span in strings(node.get(key)):
        column = find_value(table, word.lstrip("+-"))
        if column is None or not is_sortable(column):
            choices = [column.name for column in (*table.public, *table.within) if is_sortable(column)]
            fix = diagnostics.nearest(span, word.lstrip("+-"), choices) or f"its columns: {', '.join(choices)}"
            diagnostics.add("BK521", span, f"`{word}` is no column of `{table.name}` to sort by", fix)
        elif seen_by_all(column, table, span, "an order by it", "sort by another column", diagnostics):
            found.append(SortKey(column.name, word.startswith("-")))
    return tuple(found)
