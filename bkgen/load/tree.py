"""Builds the tree of a document, for both formats."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass, field

from bkgen.diagnostics import Diagnostics
from bkgen.load.limits import MAX_DEPTH, MAX_INTEGER, MIN_INTEGER
from bkgen.load.positions import Positions
from bkgen.source import Entry, List, Map, Node, Scalar, Span


class RefusedError(Exception):
    """A mistake after which nothing more of a document can be read."""

    def __init__(self, code: str, span: Span, message: str, fix: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.span = span
        self.message = message
        self.fix = fix


@dataclass(slots=True)
class _Open:
    """An array or object whose end has not been reached."""

    start: int
    is_map: bool
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    key: tuple[str, Span] | None = None


class TreeBuilder:
    """Takes keys and values in the order of the document; `root` is the finished tree.

    Reports duplicate keys, numbers out of range and strings that no text may hold, and goes on. Raises `RefusedError`
    where the document is nested too deeply.
    """

    def __init__(self, positions: Positions, diagnostics: Diagnostics) -> None:
        self.root: Node | None = None
        self._positions = positions
        self._diagnostics = diagnostics
        self._open: list[_Open] = []

    @property
    def expects_key(self) -> bool:
        return bool(self._open) and self._open[-1].is_map and self._open[-1].key is None

    def begin(self, start: int, end: int, *, is_map: bool) -> None:
        """An array or object begins with the characters from `start` to `end`."""
        if len(self._open) == MAX_DEPTH:
            raise RefusedError(
                "BK117", self._positions.span(start, end), f"the document is nested more than {MAX_DEPTH} levels deep"
            )
        self._open.append(_Open(start, is_map))

    def end(self, end: int) -> None:
        """The innermost array or object ends."""
        closed = self._open.pop()
        span = self._positions.span(closed.start, end)
        if closed.is_map:
            self._value(Map(tuple(closed.entries.values()), span))
        else:
            self._value(List(tuple(closed.items), span))

    def key(self, key: str, start: int, end: int) -> None:
        span = self._positions.span(start, end)
        self._check_text(key, span)
        self._open[-1].key = key, span

    def text(self, value: str, start: int, end: int) -> None:
        span = self._positions.span(start, end)
        self._check_text(value, span)
        self._value(Scalar(value, span))

    def word(self, value: bool | None, start: int, end: int) -> None:
        """`true`, `false` or `null`."""
        self._value(Scalar(value, self._positions.span(start, end)))

    def integer(self, digits: str, start: int, end: int, base: int = 10) -> None:
        span = self._positions.span(start, end)
        # Python refuses to convert thousands of digits; 25 are out of range whatever they are.
        value = int(digits, base) if len(digits) < 25 else MAX_INTEGER + 1
        if not MIN_INTEGER <= value <= MAX_INTEGER:
            self._diagnostics.add(
                "BK116", span, "this integer does not fit into 64 bits", "write it as a string, in quotes"
            )
            value = MIN_INTEGER if digits.startswith("-") else MAX_INTEGER
        self._value(Scalar(value, span))

    def real(self, digits: str, start: int, end: int) -> None:
        span = self._positions.span(start, end)
        value = float(digits)
        if math.isinf(value):
            self._diagnostics.add("BK116", span, "this number is too large", "write it as a string, in quotes")
            value = math.copysign(sys.float_info.max, value)
        self._value(Scalar(value, span))

    def _value(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        inner = self._open[-1]
        if not inner.is_map:
            inner.items.append(node)
            return
        assert inner.key is not None
        key, span = inner.key
        inner.key = None
        if (first := inner.entries.get(key)) is not None:
            self._diagnostics.add(
                "BK118",
                span,
                f"the key `{key}` is here twice",
                f"remove one of the two; the other is on line {first.key_span.line}",
            )
            return
        inner.entries[key] = Entry(key, span, node)

    def _check_text(self, text: str, span: Span) -> None:
        if text.isprintable():  # true of nearly every string, and quick to find out
            return
        if "\0" in text:
            self._diagnostics.add("BK115", span, "a string holds the character U+0000", "remove it")
        if any("\ud800" <= character <= "\udfff" for character in text):
            self._diagnostics.add(
                "BK115",
                span,
                "a string holds half of a surrogate pair",
                r"write both halves, such as `\ud83d\ude00`, or the character itself",
            )
