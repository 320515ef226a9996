"""From offsets in an expression to places in the document whose string holds it."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from bkgen.source import Span

_PIECE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)
"""What writes one character of a JSON string: itself, an escape, or the escapes of a surrogate pair."""


class Places:
    """Finds the part of a document that wrote a range of `text`, which stands in the string at `at`.

    Exact for strings on one line without escapes, or with those of JSON; the whole string otherwise.
    """

    def __init__(self, text: str, at: Span) -> None:
        self._at = at
        self._columns = _columns(text, at)

    def span(self, start: int, end: int) -> Span:
        """The characters from offset `start` up to but not including `end`."""
        if self._columns is None:
            return self._at
        last = len(self._columns) - 1
        start, end = min(start, last), min(end, last)
        column = self._columns[start]
        return replace(self._at, column=column, end_column=max(self._columns[end], column + 1))


def _columns(text: str, at: Span) -> list[int] | None:
    """The column of every character of `text` and of its end; None where they cannot be told."""
    if at.line != at.end_line:
        return None
    raw = at.file.lines[at.line - 1][at.column - 1 : at.end_column - 1]
    pieces, decoded, offset = _pieces(raw)
    if decoded.count(text) != 1 and not decoded.endswith(text):
        return None
    first = decoded.rindex(text)
    columns = [at.column + offset]
    for piece in pieces:
        columns.append(columns[-1] + len(piece))
    return columns[first : first + len(text) + 1]


def _pieces(raw: str) -> tuple[list[str], str, int]:
    """What writes each character of a string, the string, and where in `raw` it begins."""
    quoted = len(raw) > 1 and raw[0] == raw[-1]
    if quoted and raw[0] == '"':
        try:
            return _PIECE.findall(raw[1:-1]), json.loads(raw), 1
        except ValueError:  # an escape that only YAML knows
            return [], "", 0
    if quoted and raw[0] == "'":
        return re.findall(r"''|.", raw[1:-1]), raw[1:-1].replace("''", "'"), 1
    return list(raw), raw, 0
