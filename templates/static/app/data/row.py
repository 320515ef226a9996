"""What the models of rows have in common, and what they say of columns beside their types."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator

from app.schemas import storable


class Row(BaseModel):
    """A row in a file: unknown columns are refused, and so is what databases cannot store."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())

    @field_validator("*")
    @classmethod
    def storable(cls, value: Any) -> Any:
        return storable(value)


class Secret(Row):
    """A row that is of use to whoever has what it was made from: nobody, if it was seeded."""


class PasswordHash:
    """A column with the hash of an account's password."""


@dataclass(frozen=True)
class Follows:
    """A column whose value follows from others of its row; `distinct` gives it an ending."""

    value: Callable[[Any], Any]
    distinct: bool = False


@dataclass(frozen=True)
class Holds:
    """A column with the content of a file that `column` describes: such as this one."""

    column: str
    content: bytes
    description: Any
