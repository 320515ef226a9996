"""Says what is wrong with a text that is no YAML, and what to write instead."""

from __future__ import annotations

import re

import yaml

from bkgen.load.positions import Positions
from bkgen.load.tree import RefusedError

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")

# A part of PyYAML's (or libyaml's) message, what it means, and what to write.
_MEANINGS = (
    ("mapping values are not allowed", "a colon cannot stand here", 'write text with `: ` in it in quotes: `"..."`'),
    ("unexpected end of stream", "a quoted string does not end", "close it with the quote that it begins with"),
    ("unknown escape", "a string in double quotes holds an unknown escape", r"write `\\` for a backslash"),
    ("escape", "a string in double quotes holds an invalid escape", r"write `\\` for a backslash"),
    ("expected ',' or ']'", "a list in `[` `]` is not closed", "write `]` behind its last value"),
    ("expected ',' or '}'", "a mapping in `{` `}` is not closed", "write `}` behind its last value"),
    ("'-' indicator", "this line is no item of the list above it", "indent it as its neighbours are"),
    (
        "expected <block end>",
        "this line does not fit the indentation of those above it",
        "indent it as its neighbours are",
    ),
    ("did not find expected key", "this line is no key of the mapping above it", "indent it as its neighbours are"),
    ("could not find expected ':'", "a colon is missing behind a key", "write `key: value`"),
    ("<document start>", "the document goes on behind its end", "remove what is here"),
)


def refuse_control_characters(positions: Positions) -> None:
    """Raises `RefusedError` where the text holds a character that YAML does not allow."""
    if match := _CONTROL.search(positions.file.text):
        raise RefusedError(
            "BK115",
            positions.span(*match.span()),
            f"the document holds the control character U+{ord(match.group()):04X}",
            "remove it",
        )


def explain(positions: Positions, error: yaml.MarkedYAMLError) -> RefusedError:
    """The mistake that PyYAML's parser reports."""
    text = positions.file.text
    mark = error.problem_mark or error.context_mark
    offset = min(mark.index if mark else 0, max(len(text) - 1, 0))
    span = positions.span(offset, offset + 1)
    problem = error.problem or ""
    if "cannot start any token" in problem:
        if text[offset] == "\t":
            return RefusedError("BK119", span, "a tab cannot indent a line", "indent with spaces")
        return RefusedError("BK119", span, f"a value cannot begin with `{text[offset]}`", 'write it in quotes: `"..."`')
    for part, message, fix in _MEANINGS:
        if part in problem:
            return RefusedError("BK119", span, message, fix)
    return RefusedError("BK119", span, problem or "this is no YAML")
