"""The database: connections, transactions, and what its failures mean to a client."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Concatenate, ParamSpec, TypeVar

from alembic.script import ScriptDirectory
from fastapi import Depends, Request
from sqlalchemy import Connection, Executable, RowMapping, event, make_url, text
from sqlalchemy.exc import DBAPIError, DisconnectionError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import greenlet_spawn

from app.conflicts import conflict, find_bad_references
from app.errors import NotFound, Unavailable

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent.parent / "migrations"

RETRY_SECONDS = 1  # between two attempts to reach the database at start-up

# First two characters of the SQLSTATEs that say "not now": connection lost, out of resources,
# deadlock or serialisation failure, operator intervention, system error.
TEMPORARY_SQLSTATES = {"08", "40", "53", "57", "58"}

# SQLite's codes that say "the statement is wrong"; all others are about the file or its locks.
SQLITE_STATEMENT_ERRORS = {
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_MISUSE,
    sqlite3.SQLITE_RANGE,
    sqlite3.SQLITE_TOOBIG,
}


class Database:
    """A pool of connections to the database at `url`."""

    def __init__(self, url: str, timeout: float) -> None:
        self._engine = _create_engine(url, timeout)

    async def run(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `work(connection, ...)` in one transaction, committed before this returns.

        `work` is a plain function: it runs in a greenlet, so that its statements cost no `await`
        each. It must not wait for anything but the database.

        Raises:
            Conflict: a unique rule or a reference forbids the change.
            Unavailable: the database does not answer.
        """
        return await greenlet_spawn(partial(self._transaction, work, *args, **kwargs))

    def _transaction(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        try:
            connection = self._engine.sync_engine.connect()
        except Exception as error:
            raise _unavailable(error) from error
        try:
            with connection, connection.begin():
                return work(connection, *args, **kwargs)
        except IntegrityError as error:
            if (answer := conflict(error)) is None:
                raise
            raise answer from error
        except (DBAPIError, OSError) as error:
            if _is_temporary(error):
                raise _unavailable(error) from error
            raise

    async def check(self) -> None:
        """Raise Unavailable unless the database answers."""
        await self.run(_revision)

    async def wait(self, seconds: float) -> None:
        """Wait until the database answers and check that its schema is the one of this code.

        Raises:
            SystemExit: with a sentence to print, when it still does not answer after `seconds`, or
                when migrations are missing.
        """
        url = self._engine.url.render_as_string(hide_password=True)
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            try:
                revision = await self.run(_revision)
                break
            except Unavailable:
                if asyncio.get_running_loop().time() >= deadline:
                    raise SystemExit(f"The database at {url} does not answer") from None
                await asyncio.sleep(RETRY_SECONDS)
        head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
        if revision != head:
            raise SystemExit(
                f"The database at {url} is at revision {revision}, this code needs {head}. "
                "Run: alembic upgrade head"
            )

    async def close(self) -> None:
        await self._engine.dispose()


async def get_database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


DatabaseDep = Annotated[Database, Depends(get_database)]


def fetch_one(connection: Connection, statement: Executable, missing: str) -> RowMapping:
    """The only row that `statement` gives; NotFound(missing) if it gives none."""
    row = connection.execute(statement).mappings().one_or_none()
    if row is None:
        raise NotFound(missing)
    return row


def _create_engine(url: str, timeout: float) -> AsyncEngine:
    # Parameters are hidden, for logs shall not have what people wrote.
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_async_engine(url, hide_parameters=True, connect_args={"timeout": timeout})
        event.listen(engine.sync_engine, "connect", _set_up_sqlite)
        event.listen(engine.sync_engine, "handle_error", find_bad_references)
        return engine
    engine = create_async_engine(
        url,
        hide_parameters=True,
        connect_args={"timeout": timeout, "command_timeout": timeout},
        pool_size=10,
        pool_timeout=timeout,
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed_connection)
    return engine


def _set_up_sqlite(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")  # readers do not wait for the writer
    cursor.execute("PRAGMA synchronous = NORMAL")  # safe with WAL
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _refuse_closed_connection(connection: Any, *_: Any) -> None:
    """Have the pool open another one where the server closed this one while it was idle."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _revision(connection: Connection) -> str | None:
    """Alembic's revision of the schema; None before the first migration."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _is_temporary(error: DBAPIError | OSError) -> bool:
    if isinstance(error, OSError) or error.connection_invalidated:
        return True
    cause: Any = error.orig
    if isinstance(cause, sqlite3.Error):
        return cause.sqlite_errorcode & 0xFF not in SQLITE_STATEMENT_ERRORS
    return (getattr(cause, "sqlstate", None) or "08")[:2] in TEMPORARY_SQLSTATES


def _unavailable(error: Exception) -> Unavailable:
    reason = error.orig if isinstance(error, DBAPIError) else error
    logger.error("The database does not answer: %s: %s", type(reason).__name__, reason)
    return Unavailable()
