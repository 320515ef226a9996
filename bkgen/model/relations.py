"""Relations: ways from the rows of one table to those of another."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.source import Span

Pairs = tuple[tuple[str, str], ...]
"""(column here, column there) that are equal in rows that belong together."""


@dataclass(frozen=True, slots=True)
class Through:
    """The table between the two ends of a many-to-many relation.

    Attributes:
        table: its name.
        pairs: (its column, column of the relation's target).
    """

    table: str
    pairs: Pairs


@dataclass(frozen=True, slots=True)
class Relation:
    """A way from a row of `table` to the row or rows of `target` that belong to it.

    Attributes:
        name: as expressions, views and bodies call it; unique among the relations and columns of `table`.
        table: whose rows it starts from.
        target: whose rows it leads to.
        pairs: (column of `table`, column of `target`, or of the table between).
        through: the table between, for many-to-many relations.
        many: whether it leads to any number of rows, not to one at most.
        optional: whether a row may have none of a relation that leads to one; True where `many`.
        span: of the reference that makes it.
    """

    name: str
    table: str
    target: str
    pairs: Pairs
    through: Through | None
    many: bool
    optional: bool
    span: Span
