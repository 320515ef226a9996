"""Pages that begin behind a row, whatever is added or deleted meanwhile."""

import json
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter
from pydantic_core import from_json, to_jsonable_python
from sqlalchemy import (
    ColumnElement,
    Label,
    RowMapping,
    SQLColumnExpression,
    UnaryExpression,
    and_,
    false,
    literal,
    or_,
)
from sqlalchemy.types import TypeEngine

from app.sorting import sorted_by


class SortKey:
    """A column to sort by, and the type of its values."""

    def __init__(self, column: SQLColumnExpression[Any], type_: Any) -> None:
        self.column = column
        self._sql_type: TypeEngine[Any] = column.label(None).type
        self._nullable = type(None) in get_args(type_)
        self.values: TypeAdapter[Any] = TypeAdapter(type_)

    def is_at(self, value: Any) -> ColumnElement[bool]:
        """Whether a row has this value."""
        return self.column.is_(None) if value is None else self.column == self._bound(value)

    def is_behind(self, value: Any, descending: bool) -> ColumnElement[bool]:
        """Whether a row comes after those with this value; NULL counts as the greatest one."""
        if value is None:
            return self.column.is_not(None) if descending else false()
        if descending:
            return self.column < self._bound(value)
        if self._nullable:
            return or_(self.column > self._bound(value), self.column.is_(None))
        return self.column > self._bound(value)

    def begins(self, value: Any, descending: bool) -> list[ColumnElement[bool]]:
        """That a row has this value or comes after it, as one range of an index; nothing where it is none."""
        if value is None:
            return [] if descending else [self.column.is_(None)]
        if descending:
            return [self.column <= self._bound(value)]
        return [] if self._nullable else [self.column >= self._bound(value)]

    def _bound(self, value: Any) -> ColumnElement[Any]:
        return literal(value, self._sql_type)


class ListOrder:
    """The order of a list: by the keys called `names`, descending behind a minus.

    The last ones of `names` are a key of the table, so that no two rows are at the same place. A
    name that has come before is left out. A cursor holds the names, and the values of a row.
    """

    def __init__(self, keys: Mapping[str, SortKey], *names: str) -> None:
        chosen: dict[str, str] = {}
        for name in names:
            chosen.setdefault(name.removeprefix("-"), name)
        self._names = list(chosen.values())
        self._keys = [keys[name] for name in chosen]

    @property
    def columns(self) -> list[Label[Any]]:
        """What a statement has to select for `cursor`: no column has a colon in its name."""
        return [key.column.label(f"key:{place}") for place, key in enumerate(self._keys)]

    @property
    def by(self) -> list[UnaryExpression[Any]]:
        """Arguments of `order_by`."""
        columns = (key.column for key in self._keys)
        return sorted_by(
            self._names,
            dict(zip((name.removeprefix("-") for name in self._names), columns, strict=True)),
        )

    def behind(self, cursor: str | None, parameter: str) -> list[ColumnElement[bool]]:
        """Arguments of `where`: that a row comes after the one of the cursor; none without one.

        The first column says where to begin, so that no page reads those before it.

        Raises:
            RequestValidationError: it is no cursor of this order.
        """
        if cursor is None:
            return []
        condition: ColumnElement[bool] = false()
        places = list(zip(self._names, self._keys, self._read(cursor, parameter), strict=True))
        for name, key, value in reversed(places):
            behind = key.is_behind(value, name.startswith("-"))
            condition = or_(behind, and_(key.is_at(value), condition))
        name, key, value = places[0]
        return [*key.begins(value, name.startswith("-")), condition]

    def cursor(self, rows: Sequence[RowMapping], limit: int) -> str | None:
        """The cursor of the page behind the first `limit` rows; None if these are all."""
        if len(rows) <= limit:
            return None
        values = [rows[limit - 1][f"key:{place}"] for place in range(len(self._keys))]
        text = json.dumps([self._names, to_jsonable_python(values)], ensure_ascii=False)
        return urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def _read(self, cursor: str, parameter: str) -> list[Any]:
        try:
            names, values = from_json(b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", True))
            if names != self._names:
                raise ValueError("of another order")
            return [
                key.values.validate_python(value)
                for key, value in zip(self._keys, values, strict=True)
            ]
        except (ValueError, TypeError) as error:
            message = "must be a cursor that this list gave, in the same order"
            place = ("query", parameter)
            problem = {"type": "cursor", "loc": place, "msg": message, "input": cursor}
            raise RequestValidationError([problem]) from error
