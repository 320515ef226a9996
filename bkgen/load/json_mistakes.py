"""Says what is wrong with a text that is no JSON, and what to write instead.

The messages depend on the text and the offset alone: those of Python's parser differ from version to version.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bkgen.load.positions import Positions
from bkgen.load.tree import RefusedError

_TOKEN = re.compile(r'"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*"|[\[\]{},:"]|[^\s\[\]{},:"]+')
_SPACE = re.compile(r"[ \t\r\n]*")
_BARE = re.compile(r"[-+.\w]+")
_VALUE = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null")
_QUOTED = re.compile(r"'([^'\n]*)'|[“”‘’]([^“”‘’\n]*)[“”‘’]")
_WORDS = {"True": "true", "False": "false", "None": "null", "undefined": "null", "NULL": "null", "nil": "null"}
_NOT_FINITE = ("NaN", "Infinity", "-Infinity", "+Infinity")


@dataclass(slots=True)
class _Before:
    """What stands before an offset.

    Attributes:
        last: the last token.
        in_key: whether that token is a key.
        open: the brackets that are open.
        string: where a string begins that the offset is inside of.
    """

    last: re.Match[str] | None = None
    in_key: bool = False
    open: str = ""
    string: int | None = None

    @property
    def piece(self) -> str:
        return self.last.group() if self.last else ""


def _before(text: str, offset: int) -> _Before:
    before = _Before()
    for match in _TOKEN.finditer(text):
        piece, (start, end) = match.group(), match.span()
        if piece == '"' or (piece[0] == '"' and start < offset < end):
            before.string = start
            break
        if end > offset:
            break
        before.in_key = piece[0] == '"' and before.open.endswith("{") and before.piece in ("{", ",")
        before.last = match
        if piece in ("{", "["):
            before.open += piece
        elif piece in ("}", "]"):
            before.open = before.open[:-1]
    return before


def explain(positions: Positions, offset: int) -> RefusedError:
    """The mistake that stops a JSON parser at `offset`."""
    text = positions.file.text
    before = _before(text, offset)
    if before.string is not None and before.string <= offset:
        return _string(positions, before.string, offset)
    at = _skip_space(text, offset)
    if at == len(text):
        return RefusedError(
            "BK111",
            positions.span(max(len(text.rstrip()) - 1, 0), len(text.rstrip())),
            "the document ends too early",
            f"close the `{before.open[-1]}` that is still open" if before.open else None,
        )
    if text.startswith(("//", "/*", "#"), at):
        return _comment(positions, at)
    if text[at] in "}]" and before.last and before.piece == ",":
        return _trailing_comma(positions, before.last.start())
    closes = text.startswith(("}", "]"), _skip_space(text, at + 1))
    if text[at] == "," and closes and before.piece not in ("[", "{", ","):
        return _trailing_comma(positions, at)
    if quoted := _QUOTED.match(text, at):
        words = quoted.group(1) or quoted.group(2) or ""
        return RefusedError(
            "BK114", positions.span(*quoted.span()), "strings stand in double quotes", f'write `"{words}"`'
        )
    if (bare := _bare_around(text, at)) and not _VALUE.fullmatch(bare.group()):
        return _bare(positions, bare)
    return _out_of_place(positions, before, at)


def _trailing_comma(positions: Positions, at: int) -> RefusedError:
    return RefusedError("BK113", positions.span(at, at + 1), "a comma stands behind the last value", "remove the comma")


def _out_of_place(positions: Positions, before: _Before, at: int) -> RefusedError:
    """A mistake of brackets, commas and colons."""
    here = positions.file.text[at]
    place = positions.span(at, at + 1)
    begins_value = here not in "]},:"
    if begins_value and before.last and not before.open:
        return RefusedError("BK111", place, "the document goes on behind its end", "put several values into one array")
    if begins_value and before.in_key:
        return RefusedError(
            "BK111", place, "a colon is missing between a key and its value", "write `:` before the value"
        )
    if begins_value and before.open.endswith("{") and before.piece in ("{", ","):
        return RefusedError("BK111", place, "a key is missing before this value", 'write `"key": ` before it')
    if begins_value and before.piece not in ("", "{", "[", ",", ":"):
        return RefusedError(
            "BK111", place, "a comma is missing before this value", "write `,` behind the value before it"
        )
    if here in "]}" and before.open and before.open[-1] != {"]": "[", "}": "{"}[here]:
        wanted = "]" if before.open[-1] == "[" else "}"
        return RefusedError("BK111", place, f"`{here}` closes a `{before.open[-1]}`", f"write `{wanted}`")
    if here in "]}," and before.piece == ":":
        return RefusedError("BK111", place, "a key has no value", "write a value behind the colon")
    return RefusedError("BK111", place, f"`{here}` cannot stand here")


def _string(positions: Positions, start: int, offset: int) -> RefusedError:
    """The mistake at `offset` within the string that begins at `start`."""
    text = positions.file.text
    line_end = text.find("\n", start)
    stop = line_end if line_end >= 0 else len(text)
    if offset in (start, stop) or text[offset] == "\r":
        return RefusedError(
            "BK115",
            positions.span(start, stop),
            "a string has no end on its line",
            r'close it with `"`; a line break inside it is written `\n`',
        )
    if text[offset] < " ":
        code = ord(text[offset])
        written = r"\t" if code == 9 else rf"\u{code:04x}"
        return RefusedError(
            "BK115",
            positions.span(offset, offset + 1),
            f"a string holds the control character U+{code:04X}",
            f"write `{written}`",
        )
    escape = text.rfind("\\", start, offset + 1)
    shown = text[escape : escape + (6 if text.startswith("u", escape + 1) else 2)].split('"')[0]
    return RefusedError(
        "BK115",
        positions.span(escape, escape + len(shown)),
        f"`{shown}` is no escape of JSON",
        r"write `\\` for a backslash; JSON has \" \\ \/ \b \f \n \r \t and \u with four hexadecimal digits",
    )


def _comment(positions: Positions, at: int) -> RefusedError:
    text = positions.file.text
    closed = text.find("*/", at + 2)
    line_end = text.find("\n", at)
    end = closed + 2 if text.startswith("/*", at) and closed >= 0 else line_end if line_end >= 0 else len(text)
    return RefusedError(
        "BK112", positions.span(at, end), "JSON has no comments", "remove it, or write the document in YAML"
    )


def _bare(positions: Positions, match: re.Match[str]) -> RefusedError:
    """A word or number without quotes that JSON does not know."""
    text = positions.file.text
    word = match.group()
    span = positions.span(*match.span())
    if text.startswith(":", _skip_space(text, match.end())):
        return RefusedError("BK114", span, "keys stand in double quotes", f'write `"{word}"`')
    if word in _WORDS:
        return RefusedError("BK114", span, f"JSON does not know `{word}`", f"write `{_WORDS[word]}`")
    if word in _NOT_FINITE:
        return RefusedError("BK114", span, f"JSON does not know `{word}`", "write a finite number or `null`")
    if not re.match(r"[-+]?\.?\d", word):
        return RefusedError("BK114", span, f"JSON does not know `{word}`", f'write `"{word}"` if it is a string')
    if re.fullmatch(r"-?0+[1-9]\d*", word):
        digits = word.lstrip("-").lstrip("0")
        fix = f"write `{'-' if word[0] == '-' else ''}{digits}`, or `\"{word}\"` if the zeros matter"
        return RefusedError("BK114", span, "a number has no leading zeros", fix)
    return RefusedError("BK114", span, f"`{word}` is no number of JSON", "write digits such as `10`, `-0.5` or `1e3`")


def _skip_space(text: str, offset: int) -> int:
    match = _SPACE.match(text, offset)
    assert match is not None
    return match.end()


def _bare_around(text: str, offset: int) -> re.Match[str] | None:
    """The run of letters, digits and signs that `offset` is in."""
    start = offset
    while start > 0 and _BARE.match(text[start - 1]):
        start -= 1
    return _BARE.match(text, start) if _BARE.match(text, offset) else None
