"""Values that are too long for the database, or out of a range, are refused with the status of the endpoint."""

import pytest
from sqlalchemy.exc import DBAPIError

from app.steps import Refused, measured
from tests.database import PostgresqlError


def failing(error: Exception) -> Exception:
    """What becomes of an error in the work of an action."""

    @measured()
    def work() -> None:
        raise error

    with pytest.raises((DBAPIError, Refused)) as failed:
        work()
    return failed.value


def of_database(error: Exception) -> DBAPIError:
    return DBAPIError("SELECT 1", None, error)


@pytest.mark.parametrize(
    "error",
    [
        OverflowError("Python int too large to convert to SQLite INTEGER"),
        of_database(PostgresqlError("22001")),
        of_database(PostgresqlError("22003")),
        of_database(PostgresqlError("23514")),
        of_database(Exception("invalid input: value out of int32 range")),
        of_database(Exception("CHECK constraint failed: ck_products_stock")),
    ],
    ids=repr,
)
def test_too_large(error: Exception) -> None:
    refused = failing(error)
    assert isinstance(refused, Refused)
    assert (refused.status_code, refused.detail) == (
        422,
        "A value is too long, or out of its range",
    )


@pytest.mark.parametrize("sqlstate", ["22012", "23505", "40001"])
def test_any_other_failure_stays_what_it_is(sqlstate: str) -> None:
    error = of_database(PostgresqlError(sqlstate))
    assert failing(error) is error
