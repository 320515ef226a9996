"""Texts that no two rows have in the same column: one that is taken gets an ending."""

from collections.abc import Collection
from contextlib import AbstractContextManager, nullcontext
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, Insert, RowMapping, Update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute

from app.conflicts import is_taken

ATTEMPTS = 3  # an ending is one of sixteen million, so the second one is hardly ever taken
ENDING_BYTES = 3


def write_distinct(
    connection: Connection,
    statement: Insert | Update,
    column: InstrumentedAttribute[str],
    text: str,
    most: int | None = None,
    reserved: Collection[str] = (),
) -> RowMapping:
    """The row that `statement` gives, with a text in `column` that no other row has.

    It is `text`, or that with an ending where another row has it, where it is empty or among
    `reserved`; it has `most` characters at most. Whether it is taken is told by the unique rule
    itself, so that of two requests at once one gets the ending.

    Raises:
        IntegrityError: another rule forbids the row.
    """
    wanted = text[:most].strip("-")
    for attempt in range(ATTEMPTS):
        if attempt or not wanted or wanted in reserved:
            wanted = _with_ending(text, most)
        try:
            with _savepoint(connection):
                return connection.execute(statement.values({column.key: wanted})).mappings().one()
        except IntegrityError as error:
            if attempt == ATTEMPTS - 1 or not is_taken(error, column.key):
                raise
    raise AssertionError("the last attempt returns or raises")


def _with_ending(text: str, most: int | None) -> str:
    ending = token_hex(ENDING_BYTES)
    begin = text if most is None else text[: max(most - len(ending) - 1, 0)]
    return f"{begin.strip('-')}-{ending}".removeprefix("-")


def _savepoint(connection: Connection) -> AbstractContextManager[Any]:
    """What a failed statement goes back to. SQLite needs none: there it undoes no more than itself."""
    return connection.begin_nested() if connection.dialect.name == "postgresql" else nullcontext()
