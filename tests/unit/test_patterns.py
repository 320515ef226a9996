"""Patterns of documents are read as backends read them, and keep nothing busy."""

from __future__ import annotations

from time import perf_counter

import pytest

from bkgen.patterns import is_pattern, longest, occurs


def test_a_pattern_that_python_would_try_for_ever_takes_no_time() -> None:
    begun = perf_counter()
    assert not occurs(r"^(x+)+!$", "x" * 100_000)
    assert perf_counter() - begun < 5


def test_a_pattern_may_match_any_part() -> None:
    assert occurs("b", "abc")
    assert not occurs("^b", "abc")


@pytest.mark.parametrize("text", ["(?=a)", r"(a)\1", "(", r"\Z"])
def test_what_the_engine_cannot_read_is_no_pattern(text: str) -> None:
    assert not is_pattern(text)


@pytest.mark.parametrize(
    ("pattern", "characters"),
    [
        ("abc", 3),
        ("a|bcd", 3),
        ("(a|bc)d", 3),
        (r"\d{3}-[0-9]{2,4}", 8),
        ("(?:ab){3}", 6),
        ("(?P<n>ab)+", 200),
        ("[^a]*?x", 101),
        ("((x+)+)+", 1_000_000),
    ],
)
def test_how_long_a_text_can_become_is_known_before_it_is_made(pattern: str, characters: int) -> None:
    assert longest(pattern) == characters
