"""How the database is connected to: SQLite, or PostgreSQL."""

from typing import Any

from sqlalchemy import Engine, event, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.conflicts import find_bad_references


def create_engine(url: str, timeout: float) -> AsyncEngine:
    """A pool of connections to the database at `url`; `timeout` is in seconds, for each of its waits."""
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


def snapshots_of(engine: Engine) -> Engine:
    """The same pool, with transactions of which all statements see the state at the first one."""
    if engine.dialect.name != "sqlite":
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    snapshots = engine.execution_options()
    # The driver would begin no transaction before the first write.
    event.listen(snapshots, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return snapshots


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
