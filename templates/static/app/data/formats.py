"""Rows as lines of JSON and as CSV: exact, so that what was exported is what is imported.

Decimals are texts with all their digits, times have their offset, bytes are Base64. In CSV an empty
cell is null. A text that is empty, or that a spreadsheet would take for a formula, has an apostrophe
in front, and so has one that begins with such an apostrophe.
"""

import csv
import json
import re
from base64 import b64encode
from codecs import getwriter, iterdecode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any
from uuid import UUID

from jiter import from_json
from sqlalchemy import JSON, Column

FORMULA = r"($|[=+\-@\t\r\n＝＋－＠])"
NEEDS_APOSTROPHE = re.compile(f"'*{FORMULA}")
HAS_APOSTROPHE = re.compile(f"'+{FORMULA}")
LONGEST_CELL = 2**30  # bytes: the library's own limit is 128 KiB

Record = tuple[int, Mapping[str, Any]]


class BadFile(Exception):
    """A file is not what it says it is; the text says where."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def plain(value: Any) -> Any:
    """A value of a column as JSON has it."""
    match value:
        case Decimal():
            return f"{value:f}"
        case datetime() | date() | time():
            return value.isoformat()
        case UUID():
            return str(value)
        case bytes():
            return b64encode(value).decode()
    return value


def write_jsonl(
    file: IO[bytes], columns: Sequence[Column[Any]], rows: Iterable[Sequence[Any]]
) -> None:
    """Write each row as an object on a line of its own."""
    names = [column.name for column in columns]
    for row in rows:
        values = dict(zip(names, map(plain, row), strict=True))
        file.write(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


def write_csv(
    file: IO[bytes], columns: Sequence[Column[Any]], rows: Iterable[Sequence[Any]]
) -> None:
    """Write a line with the names of the columns, and each row behind it."""
    # All cells are quoted: elsewhere a semicolon ends a cell, and a formula could begin behind it.
    writer = csv.writer(getwriter("utf-8")(file), quoting=csv.QUOTE_ALL)
    writer.writerow([_guarded(column.name) for column in columns])
    is_json = [isinstance(column.type, JSON) for column in columns]
    for row in rows:
        writer.writerow([_cell(value, own) for value, own in zip(row, is_json, strict=True)])


def _cell(value: Any, is_json: bool) -> str:
    if value is None:
        return ""
    if is_json:
        return _guarded(json.dumps(value, ensure_ascii=False))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | Decimal):
        return str(plain(value))
    return _guarded(str(plain(value)))


def _guarded(text: str) -> str:
    """The text, which no spreadsheet takes for a formula."""
    return f"'{text}" if NEEDS_APOSTROPHE.match(text) else text


def read_jsonl(file: IO[bytes], columns: Mapping[str, Column[Any]]) -> Iterator[Record]:
    """(line, object) of each line that is not empty.

    Raises:
        BadFile: a line is no JSON object.
    """
    for line, text in enumerate(file, 1):
        text = text.removeprefix(b"\xef\xbb\xbf") if line == 1 else text
        if not text.strip():
            continue
        try:
            found = from_json(
                text, allow_inf_nan=False, catch_duplicate_keys=True, float_mode="decimal"
            )
        except ValueError as error:
            raise BadFile(line, f"is not valid JSON: {str(error)[:200]}") from None
        if not isinstance(found, dict):
            raise BadFile(line, "must be a JSON object")
        yield line, {name: _of_column(value, columns.get(name)) for name, value in found.items()}


def _of_column(value: Any, column: Column[Any] | None) -> Any:
    """The value, in which fractions are exact only where the column has them so."""
    return _with_floats(value) if column is not None and isinstance(column.type, JSON) else value


def _with_floats(value: Any) -> Any:
    match value:
        case Decimal():
            return float(value)
        case list():
            return [_with_floats(item) for item in value]
        case dict():
            return {name: _with_floats(item) for name, item in value.items()}
    return value


def read_csv(file: IO[bytes], columns: Mapping[str, Column[Any]]) -> Iterator[Record]:
    """(line, values by the names of the columns) of each row; the first line has these names.

    Raises:
        BadFile: a row has more or fewer cells than that, or is no CSV.
    """
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(iterdecode(file, "utf-8-sig"), strict=True)
    line = 1
    try:
        names = [_unguarded(name) for name in next(reader, [])]
        if not names:
            raise BadFile(1, "must have the names of the columns")
        if twice := [name for name in names if names.count(name) > 1]:
            raise BadFile(1, f"has the column {twice[0]!r} twice")
        line = reader.line_num + 1
        for cells in reader:
            if cells and len(cells) != len(names):
                raise BadFile(line, f"has {len(cells)} cells, and there are {len(names)} columns")
            if cells:
                yield (
                    line,
                    {
                        name: _value(cell, line, name, columns.get(name))
                        for name, cell in zip(names, cells, strict=True)
                    },
                )
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadFile(line, f"is not valid CSV: {error}") from None
    except UnicodeDecodeError:
        raise BadFile(line, "is not UTF-8, or what follows is not") from None


def _value(cell: str, line: int, name: str, column: Column[Any] | None) -> Any:
    if not cell:
        return None
    text = _unguarded(cell)
    if column is None or not isinstance(column.type, JSON):
        return text
    try:
        return from_json(text.encode(), allow_inf_nan=False, catch_duplicate_keys=True)
    except ValueError as error:
        raise BadFile(line, f"{name}: is not valid JSON: {str(error)[:200]}") from None


def _unguarded(text: str) -> str:
    return text[1:] if HAS_APOSTROPHE.match(text) else text


WRITERS: dict[str, Callable[[IO[bytes], Sequence[Column[Any]], Iterable[Sequence[Any]]], None]] = {
    "csv": write_csv,
    "jsonl": write_jsonl,
}
READERS: dict[str, Callable[[IO[bytes], Mapping[str, Column[Any]]], Iterator[Record]]] = {
    "csv": read_csv,
    "jsonl": read_jsonl,
}
