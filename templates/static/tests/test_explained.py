"""What is wrong with an input is told in words that need no knowledge of this backend."""

from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from app.errors.invalid import explained


class Sample(BaseModel):
    """A body with one field of each kind that is told in its own way."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(max_length=3)] = ""
    number: Annotated[int, Field(ge=1)] = 1
    numbers: Annotated[list[int], Field(max_length=1)] = []
    odd: int = 1
    address: str = ""
    needed: int

    @field_validator("odd")
    @classmethod
    def is_odd(cls, value: int) -> int:
        if value % 2 == 0:
            raise ValueError("must be odd")
        return value

    @field_validator("address")
    @classmethod
    def is_address(cls, value: str) -> str:
        if value:
            raise PydanticCustomError(
                "value_error", "{value} is no address", {"value": value, "reason": ""}
            )
        return value


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "is required"),
        ({"needed": 1, "other": 1}, "is not a known field"),
        ({"needed": 1, "text": "four"}, "must have at most 3 characters"),
        ({"needed": 1, "text": 1}, "must be a valid string"),
        ({"needed": 1, "number": 0}, "must be greater than or equal to 1"),
        (
            {"needed": 1, "number": "one"},
            "must be a valid integer, unable to parse string as an integer",
        ),
        (
            {"needed": 1, "numbers": [1, 2]},
            "List should have at most 1 item after validation, not 2",
        ),
        ({"needed": 1, "odd": 2}, "must be odd"),
        ({"needed": 1, "address": "secret"}, "must be a valid email address"),
    ],
)
def test_problem(body: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Sample.model_validate(body)
    (problem,) = refused.value.errors()
    assert explained({**problem, "loc": ("body", *problem["loc"])}) == words


def test_parameter_that_is_not_known() -> None:
    problem = {"type": "extra_forbidden", "loc": ("query", "other")}
    assert explained(problem) == "is not a known query parameter"
