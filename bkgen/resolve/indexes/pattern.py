"""Patterns: by what a statement finds the rows of one table, and in which order it takes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bkgen.model.shapes import SortKey
from bkgen.model.tables import Column, Kept, Table
from bkgen.model.types import Kind

LONGEST_KEY = 2692
"""Bytes of a text that an index of PostgreSQL holds: 2,704 with the 12 of its row. Characters have up to 4."""
LONGEST_ENTRY = 2696
"""Bytes of all columns of an entry, each of which begins where 8 bytes do."""

_MOST_COLUMNS = 32
"""Of an index in PostgreSQL."""
_ALIGNED = 8
_WIDEST = 40
"""Bytes of a value that is no text: a decimal of many digits."""

_UNORDERED = frozenset({Kind.JSON, Kind.OBJECT, Kind.ANY, Kind.FILE, Kind.BYTES})


@dataclass(frozen=True, slots=True)
class Pattern:
    """By what rows of a table are found.

    Attributes:
        table: their table.
        equal: columns of which each has one value, or one of a few.
        order: columns that the rows are ordered by, all in one direction, or the one that a range is asked of.
        kept: what holds of the rows for every request.
        use: whose pattern it is, in words: `GET /orders with ?status`.
    """

    table: str
    equal: tuple[str, ...]
    order: tuple[str, ...]
    kept: tuple[Kept, ...]
    use: str


def is_indexable(column: Column) -> bool:
    """Whether any value of a column fits into an index, and has a place there."""
    type_ = column.type
    if type_.enum:
        return True
    if type_.kind in _UNORDERED:
        return False
    if type_.kind in (Kind.STRING, Kind.EMAIL, Kind.URL):
        return type_.max_length is not None and type_.max_length * 4 <= LONGEST_KEY
    return True


def width_of(column: Column) -> int:
    """The bytes that the longest value of a column takes in an entry of an index of PostgreSQL."""
    type_ = column.type
    characters = max(map(len, type_.enum)) if type_.enum else type_.max_length or 0
    size = 4 + 4 * characters if characters else _WIDEST
    return -(-size // _ALIGNED) * _ALIGNED


def fitting(names: Iterable[str], table: Table, before: tuple[str, ...] = ()) -> tuple[str, ...]:
    """As many of the columns as one entry of an index has room for, behind those that are there `before`."""
    found: list[str] = []
    for name in names:
        widths = (width_of(table.column(one)) for one in (*before, *found, name))
        if len((*before, *found)) == _MOST_COLUMNS or sum(widths) > LONGEST_ENTRY:
            break
        found.append(name)
    return tuple(found)


def is_few(column: Column) -> bool:
    """Whether a column has so few values that an index by it alone would help to find none of them."""
    return column.type.kind is Kind.BOOLEAN or bool(column.type.enum)


def one_way(keys: list[SortKey], table: Table, equal: tuple[str, ...]) -> tuple[str, ...]:
    """The columns by which an index has rows in this order: those before the first one of another direction.

    Rows that are alike in these are sorted by the others when they are read, which takes a few of them at a time.
    """
    found: list[str] = []
    for key in keys:
        if key.column in (*equal, *found):
            continue
        if key.descending != keys[0].descending or not is_indexable(table.column(key.column)):
            break
        found.append(key.column)
    return tuple(found)


def narrowed(pattern: Pattern, table: Table) -> Pattern:
    """The pattern without what makes no difference: behind the columns of a unique rule, no two rows have an order.

    Columns that no index can have are left out; of those in an order, all that follow, too. Of rows that a reference
    leads to, all are in its index, so that it serves deletions as well: none is kept out. Nor is any document.
    """
    equal = fitting(dict.fromkeys(name for name in pattern.equal if is_indexable(table.column(name))), table)
    order: list[str] = []
    for name in pattern.order:
        if is_one_row(table, (*equal, *order)):
            break
        order.append(name)
    kept = () if table.is_collection or not table.referring.isdisjoint(equal) else pattern.kept
    kept = tuple(sorted({one for one in kept if one.column not in equal}, key=lambda one: (one.column, one.test)))
    return Pattern(pattern.table, equal, fitting(order, table, equal), kept, pattern.use)


def is_one_row(table: Table, columns: tuple[str, ...]) -> bool:
    """Whether no two rows are alike in all of these columns."""
    return any(set(rule) <= set(columns) for rule in table.unique_rules)
