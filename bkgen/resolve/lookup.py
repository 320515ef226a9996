"""Finds tables and columns by the words that paths and bodies use for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from bkgen.diagnostics import Diagnostics
from bkgen.model.tables import Column, Reference, Table
from bkgen.resolve.names import fold
from bkgen.source import Span


class Tables:
    """All tables, by name and by the words for them: `order-items`, `OrderItem` and `order_items` all find one."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self._by_name = {table.name: table for table in tables}
        self._by_word: dict[str, Table] = {}
        for table in self:
            for word in (table.name, table.plural, table.singular):
                self._by_word.setdefault(fold(word), table)

    def __iter__(self) -> Iterator[Table]:
        return iter(self._by_name.values())

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    @property
    def by_name(self) -> Mapping[str, Table]:
        return self._by_name

    def __getitem__(self, name: str) -> Table:
        return self._by_name[name]

    def find(self, word: str) -> Table | None:
        """The table that a path segment, a type's name or a field's name means."""
        return self._by_name.get(word) or self._by_word.get(fold(word))

    def referring(self, name: str) -> list[tuple[Table, Reference]]:
        """The references of all tables that lead to the table `name`."""
        return self._referring[name]

    @cached_property
    def _referring(self) -> defaultdict[str, list[tuple[Table, Reference]]]:
        found: defaultdict[str, list[tuple[Table, Reference]]] = defaultdict(list)
        for table in self:
            for reference in table.references:
                found[reference.table].append((table, reference))
        return found

    def nearest(self, word: str, span: Span, diagnostics: Diagnostics) -> str | None:
        """A fix that names the table whose name is nearest to `word`, which stands at `span`."""
        return diagnostics.nearest(span, word, self._by_name)


def find_column(table: Table, word: str) -> Column | None:
    """The column called `word`, exactly or but for case and separators."""
    exact = next((column for column in table.columns if column.name == word), None)
    return exact or next((column for column in table.columns if fold(column.name) == fold(word)), None)


def find_value(table: Table, word: str) -> Column | None:
    """The column called `word`, or the value within a document at that path: `address.city`."""
    exact = next((column for column in table.within if column.name == word), None)
    return exact or find_column(table, word)


def is_unique(table: Table, names: Iterable[str]) -> bool:
    """Whether equal values in these columns can stand in one row only."""
    wanted = set(names)
    return any(rule and wanted.issuperset(rule) for rule in table.unique_rules)
