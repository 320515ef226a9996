"""What failures of the database mean: that trying again may help, or that something is wrong here."""

import sqlite3
from sqlite3 import (
    SQLITE_BUSY,
    SQLITE_BUSY_SNAPSHOT,
    SQLITE_ERROR,
    SQLITE_ERROR_MISSING_COLLSEQ,
    SQLITE_FULL,
    SQLITE_IOERR_READ,
    SQLITE_MISMATCH,
    SQLITE_TOOBIG,
)

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from app.errors import Unavailable
from tests.database import PostgresqlError, ScratchDatabase


def sqlite_error(code: int) -> sqlite3.Error:
    """A failure as SQLite's driver tells it."""
    error = sqlite3.OperationalError(code)
    error.sqlite_errorcode = code
    return error


TEMPORARY = [
    *map(PostgresqlError, ("08006", "40P01", "53300", "57P01", "58030", None)),
    *map(sqlite_error, (SQLITE_BUSY, SQLITE_BUSY_SNAPSHOT, SQLITE_FULL, SQLITE_IOERR_READ)),
]
LASTING = [
    *map(PostgresqlError, ("22003", "42601", "42P01", "XX000")),
    *map(sqlite_error, (SQLITE_ERROR, SQLITE_MISMATCH, SQLITE_TOOBIG)),
    sqlite_error(SQLITE_ERROR_MISSING_COLLSEQ),
]


def fail(_: Connection, error: Exception, lost: bool = False) -> None:
    """Fail as a statement does."""
    raise DBAPIError("SELECT 1", None, error, connection_invalidated=lost)


@pytest.mark.parametrize("error", TEMPORARY, ids=repr)
def test_says_that_trying_again_may_help(
    error: Exception, database: ScratchDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Unavailable):
        database.run(fail, error)
    said = f"The database does not answer: {type(error).__name__}: {error}"
    assert [record.getMessage() for record in caplog.records] == [said]


def test_says_so_where_the_connection_is_lost(database: ScratchDatabase) -> None:
    with pytest.raises(Unavailable):
        database.run(fail, PostgresqlError("42601"), lost=True)


@pytest.mark.parametrize("error", LASTING, ids=repr)
def test_any_other_failure_is_one_of_this_backend(
    error: Exception, database: ScratchDatabase
) -> None:
    with pytest.raises(DBAPIError) as failed:
        database.run(fail, error)
    assert failed.value.orig is error
