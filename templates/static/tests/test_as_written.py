"""Dates and times are written out: a number is none, whatever it could stand for."""

from typing import Any

import pytest

from app.schemas import as_written


@pytest.mark.parametrize("value", [1767225600, 1.5, "1767225600", "-1.5", "+0"], ids=repr)
def test_refuses_numbers(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^must be a date or time in the form of ISO 8601$"):
        as_written(value)


@pytest.mark.parametrize(
    "value", ["2026-01-01", "10:00:00", "2026-01-01T00:00:00Z", "no time", None], ids=repr
)
def test_leaves_the_rest_to_what_comes_next(value: Any) -> None:
    assert as_written(value) == value
