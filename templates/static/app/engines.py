"""How the database is connected to: SQLite, or PostgreSQL."""

import ssl
from typing import Any

from sqlalchemy import URL, AsyncAdaptedQueuePool, Engine, event, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.conflicts import find_bad_references

ABANDONED_SECONDS = 60  # after which the server ends a transaction in which nothing happens
GRACE_SECONDS = 1  # that the server has to say that a statement takes too long


def create_engine(url: str, timeout: float, pool_size: int) -> AsyncEngine:
    """A pool of at most `pool_size` connections to the database at `url`.

    `timeout` is in seconds, for each wait: to connect, for a statement and for locks.
    """
    # Parameters are hidden, for logs shall not have what people wrote.
    pool: dict[str, Any] = {
        "hide_parameters": True,
        "poolclass": AsyncAdaptedQueuePool,
        "pool_size": pool_size,
        "max_overflow": 0,
    }
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_async_engine(url, connect_args={"timeout": timeout}, **pool)
        event.listen(engine.sync_engine, "connect", _set_up_sqlite)
        event.listen(engine.sync_engine, "handle_error", find_bad_references)
        return engine
    address, tls = with_tls(url)
    milliseconds = str(max(1, round(timeout * 1000)))
    arguments = {
        "timeout": timeout,
        "command_timeout": timeout + GRACE_SECONDS,
        "server_settings": {
            "statement_timeout": milliseconds,
            "lock_timeout": milliseconds,
            "idle_in_transaction_session_timeout": str(ABANDONED_SECONDS * 1000),
        },
    }
    engine = create_async_engine(address, connect_args=arguments | tls, **pool)
    event.listen(engine.sync_engine, "checkout", _refuse_closed_connection)
    return engine


def with_tls(url: str) -> tuple[URL, dict[str, Any]]:
    """The URL without `sslmode` and `sslrootcert`, and what they mean to the driver.

    They are libpq's: `require` with a file verifies by that. Where a certificate is verified and no
    file is named, the system's are taken.
    """
    address = make_url(url)
    mode, root = address.query.get("sslmode"), address.query.get("sslrootcert")
    address = address.difference_update_query(["sslmode", "sslrootcert"])
    if mode == "require" and root:
        mode = "verify-ca"
    if mode not in ("verify-ca", "verify-full"):
        return address, {} if mode is None else {"ssl": mode}
    context = ssl.create_default_context(cafile=str(root) if root else None)
    context.check_hostname = mode == "verify-full"
    return address, {"ssl": context}


def alone(engine: Engine) -> Engine:
    """The same pool, with each statement a transaction of its own: nothing is sent but that."""
    if engine.dialect.name == "sqlite":  # the driver begins none before the first write
        return engine
    return engine.execution_options(isolation_level="AUTOCOMMIT")


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
