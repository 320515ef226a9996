"""What failures of the database mean: that trying again may help, or that something is wrong here."""

import asyncio
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
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import await_only

from app.database import Database
from app.errors import Unavailable
from tests.database import MariadbError, PostgresqlError, ScratchDatabase

SECONDS = 0.5  # that the databases of these tests wait


def sqlite_error(code: int) -> sqlite3.Error:
    """A failure as SQLite's driver tells it."""
    error = sqlite3.OperationalError(code)
    error.sqlite_errorcode = code
    return error


TEMPORARY = [
    *map(PostgresqlError, ("08006", "40P01", "53300", "55P03", "57P01", "58030", None)),
    *map(MariadbError, (0, 1040, 1205, 1213, 1969, 2013)),
    *map(sqlite_error, (SQLITE_BUSY, SQLITE_BUSY_SNAPSHOT, SQLITE_FULL, SQLITE_IOERR_READ)),
]
LASTING = [
    *map(PostgresqlError, ("22003", "42601", "42P01", "XX000")),
    *map(MariadbError, (1064, 1146, 1264)),
    *map(sqlite_error, (SQLITE_ERROR, SQLITE_MISMATCH, SQLITE_TOOBIG)),
    sqlite_error(SQLITE_ERROR_MISSING_COLLSEQ),
]


# What takes too long, and what the server says to it.
SLEEP = {
    "mariadb": ("SELECT SLEEP(60)", "max_statement_time exceeded"),
    "postgresql": ("SELECT pg_sleep(60)", "statement timeout"),
}


# What the session is called, and what ends it.
END_OF_SESSION = {
    "mariadb": ("SELECT CONNECTION_ID()", "KILL {}"),
    "postgresql": ("SELECT pg_backend_pid()", "SELECT pg_terminate_backend({})"),
}


async def answering(scratch: ScratchDatabase, seconds: float, pool_size: int = 20) -> Database:
    """The database, of which a connection is open."""
    opened = Database(scratch.url, seconds, pool_size)
    for _ in range(100):  # to connect may take longer than the timeout
        try:
            await opened.check()
        except Unavailable:
            continue
        return opened
    raise AssertionError


def fail(_: Connection, error: Exception, lost: bool = False) -> None:
    """Fail as a statement does."""
    raise DBAPIError("SELECT 1", None, error, connection_invalidated=lost)


def make_rows(connection: Connection) -> None:
    """Make a table with two rows that can be waited for."""
    connection.execute(text("CREATE TABLE taken (id INTEGER PRIMARY KEY)"))
    connection.execute(text("INSERT INTO taken VALUES (1), (2)"))


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


@pytest.mark.parametrize(
    "error", [PostgresqlError("40001"), PostgresqlError("40P01"), MariadbError(1213)], ids=repr
)
def test_what_was_undone_for_another_transaction_is_done_again(
    error: Exception, database: ScratchDatabase
) -> None:
    failures = [error, error]

    def work(connection: Connection) -> str:
        if failures:
            fail(connection, failures.pop())
        return "done"

    assert database.run(work) == "done"
    assert not failures


def test_what_may_have_been_done_is_not_done_again(database: ScratchDatabase) -> None:
    calls = []

    def work(connection: Connection) -> None:
        calls.append(connection)
        fail(connection, PostgresqlError("08006"), lost=True)

    with pytest.raises(Unavailable):
        database.run(work)
    assert len(calls) == 1


def test_of_two_transactions_that_wait_for_each_other_both_are_done(
    database: ScratchDatabase,
) -> None:
    if database.engine_name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    calls = []
    take = text("SELECT id FROM taken WHERE id = :id FOR UPDATE")

    async def both() -> None:
        opened = await answering(database, 10)
        taken = {1: asyncio.Event(), 2: asyncio.Event()}

        def lock(connection: Connection, first: int, second: int) -> None:
            calls.append(first)
            connection.execute(take, {"id": first})
            taken[first].set()
            await_only(taken[second].wait())
            connection.execute(take, {"id": second})

        await asyncio.gather(opened.run(lock, 1, 2), opened.run(lock, 2, 1))
        await opened.close()

    database.run(make_rows)
    asyncio.run(both())
    assert len(calls) == 3


def test_a_statement_that_takes_too_long_is_given_up(
    database: ScratchDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    if database.engine_name == "sqlite":
        pytest.skip("SQLite knows no limit for a statement")
    statement, said = SLEEP[database.engine_name]

    async def sleep() -> None:
        opened = await answering(database, SECONDS)
        caplog.clear()
        with pytest.raises(Unavailable):
            await opened.run(lambda connection: connection.execute(text(statement)))
        await opened.close()

    asyncio.run(sleep())
    assert said in caplog.text


def test_who_gets_no_connection_is_told_so_and_the_next_one_gets_it(
    database: ScratchDatabase,
) -> None:
    async def crowd() -> None:
        opened = await answering(database, SECONDS, pool_size=1)
        held, free = asyncio.Event(), asyncio.Event()

        def hold(_: Connection) -> str:
            held.set()
            await_only(free.wait())
            return "held"

        holder = asyncio.create_task(opened.run(hold))
        await held.wait()
        with pytest.raises(Unavailable):
            await opened.check()
        free.set()
        assert await holder == "held"
        await opened.check()
        await opened.close()

    asyncio.run(crowd())


def test_who_waits_for_a_connection_gets_it_before_those_who_come_later(
    database: ScratchDatabase,
) -> None:
    async def crowd() -> list[int]:
        opened = await answering(database, SECONDS, pool_size=1)
        served: list[int] = []

        def serve(_: Connection, number: int) -> None:
            served.append(number)
            await_only(asyncio.sleep(0.01))

        async def come_again(number: int) -> None:
            for _ in range(5):
                await opened.run(serve, number)

        await asyncio.gather(*(come_again(number) for number in range(3)))
        await opened.close()
        return served

    assert asyncio.run(crowd()) == [0, 1, 2] * 5


def test_a_connection_that_the_server_closed_meanwhile_is_replaced(
    database: ScratchDatabase,
) -> None:
    if database.engine_name == "sqlite":
        pytest.skip("nobody closes a file")
    which, end = END_OF_SESSION[database.engine_name]

    async def come_back() -> None:
        opened = await answering(database, 5, pool_size=1)
        session = await opened.run(lambda connection: connection.scalar(text(which)))
        other = await answering(database, 5)
        await other.run(lambda connection: connection.execute(text(end.format(session))))
        await other.close()
        await asyncio.sleep(0.1)
        await opened.check()
        await opened.close()

    asyncio.run(come_back())


def test_a_pool_larger_than_the_server_is_refused_at_the_start(database: ScratchDatabase) -> None:
    if database.engine_name == "sqlite":
        pytest.skip("a file has room for as many connections as there are")

    async def start() -> None:
        opened = Database(database.url, timeout=5, pool_size=1_000_000)
        with pytest.raises(SystemExit, match="DATABASE_POOL_SIZE is 1000000, and the database at"):
            await opened.wait(0)
        await opened.close()

    asyncio.run(start())
