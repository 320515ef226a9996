"""Numbers that get a narrower type in SQLite: rounded as PostgreSQL does it, and stopped where they do not fit."""

from __future__ import annotations

import sqlite3
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bkgen.migrate.conversions import conversion


@st.composite
def changes(draw: st.DrawFn) -> tuple[int, int, int, Decimal]:
    """Digits behind the point before and after, digits in all after, and a number of 18 digits at most."""
    before = draw(st.integers(1, 9))
    after = draw(st.integers(0, before - 1))
    digits = draw(st.integers(after + 1, 18 - (before - after)))
    return before, after, digits, Decimal(draw(st.integers(-(10**18) + 1, 10**18 - 1))).scaleb(-before)


@given(changes())
def test_decimals_are_rounded_exactly_or_found_not_to_fit(change: tuple[int, int, int, Decimal]) -> None:
    before, after, digits, number = change
    way = conversion(f"decimal(18,{before})", f"decimal({digits},{after})")
    expected = number.quantize(Decimal(1).scaleb(-after), rounding=ROUND_HALF_UP)
    with sqlite3.connect(":memory:") as connection:
        ask = f"SELECT {way.misfits.format('m')}, {way.sqlite.format('m')} FROM (SELECT ? AS m)"
        misfits, rounded = connection.execute(ask, (f"{number:f}",)).fetchone()
    if abs(number) < 10**15:  # a double tells more digits apart than that of no number
        assert bool(misfits) == (abs(expected) >= 10 ** (digits - after))
    assert rounded == (f"{abs(expected):f}" if expected == 0 else f"{expected:f}")


@pytest.mark.parametrize(("after", "limit"), [("integer", 2**31), ("smallint", 2**15)])
def test_integers_that_do_not_fit_are_found(after: str, limit: int) -> None:
    way = conversion("bigint", after)
    numbers = [-limit - 1, -limit, 0, limit - 1, limit, None]
    with sqlite3.connect(":memory:") as connection:
        ask = f"SELECT {way.misfits.format('n')} FROM (SELECT ? AS n)"
        found = [connection.execute(ask, (number,)).fetchone()[0] for number in numbers]
    assert found == [1, 0, 0, 0, 1, None]
