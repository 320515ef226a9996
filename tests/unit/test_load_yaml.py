"""YAML is read as the core schema of YAML 1.2, with positions, and without what JSON has no word for."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from bkgen.diagnostics import Diagnostics
from bkgen.load.read_yaml import read_yaml
from bkgen.load.tree import RefusedError
from bkgen.source import SourceFile, locate, plain

_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff\ufeff"))
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=12,
)
_SCRAPS = st.lists(
    st.sampled_from(
        [*"{}[]:,'\"\\&*!|>%@`#-? \n\t\x00é", "a: ", "- ", "---\n", "...", "<<: ", "!!str ", "&a ", "*a", ".nan", "1e5"]
    )
).map("".join)


def _read(text: str, diagnostics: Diagnostics | None = None) -> object:
    root = read_yaml(SourceFile(Path("a.yaml"), "a.yaml", text), diagnostics or Diagnostics())
    return None if root is None else plain(root)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *[
            (word, word)
            for word in ("no", "yes", "on", "off", "y", "2026-01-01", "12:30:00", "1_000", "0b1", "1.2.3", "=")
        ],
        *[("null", None), ("~", None), ("", None), ("True", True), ("FALSE", False)],
        *[("010", 10), ("0o17", 15), ("0x1F", 31), ("-5", -5), ("+5", 5), ("1e3", 1000.0), (".5", 0.5), ("5.", 5.0)],
        *[('"5"', "5"), ("'true'", "true"), ("|\n  x\n  y\n", "x\ny\n"), (">-\n  x\n  y\n", "x y")],
    ],
)
def test_scalars(written: str, value: object) -> None:
    assert _read(f"a: {written}") == {"a": value}


def test_statuses_are_keys() -> None:
    assert _read("200: {ok: boolean}\n404: {}\n") == {"200": {"ok": "boolean"}, "404": {}}


@given(value=_VALUES)
def test_json_is_yaml(value: object) -> None:
    # YAML allows keys of up to 1024 characters before a colon, and JSON of any length.
    assert _read(json.dumps(value, ensure_ascii=False, indent=1)) == value


@given(value=_VALUES)
def test_what_a_yaml_program_writes_is_read(value: object) -> None:
    # PyYAML writes YAML 1.1, in which `1e5` and `0o7` are strings that need no quotes.
    assume(not re.search(r"\d[eEo]", repr(value)))
    assert _read(yaml.safe_dump(value, allow_unicode=True, sort_keys=False)) == value


@given(text=_SCRAPS)
def test_hostile_text_is_read_or_refused(text: str) -> None:
    # Anything but this error would be a traceback for the user.
    with suppress(RefusedError):
        _read(text)


def test_positions() -> None:
    file = SourceFile(Path("a.yaml"), "a.yaml", "# ä\nkey:\n  - é: über\n    list: [1, 2]\n\n  - x\nend: 1\n")
    root = read_yaml(file, Diagnostics())
    assert root is not None

    def span(*path: str | int) -> tuple[int, int, int, int]:
        found = locate(root, path).span
        return found.line, found.column, found.end_line, found.end_column

    assert span("key", 0, "é") == (3, 8, 3, 12)
    assert span("key", 0, "list") == (4, 11, 4, 17)
    assert span("key", 0) == (3, 5, 4, 17)
    assert span("key") == (3, 3, 6, 6)
    assert span("end") == (7, 6, 7, 7)


def test_alias_bomb_is_refused_at_once() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(20)
    )
    with pytest.raises(RefusedError, match="anchor"):
        _read(bomb)
