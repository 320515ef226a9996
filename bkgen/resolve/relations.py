"""Relations between tables: both directions of every reference, and the far ends of tables of links.

Each gets a name from the reference, or from the table that it leads to. A name that two relations of a table would
share belongs to neither: who wants to use it has to choose names in the document (`as`, `inverse`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from bkgen.model.relations import Relation, Through
from bkgen.model.tables import Reference, Table
from bkgen.resolve.lookup import Tables, is_unique
from bkgen.resolve.names import fold

_KEY_SUFFIX = re.compile(r"(?i)(?<=[^_])_?(?:id|uuid|key|ref|fk)$")


class Relations:
    """All relations, by the table that they start from and by name, however that is spelled."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._found: defaultdict[str, defaultdict[str, list[Relation]]] = defaultdict(lambda: defaultdict(list))
        for relation in _relations(tables):
            self._found[relation.table][fold(relation.name)].append(relation)

    def find(self, table: str, name: str) -> Relation | None:
        """The relation of a table that `name` means; None where none does, or several."""
        candidates = self.candidates(table, name)
        return candidates[0] if len(candidates) == 1 else None

    def candidates(self, table: str, name: str) -> list[Relation]:
        """All relations of a table that would be called `name`; none where a column is."""
        if any(fold(column.name) == fold(name) for column in self._tables[table].columns):
            return []
        return self._found[table][fold(name)]

    def to(self, table: str, target: str) -> list[Relation]:
        """The relations that lead from a table to another without a table between."""
        found = self._found[table].values()
        return [one for same in found for one in same if one.target == target and one.through is None]

    @cached_property
    def by_table(self) -> Mapping[str, Mapping[str, Relation]]:
        """The relations of every table whose names are clear, by name."""
        return {table.name: self.of(table.name) for table in self._tables}

    def of(self, table: str) -> Mapping[str, Relation]:
        """The relations of a table whose names are clear, by name."""
        named = (self.find(table, folded) for folded in list(self._found[table]))
        return {relation.name: relation for relation in named if relation is not None}


def _relations(tables: Tables) -> Iterator[Relation]:
    for table in tables:
        references = [reference for reference in table.references if reference.table in tables]
        for reference in references:
            yield _to_one(table, reference, tables[reference.table])
            yield _back(table, reference)
        whole = [one for one in references if not any(set(one.columns) < set(other.columns) for other in references)]
        if len(whole) == 2 and is_unique(table, (name for reference in whole for name in reference.columns)):
            one, other = whole
            yield _across(table, one, other, tables)
            yield _across(table, other, one, tables)


def _to_one(table: Table, reference: Reference, target: Table) -> Relation:
    return Relation(
        name=reference.name or _stem(reference) or target.singular,
        table=table.name,
        target=target.name,
        pairs=reference.pairs,
        through=None,
        many=False,
        optional=table.is_optional(reference),
        span=reference.span,
    )


def _stem(reference: Reference) -> str:
    """What the column is called, but for `_id`; of several columns, the one that is not called like what it refers to.

    Empty where that tells nothing.
    """
    names = [reference.columns[0]] if len(reference.columns) == 1 else [a for a, b in reference.pairs if a != b]
    stem = _KEY_SUFFIX.sub("", names[0]) if len(names) == 1 else ""
    return stem if names != [stem] else ""


def _back(table: Table, reference: Reference) -> Relation:
    once = is_unique(table, reference.columns)
    return Relation(
        name=reference.inverse or (table.singular if once else table.plural),
        table=reference.table,
        target=table.name,
        pairs=tuple((there, here) for here, there in reference.pairs),
        through=None,
        many=not once,
        optional=True,
        span=reference.span,
    )


def _across(link: Table, to_near: Reference, to_far: Reference, tables: Tables) -> Relation:
    """The way over a table of links, which is called like the rows at its far end."""
    target = tables[to_far.table]
    return replace(
        _back(link, to_near),
        name=target.plural,
        target=target.name,
        through=Through(link.name, to_far.pairs),
        many=True,
        span=to_far.span,
    )
