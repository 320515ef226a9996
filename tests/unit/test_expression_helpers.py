"""The module of generated backends that has what expressions need beyond Python and SQL."""

from __future__ import annotations

import subprocess
from decimal import Decimal
from operator import add
from pathlib import Path
from typing import Any

import pytest
from ruff import find_ruff_bin

from bkgen.render.expressions.imports import HELPERS
from bkgen.render.pruning import SharedFiles, Uses
from tests.shared_files import EXPRESSIONS, whole


@pytest.fixture(scope="module")
def helpers() -> dict[str, Any]:
    found: dict[str, Any] = {"__name__": "app.expressions"}
    exec(whole(EXPRESSIONS), found)
    return found


def test_division_is_cut_off(helpers: dict[str, Any]) -> None:
    pairs = [(7, 2), (-7, 2), (7, -2), (-7, -2), (0, 5), (2**62 + 1, 3)]
    assert [helpers["quotient"](*pair) for pair in pairs[:5]] == [3, -3, -3, 3, 0]
    assert [helpers["remainder"](*pair) for pair in pairs[:5]] == [1, -1, 1, -1, 0]
    assert all(a == b * helpers["quotient"](a, b) + helpers["remainder"](a, b) for a, b in pairs)


def test_decimals_are_rounded_half_up(helpers: dict[str, Any]) -> None:
    assert helpers["ratio"](Decimal(1), 3) == Decimal("0.3333333333")
    assert helpers["ratio"](1, 2048) == Decimal("0.0004882813")
    assert helpers["ratio"](-1, 2048) == Decimal("-0.0004882813")


def test_means(helpers: dict[str, Any]) -> None:
    assert (helpers["average"](iter([1, 2])), helpers["average"]([])) == (1.5, None)
    assert helpers["decimal_average"]([Decimal(1), Decimal(1), Decimal(3)]) == Decimal("1.6666666667")
    assert helpers["decimal_average"]([]) is None


@pytest.mark.parametrize(
    ("text", "integer", "number"),
    [
        ("12", 12, 12.0),
        ("-3", -3, -3.0),
        ("1.5", None, 1.5),
        ("", None, None),
        ("x", None, None),
        ("٣", None, None),
        ("1_000", None, None),
        ("9223372036854775808", None, 2.0**63),
        ("1e999", None, None),
        ("inf", None, None),
        ("9" * 30, None, 1e30),
        (None, None, None),
    ],
)
def test_numbers_in_texts(helpers: dict[str, Any], text: str | None, integer: int | None, number: float | None) -> None:
    assert (helpers["read_integer"](text), helpers["read_number"](text)) == (integer, number)


def test_null_gives_null(helpers: dict[str, Any]) -> None:
    assert (helpers["unless_none"](add, 1, 2), helpers["unless_none"](add, 1, None)) == (3, None)


def test_each_stands_alone(tmp_path: Path) -> None:
    for name in HELPERS:
        used = Uses()
        used.add_files([f"from app.expressions import {name}\n{name}()"])
        text = SharedFiles({EXPRESSIONS: whole(EXPRESSIONS)}).pruned(used)[EXPRESSIONS]
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        assert f"def {name}(" in text or f"class {name}(" in text
    command = [find_ruff_bin(), "check", "--isolated", "--select", "F821,F822,E9", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
