"""What no body may have, because databases and logs choke on it."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from app.schemas import storable


@pytest.mark.parametrize("char", ["\x00", "\x08", "\x0b", "\x0c", "\x0e", "\x1f", "\x7f"], ids=repr)
def test_refuses_control_characters(char: str) -> None:
    values: list[Any] = [char, f"a{char}b", [char], {char: 1}, {"key": [{"key": char}]}]
    for value in values:
        with pytest.raises(ValueError, match=r"^must not contain control characters$"):
            storable(value)


def test_keeps_all_other_text() -> None:
    value = {"lines": ["one\r\n\ttwo", " ~\x80é"], "number": 1, "null": None}
    assert storable(value) == value


@pytest.mark.parametrize("number", [float("inf"), float("nan")])
def test_refuses_numbers_without_an_end(number: float) -> None:
    with pytest.raises(ValueError, match=r"^must be a finite number$"):
        storable(number)
    assert storable(1.5) == 1.5


def test_keeps_times_in_utc() -> None:
    east = timezone(timedelta(hours=1))
    kept = storable(datetime(2026, 1, 1, 1, tzinfo=east))
    assert (kept, kept.tzinfo) == (datetime(2026, 1, 1, tzinfo=UTC), UTC)
    without_zone = datetime(2026, 1, 1)
    assert storable(without_zone) == without_zone
    with pytest.raises(ValueError, match=r"^must be a time between the years 1 and 9999$"):
        storable(datetime(1, 1, 1, tzinfo=east))
