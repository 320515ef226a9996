"""Orders that clients choose."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import SQLColumnExpression, UnaryExpression


def sorted_by(
    names: Sequence[str], columns: Mapping[str, SQLColumnExpression[Any]]
) -> list[UnaryExpression[Any]]:
    """Arguments of `order_by` for the columns called `names`, descending behind a minus.

    NULL counts as the greatest value, as it does in PostgreSQL by itself.
    """
    return [_sorted(columns[name.removeprefix("-")], name.startswith("-")) for name in names]


def _sorted(column: SQLColumnExpression[Any], descending: bool) -> UnaryExpression[Any]:
    return column.desc().nulls_first() if descending else column.asc().nulls_last()
