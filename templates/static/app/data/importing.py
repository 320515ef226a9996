"""Rows from a file, all of them or none."""

import os
import pickle
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from os import SEEK_END
from tempfile import TemporaryFile
from typing import IO, Any

from pydantic import ValidationError
from sqlalchemy import Connection, Executable, Table, insert
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.conflicts import conflict
from app.data.bulk import AT_ONCE, REFUSED, count_on, insert_rows, update_of, update_rows
from app.data.formats import READERS, BadFile
from app.data.progress import is_watched, progress
from app.data.row import Row
from app.data.rows import ROWS
from app.errors import ApiError
from app.errors.invalid import describe

MOST_TOLD = 20  # of what is wrong with a file

Values = dict[str, Any]
Lines = list[tuple[int, Values]]


class Rejected(Exception):
    """A file has rows that the table cannot have; the text says what is wrong, line by line."""


@dataclass(frozen=True)
class Source:
    """A file with rows of a table; `name` is what people call it."""

    table: Table
    file: IO[bytes]
    form: str
    name: str


def import_rows(connection: Connection, sources: Sequence[Source]) -> list[int]:
    """Insert the rows of all files, and say how many each one has.

    Where a row refers to one of the same file, or of a later one, that is written when all are there.

    Raises:
        Rejected: there is something wrong; nothing of the files must be kept then.
    """
    counts = []
    with ExitStack() as files:
        later = [files.enter_context(TemporaryFile()) for _ in sources]
        for place, source in enumerate(sources):
            follow = {other.table for other in sources[place:]}
            counts.append(_import(connection, source, follow, later[place]))
        for source, file in zip(sources, later, strict=True):
            _write_put_off(connection, source, file)
    for source in sources:
        count_on(connection, source.table)
    return counts


def _import(connection: Connection, source: Source, follow: Set[Table], later: IO[bytes]) -> int:
    """Insert rows; where they refer to tables that follow, keep that for `later`."""
    keys, total = _put_off_keys(source.table, follow), 0
    with progress(f"Importing {source.name}", _size(source.file)) as bar:
        for lines in Rows(source):
            if keys:
                _put_off(lines, keys, source.table, later)
            _insert(connection, source, lines)
            total += len(lines)
            bar.update(source.file.tell() - bar.pos if source.file.seekable() else 0)
    return total


def _size(file: IO[bytes]) -> int:
    """How many bytes a file has; 0 where nobody knows."""
    return os.fstat(file.fileno()).st_size if file.seekable() and is_watched() else 0


class Rows:
    """Valid rows of a file with their lines, some at a time, all with values for the same columns."""

    def __init__(self, source: Source) -> None:
        table = source.table
        self._model = ROWS[table.name]
        column = table.autoincrement_column
        self._counted = column.key if column is not None else None
        columns = {column.name: column for column in table.columns}
        self._records = READERS[source.form](source.file, columns)
        self._name = source.name
        self._problems: list[str] = []

    def __iter__(self) -> Iterator[Lines]:
        lines: Lines = []
        for line, values in self._valid():
            if lines and (len(lines) == AT_ONCE or values.keys() != lines[0][1].keys()):
                yield lines
                lines = []
            lines.append((line, values))
        if self._problems:
            raise Rejected("\n".join(self._problems))
        if lines:
            yield lines

    def _valid(self) -> Iterator[tuple[int, Values]]:
        try:
            for line, record in self._records:
                try:
                    row = self._model.model_validate(record)
                except ValidationError as error:
                    self._note(line, error)
                    continue
                if not self._problems:
                    yield line, self._values(row)
        except BadFile as error:
            self._tell(f"{self._name}:{error.line}: {error}")

    def _values(self, row: Row) -> Values:
        """What is inserted: a key that is not given comes from the database."""
        values = {key: getattr(row, key) for key in self._model.model_fields}
        if self._counted is not None and values[self._counted] is None:
            del values[self._counted]
        return values

    def _note(self, line: int, error: ValidationError) -> None:
        for problem in error.errors(include_url=False):
            column = ".".join(str(part) for part in problem["loc"])
            if problem["type"] == "extra_forbidden":
                names = ", ".join(
                    field.alias or key for key, field in self._model.model_fields.items()
                )
                self._tell(f"{self._name}:{line}: {column!r} is no column; these are: {names}")
                raise Rejected("\n".join(self._problems))  # all other lines have it, too
            self._tell(f"{self._name}:{line}: {describe(column, problem)}")

    def _tell(self, sentence: str) -> None:
        self._problems.append(sentence)
        if len(self._problems) == MOST_TOLD:
            raise Rejected("\n".join([*self._problems, "There may be more."]))


def _put_off_keys(table: Table, follow: Set[Table]) -> set[str]:
    """The columns that refer to tables that follow, and may be null until these are there."""
    rules = table.foreign_key_constraints
    wait = {one.key for rule in rules if rule.referred_table in follow for one in rule.columns}
    others = {
        one.key for rule in rules if rule.referred_table not in follow for one in rule.columns
    }
    return {key for key in wait - others if table.c[key].nullable}


def _put_off(lines: Lines, waiting: Set[str], table: Table, later: IO[bytes]) -> None:
    """Take out of the rows what has to wait for others, and keep it."""
    keys = [column.key for column in table.primary_key.columns]
    kept: Lines = []
    for line, values in lines:
        if all(key in values for key in keys) and any(values[key] is not None for key in waiting):
            kept.append((line, {key: values[key] for key in (*keys, *waiting)}))
            values.update(dict.fromkeys(waiting))
    if kept:
        pickle.dump(kept, later)


def _write_put_off(connection: Connection, source: Source, later: IO[bytes]) -> None:
    end = later.seek(0, SEEK_END)
    later.seek(0)
    while later.tell() < end:
        lines: Lines = pickle.load(later)  # noqa: S301 (this process has written it)
        try:
            with connection.begin_nested():
                update_rows(connection, source.table, [values for _, values in lines])
        except REFUSED:
            _find(connection, partial(update_of, source.table), lines, source.name)
            raise


def _insert(connection: Connection, source: Source, lines: Lines) -> None:
    keys = list(lines[0][1])
    rows = [list(values.values()) for _, values in lines]
    try:
        with connection.begin_nested():
            insert_rows(connection, source.table, keys, rows)
    except REFUSED:
        _find(connection, insert(source.table).values, lines, source.name)
        raise


def _find(
    connection: Connection, statement: Callable[[Values], Executable], lines: Lines, name: str
) -> None:
    """Raise Rejected for the first line that is refused by itself."""
    for line, values in lines:
        try:
            connection.execute(statement(values))
        except IntegrityError as error:
            found = conflict(error)
            raise Rejected(f"{name}:{line}: {found.detail if found else error.orig}") from None
        except ApiError as error:
            raise Rejected(f"{name}:{line}: {error.detail}") from None
        except DBAPIError as error:
            raise Rejected(f"{name}:{line}: {error.orig}") from None
