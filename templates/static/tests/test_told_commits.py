"""What a transaction has changed is told when it is committed, and only then."""

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, delete, event, false, select
from sqlalchemy.exc import DBAPIError

from app.cache import Found, LocalCache
from app.caches import TABLES
from app.database import Database
from app.errors import NotFound, Unavailable
from app.models import Base
from tests.database import ScratchDatabase

NAME = min(TABLES)
TABLE = Base.metadata.tables[NAME]


def change(connection: Connection) -> None:
    connection.execute(delete(TABLE).where(false()))


def read(connection: Connection) -> None:
    connection.execute(select(TABLE)).all()


def change_and_fail(connection: Connection) -> None:
    change(connection)
    raise NotFound


def lose_connection(_: Connection) -> None:
    raise DBAPIError("COMMIT", None, OSError("reset"), connection_invalidated=True)


class Cancelled(Exception):
    """What PostgreSQL says of a statement that takes too long."""

    sqlstate = "57014"


def refuse(_: Connection) -> None:
    raise DBAPIError("COMMIT", None, Cancelled())


def looks(
    database: ScratchDatabase,
    work: Callable[[Connection], None],
    failure: type[Exception] | None = None,
    at_commit: Callable[[Connection], None] | None = None,
) -> tuple[Found | None, Found | None]:
    """What is found before `work` runs, which may fail, and behind it."""

    async def look_twice() -> tuple[Found | None, Found | None]:
        cache = LocalCache(60)
        opened = Database(database.url, timeout=5, cache=cache)
        if at_commit is not None:
            event.listen(opened._engine.sync_engine, "commit", at_commit)
        before = await cache.look("key", [NAME])
        if failure is None:
            await opened.run(work)
        else:
            with pytest.raises(failure):
                await opened.run(work)
        after = await cache.look("key", [NAME])
        await opened.close()
        return before, after

    return asyncio.run(look_twice())


def test_a_change_is_told(database: ScratchDatabase) -> None:
    before, after = looks(database, change)
    assert after is not None
    assert after != before


def test_nothing_is_told_of_what_only_reads(database: ScratchDatabase) -> None:
    before, after = looks(database, read)
    assert after == before


def test_nothing_is_told_of_what_is_undone(database: ScratchDatabase) -> None:
    before, after = looks(database, change_and_fail, NotFound)
    assert after == before


def test_nothing_is_kept_where_nobody_knows_whether_a_change_was_committed(
    database: ScratchDatabase,
) -> None:
    _, after = looks(database, change, Unavailable, lose_connection)
    assert after is None


def test_a_change_that_the_server_refuses_keeps_nobody_from_keeping_answers(
    database: ScratchDatabase,
) -> None:
    _, after = looks(database, change, Unavailable, refuse)
    assert after is not None
