"""Decimals in paths and queries are plain, and no longer than databases have them."""

from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from app.schemas import ExactDecimal

DECIMAL = TypeAdapter[Decimal](ExactDecimal)


@pytest.mark.parametrize("text", ["0", "-1.50", "9" * 50, "0." + "9" * 50])
def test_decimal_is_taken_digit_by_digit(text: str) -> None:
    assert str(DECIMAL.validate_python(text)) == text


@pytest.mark.parametrize("text", ["1e3", "NaN", "1_000", ".5", "5.", "9" * 51, "0." + "9" * 51])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        DECIMAL.validate_python(text)
    assert [problem["msg"] for problem in refused.value.errors()] == [
        "Value error, must be a valid decimal"
    ]
