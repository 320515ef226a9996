"""What kinds of columns there are, whatever stores their values."""

from typing import Any

from sqlalchemy import Column
from sqlalchemy.types import TypeDecorator


def kind(column: Column[Any]) -> Any:
    """SQLAlchemy's own type of a column."""
    type_ = column.type
    return type_.impl_instance if isinstance(type_, TypeDecorator) else type_


def python_type(column: Column[Any]) -> type[Any]:
    """The type of the values of a column."""
    found: type[Any] = kind(column).python_type
    return found
