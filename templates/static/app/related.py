"""Rows that belong to other rows, read for all of those at once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, RowMapping, Select, SQLColumnExpression, tuple_

T = TypeVar("T")

MOST_KEYS = 10_000  # in one statement: databases limit its parameters


def key_label(place: int) -> str:
    """What a statement calls a key that it selects beside what is shown: no column has a colon in its name."""
    return f"key:{place}"


def related(
    connection: Connection,
    statement: Select[*tuple[Any, ...]],
    key: SQLColumnExpression[Any],
    keys: Iterable[Any],
    build: Callable[[Sequence[RowMapping]], list[T]],
) -> defaultdict[Any, list[T]]:
    """What `build` makes of the rows of `statement` whose `key` is one of `keys`, by that key.

    It takes one statement, and those that `build` needs, however many keys there are.
    """
    found: defaultdict[Any, list[T]] = defaultdict(list)
    wanted = list(dict.fromkeys(value for value in keys if value is not None))
    label = key_label(0)
    keyed = statement.add_columns(key.label(label))
    for start in range(0, len(wanted), MOST_KEYS):
        batch = keyed.where(key.in_(wanted[start : start + MOST_KEYS]))
        rows = connection.execute(batch).mappings().all()
        for row, built in zip(rows, build(rows) if rows else [], strict=True):
            found[row[label]].append(built)
    return found


def related_by_several(
    connection: Connection,
    statement: Select[*tuple[Any, ...]],
    key: Sequence[SQLColumnExpression[Any]],
    keys: Iterable[tuple[Any, ...]],
    build: Callable[[Sequence[RowMapping]], list[T]],
) -> defaultdict[tuple[Any, ...], list[T]]:
    """What `build` makes of the rows of `statement` whose columns `key` are one of `keys`, by these.

    It takes one statement, and those that `build` needs, however many keys there are.
    """
    found: defaultdict[tuple[Any, ...], list[T]] = defaultdict(list)
    wanted = [values for values in dict.fromkeys(keys) if None not in values]
    labels = [key_label(place) for place in range(len(key))]
    keyed = statement.add_columns(
        *(column.label(label) for column, label in zip(key, labels, strict=True))
    )
    most = MOST_KEYS // len(key)
    for start in range(0, len(wanted), most):
        batch = keyed.where(tuple_(*key).in_(wanted[start : start + most]))
        rows = connection.execute(batch).mappings().all()
        for row, built in zip(rows, build(rows) if rows else [], strict=True):
            found[tuple(row[label] for label in labels)].append(built)
    return found


def first(found: Sequence[T]) -> T | None:
    """The first of them, if there is any."""
    return found[0] if found else None
