"""JSON is read as the standard library reads it, with positions; what is no JSON is told in words of its own."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bkgen.diagnostics import Diagnostics
from bkgen.load.read_json import read_json
from bkgen.load.tree import RefusedError
from bkgen.source import Entry, Map, SourceFile, Span, locate, plain

_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=12,
)
# Pieces of JSON in any order: nearly always invalid, and in every way.
_SCRAPS = st.lists(
    st.sampled_from(
        [*"{}[]:,\"'\\/#\n\t\r \x00é“", "true", "nul", "NaN", "-", "01", "1.", "1e5", '"a"', "//", "/*", r"\u12", "1"]
    )
).map("".join)


def _file(text: str) -> SourceFile:
    return SourceFile(Path("a.json"), "a.json", text)


def _span(text: str, *path: str | int) -> tuple[int, int, int, int]:
    root = read_json(_file(text), Diagnostics())
    assert root is not None
    span = locate(root, path).span
    return span.line, span.column, span.end_line, span.end_column


@given(value=_VALUES, indent=st.none() | st.integers(0, 3), ascii_only=st.booleans())
def test_values_are_those_of_the_standard_library(value: object, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    diagnostics = Diagnostics()
    root = read_json(_file(text), diagnostics)
    assert root is not None
    assert plain(root) == value
    assert len(diagnostics) == 0


@given(value=_VALUES, indent=st.none() | st.integers(0, 3))
def test_positions_lead_back_to_the_text(value: object, indent: int | None) -> None:
    file = _file(json.dumps(value, indent=indent, ensure_ascii=False))
    root = read_json(file, Diagnostics())
    assert root is not None
    assert json.loads(_between(root.span)) == value
    if isinstance(root, Map):
        for entry in root:
            assert json.loads(_between(entry.key_span)) == entry.key
            assert json.loads(_between(entry.value.span)) == plain(entry.value)


@given(text=_SCRAPS)
@example('{"a": 1}')
@example('"\\')
@example("")
@example('{"a":\r\n"x\r\n"}')
def test_what_the_standard_library_refuses_is_refused(text: str) -> None:
    try:
        json.loads(text, parse_constant=_refuse)
        expected = True
    except ValueError:
        expected = False
    place = None
    try:
        read_json(_file(text), Diagnostics())
    except RefusedError as mistake:
        place = mistake.span
    assert (place is None) == expected
    if place:
        assert place.line <= len(place.file.lines)
        assert place.column <= len(place.file.lines[place.line - 1]) + 1


def test_positions() -> None:
    text = '{\n  "é": [1, {"key": "über\\n"}],\r\n  "b": null\n}'
    assert _span(text) == (1, 1, 4, 2)
    assert _span(text, "é") == (2, 8, 2, 30)
    assert _span(text, "é", 0) == (2, 9, 2, 10)
    assert _span(text, "é", 1, "key") == (2, 20, 2, 28)
    assert _span(text, "b") == (3, 8, 3, 12)


def test_the_first_of_two_values_counts() -> None:
    diagnostics = Diagnostics()
    root = read_json(_file('{"a": 1, "a": 2}'), diagnostics)
    assert isinstance(root, Map)
    assert root.entries == (Entry("a", root.entries[0].key_span, root.entries[0].value),)
    assert plain(root) == {"a": 1}
    assert [found.code for found in diagnostics] == ["BK118"]


@pytest.mark.parametrize("depth", [64, 65, 100_000])
def test_nesting(depth: int) -> None:
    text = "[" * depth + "]" * depth
    if depth <= 64:
        assert read_json(_file(text), Diagnostics()) is not None
    else:
        with pytest.raises(RefusedError, match="64 levels"):
            read_json(_file(text), Diagnostics())


@pytest.mark.parametrize(
    ("number", "fits"),
    [
        ("9223372036854775807", True),
        ("9223372036854775808", False),
        ("9" * 5000, False),
        ("1e308", True),
        ("-1e309", False),
    ],
)
def test_range_of_numbers(number: str, fits: bool) -> None:
    diagnostics = Diagnostics()
    root = read_json(_file(number), diagnostics)
    assert root is not None
    assert math.isfinite(plain(root))
    assert [found.code for found in diagnostics] == ([] if fits else ["BK116"])


def _between(span: Span) -> str:
    """The text that a span covers."""
    lines = span.file.text.split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


def _refuse(word: str) -> None:
    raise ValueError(word)
