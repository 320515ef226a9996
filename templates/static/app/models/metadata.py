"""What all tables have in common."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Text,
)
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator, TypeEngine


class Base(DeclarativeBase):
    """All tables. Constraints have names, so that errors and migrations can refer to them."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """A point in time: SQLite, which knows no time zones, stores it in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


class Lowercase(TypeDecorator[str]):
    """A sign-in name: stored and compared in lower case, so that it is the same in any spelling."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value and value.replace("İ", "i").lower()  # by itself it would become two letters


class ExactNumeric(TypeDecorator[Decimal]):
    """A decimal number: SQLite, whose fractions are floats, stores its digits as text."""

    impl = Numeric
    cache_ok = True

    def __init__(self, precision: int | None = None, scale: int | None = None) -> None:
        super().__init__(precision, scale)
        self.scale = scale

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else self.impl_instance)

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        if self.scale is None:
            return str(value)
        return f"{value:.{self.scale}f}"  # equal numbers, equal texts

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


# Keys that count up: SQLite does that for INTEGER alone, which has 64 bits there.
SmallSerial = SmallInteger().with_variant(Integer(), "sqlite")

# The same, in 64 bits everywhere.
BigSerial = BigInteger().with_variant(Integer(), "sqlite")


def utc_now() -> datetime:
    """The present time, with its zone."""
    return datetime.now(UTC)


def local_now() -> datetime:
    """The present time in UTC, without a zone: for columns that have none."""
    return utc_now().replace(tzinfo=None)


def utc_today() -> date:
    """The present date in UTC."""
    return utc_now().date()
