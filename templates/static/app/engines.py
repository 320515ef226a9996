"""How the database is connected to: MariaDB, PostgreSQL, or SQLite."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import URL, AsyncAdaptedQueuePool, Connection, Engine, event, make_url
from sqlalchemy.dialects import registry
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.conflicts import find_bad_references
from app.mariadb import Dialect, session
from app.mariadb_statements import in_several

ABANDONED_SECONDS = 60  # after which the server ends a transaction in which nothing happens
WITHOUT_TLS = ("", "disable", "allow", "prefer")
GRACE_SECONDS = 1  # that the server has to say that a statement takes too long

# What a transaction of one state begins with, where the driver would begin another one, or none
# before the first write.
BEGIN_SNAPSHOT = {
    "mariadb": "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    "sqlite": "BEGIN",
}

# What `mariadb+asyncmy` means.
registry.register("mariadb.asyncmy", Dialect.__module__, Dialect.__name__)


@dataclass(frozen=True)
class Mode:
    """How the statements of a connection fit together: the engine that opens it, and its options."""

    engine: Engine
    options: Mapping[str, Any]


def create_engine(
    url: str, timeout: float, pool_size: int, *, commits_each: bool = False
) -> AsyncEngine:
    """A pool of at most `pool_size` connections to the database at `url`.

    `timeout` is in seconds, for each wait: to connect, for a statement and for locks. With
    `commits_each`, work is to be done in one of the modes below: on PostgreSQL each statement is a
    transaction of its own unless they say otherwise.
    """
    # Parameters are hidden, for logs shall not have what people wrote.
    pool: dict[str, Any] = {
        "hide_parameters": True,
        "poolclass": AsyncAdaptedQueuePool,
        "pool_size": pool_size,
        "max_overflow": 0,
    }
    match make_url(url).get_backend_name():
        case "sqlite":
            return _sqlite(url, timeout, pool)
        case "mariadb":
            return _mariadb(url, timeout, pool)
        case _:
            if commits_each:  # as an option of each connection that took a fifth of a read
                pool["isolation_level"] = "AUTOCOMMIT"
            return _postgresql(url, timeout, pool)


def _sqlite(url: str, timeout: float, pool: dict[str, Any]) -> AsyncEngine:
    engine = create_async_engine(url, connect_args={"timeout": timeout}, **pool)
    event.listen(engine.sync_engine, "connect", _set_up_sqlite)
    event.listen(engine.sync_engine, "handle_error", find_bad_references)
    return engine


def _mariadb(url: str, timeout: float, pool: dict[str, Any]) -> AsyncEngine:
    address, arguments = driver_arguments(url)
    limits = {
        "connect_timeout": timeout,
        "read_timeout": timeout + GRACE_SECONDS,
        "init_command": session(
            max_statement_time=timeout,
            innodb_lock_wait_timeout=max(1, round(timeout)),
            lock_wait_timeout=max(1, round(timeout)),
            idle_transaction_timeout=ABANDONED_SECONDS,
        ),
    }
    engine = create_async_engine(address, connect_args=arguments | limits, **pool)
    event.listen(engine.sync_engine, "before_execute", in_several, retval=True)
    event.listen(engine.sync_engine, "checkout", _refuse_closed_connection)
    return engine


def _postgresql(url: str, timeout: float, pool: dict[str, Any]) -> AsyncEngine:
    address, tls = driver_arguments(url)
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


def driver_arguments(url: str) -> tuple[URL, dict[str, Any]]:
    """The URL without what is not the driver's to read, and what the driver is told in its place."""
    address = make_url(url)
    mode, root = address.query.get("sslmode"), address.query.get("sslrootcert")
    tls = _tls(str(mode or ""), str(root) if root else None)
    address = address.difference_update_query(["sslmode", "sslrootcert"])
    if address.get_backend_name() != "mariadb":
        return address, {"ssl": tls} if tls else {}
    # Its driver encrypts, or it does not: nothing depends on what the server would like.
    encryption = None if tls in WITHOUT_TLS else True if tls == "require" else tls
    return address, {"init_command": session(), "ssl": encryption}


def _tls(mode: str, root: str | None) -> str | ssl.SSLContext:
    """What libpq's `sslmode` and `sslrootcert` mean: `require` with a file verifies by that.

    Where a certificate is verified and no file is named, the system's are taken.
    """
    if mode == "require" and root:
        mode = "verify-ca"
    if mode not in ("verify-ca", "verify-full"):
        return mode
    context = ssl.create_default_context(cafile=root)
    context.check_hostname = mode == "verify-full"
    return context


def single_statements(engine: Engine) -> Mode:
    """Each statement is a transaction of its own: nothing is sent but that."""
    # SQLite's driver begins none before the first write, and MariaDB may need several statements.
    postgresql = engine.dialect.name == "postgresql"
    return Mode(engine, {"commits_each": True} if postgresql else {})


def transactions(engine: Engine) -> Mode:
    """All statements are one transaction."""
    postgresql = engine.dialect.name == "postgresql"
    return Mode(engine, {"isolation_level": "READ COMMITTED"} if postgresql else {})


def snapshots(engine: Engine) -> Mode:
    """All statements are one transaction that writes nothing, and see the state at the first one."""
    if engine.dialect.name == "postgresql":
        return Mode(engine, {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
    begin = BEGIN_SNAPSHOT[engine.dialect.name]
    beginning = engine.execution_options()
    event.listen(beginning, "begin", lambda connection: connection.exec_driver_sql(begin))
    return Mode(beginning, {})


def is_committed_each(connection: Connection) -> bool:
    """Whether each statement of a connection is committed by itself."""
    return bool(connection.get_execution_options().get("commits_each"))


def is_open(connection: Connection) -> bool:
    """Whether a connection of PostgreSQL was not closed by the server while it was idle."""
    driver: Any = connection.connection.driver_connection
    return not driver.is_closed()


def _set_up_sqlite(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")  # readers do not wait for the writer
    cursor.execute("PRAGMA synchronous = NORMAL")  # safe with WAL
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _refuse_closed_connection(connection: Any, *_: Any) -> None:
    """Have the pool open another one where the server closed this one while it was idle."""
    driver = connection.driver_connection
    if driver.is_closed() if hasattr(driver, "is_closed") else driver._stream_broken:
        raise DisconnectionError
