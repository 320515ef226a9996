"""The indexes of a table: those that the documents declare, and those that patterns need beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bkgen.model.tables import Index, Kept, Table
from bkgen.resolve.indexes.pattern import Pattern, is_one_row


@dataclass(frozen=True, slots=True)
class Way:
    """A way to find rows: an index, a unique rule, or the key (`columns`), of the rows of which `where` holds."""

    columns: tuple[str, ...]
    where: tuple[Kept, ...] = ()

    def serves(self, pattern: Pattern, table: Table) -> bool:
        """Whether it finds the rows of a pattern without others, in its order.

        The columns that have one value each may come in any order, before those that rows are ordered by. One of all
        rows does for a pattern of some where a value narrows them; where none does, reading those of one state out of
        all is what an index is to spare.
        """
        if not set(self.where) <= set(pattern.kept):
            return False
        if pattern.kept and not self.where and not pattern.equal:
            return False
        if is_one_row(table, pattern.equal):
            return not self.where and set(self.columns) <= set(pattern.equal)
        count = len(pattern.equal)
        begins = set(self.columns[:count]) == set(pattern.equal)
        return begins and self.columns[count : count + len(pattern.order)] == pattern.order


def ways_of(table: Table) -> list[Way]:
    """All ways of a table, the shortest first where one begins like another: the key, rules and indexes."""
    single = [Way((column.name,)) for column in table.every if column.index]
    return [*map(Way, table.unique_rules), *single, *(Way(one.columns, one.where) for one in _plain(table))]


def with_indexes(table: Table, patterns: Iterable[Pattern]) -> Table:
    """The table with the indexes that its references and patterns need; none is the beginning of another way.

    `patterns` are those of the table. What the documents declare stays, and comes first.
    """
    ways = ways_of(table)
    found: list[Way] = []
    wanted = [pattern for pattern in patterns if pattern.equal or pattern.order]
    for pattern in sorted(wanted, key=lambda one: -len((*one.equal, *one.order))):
        if any(way.serves(pattern, table) for way in (*ways, *found)):
            continue
        found.append(Way((*pattern.equal, *pattern.order), pattern.kept))
    for reference in table.references:
        count = len(reference.columns)
        known = (way.columns[:count] for way in (*ways, *found) if not way.where)
        if not any(set(begin) == set(reference.columns) for begin in known):
            found.append(Way(reference.columns))
    alone = {way.columns[0] for way in found if len(way.columns) == 1 and not way.where}
    spans = {reference.columns: reference.span for reference in table.references}
    several = (Index(way.columns, False, spans.get(way.columns, table.span), way.where) for way in found)
    return replace(
        table,
        columns=tuple(replace(column, index=column.index or column.name in alone) for column in table.columns),
        within=tuple(replace(column, index=column.index or column.name in alone) for column in table.within),
        indexes=(*table.indexes, *(one for one in several if len(one.columns) > 1 or one.where)),
    )


def _plain(table: Table) -> Iterator[Index]:
    return (index for index in table.indexes if not index.unique)
