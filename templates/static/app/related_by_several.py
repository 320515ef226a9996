"""Rows that belong to other rows by several columns together, read for all of those at once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, RowMapping, Select, SQLColumnExpression, tuple_

from app.related import MOST_KEYS

T = TypeVar("T")


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
    labels = [f"_key_{number}" for number in range(len(key))]
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
