"""What failures of the database mean, whichever database it is."""

import sqlite3
from typing import Any

from sqlalchemy.exc import DBAPIError, IntegrityError

# First two characters of the SQLSTATEs that say "not now": connection lost, out of resources,
# deadlock or serialisation failure, lock not to be had, operator intervention, system error.
TEMPORARY_SQLSTATES = {"08", "40", "53", "55", "57", "58"}

# Those of serialisation failures and deadlocks: nothing was done, and it may well work now.
UNDONE_SQLSTATES = {"40001", "40P01"}

# The beginnings of those with which the server says that nothing was done: it has no room, the lock
# was not to be had, it took too long.
REFUSED_SQLSTATES = (*UNDONE_SQLSTATES, "53", "55", "57014")

# What PostgreSQL would say for the codes of MariaDB. All others say that the statement is wrong.
MARIADB_SQLSTATES = {
    0: "08006",  # the driver's, for a connection that is closed
    1020: "40001",  # the row has changed since it was read
    1021: "53100",  # disk full
    1037: "53200",  # out of memory
    1040: "53300",  # too many connections
    1041: "53200",
    1047: "57P03",  # a node of a cluster that is not ready
    1053: "57P01",  # the server is going down
    1062: "23505",  # values that must differ do not
    1114: "53100",  # table full
    1203: "53300",  # too many connections of this user
    1205: "55P03",  # a lock was not to be had in time
    1213: "40P01",  # deadlock
    1226: "53400",  # a limit of this user
    1264: "22003",  # a number is out of range
    1290: "57P03",  # the server is read-only
    1317: "57014",  # cancelled
    1365: "22012",  # division by zero
    1406: "22001",  # a text is too long
    1412: "40001",  # the table has changed since the transaction began
    1451: "23503",  # other rows refer to it
    1452: "23503",  # it refers to no row
    1690: "22003",
    1836: "57P03",
    1927: "57P01",  # the connection was ended
    1969: "57014",  # it took too long
    2002: "08006",
    2003: "08006",
    2006: "08006",
    2013: "08006",
    4025: "23514",  # a check fails
    4031: "08006",
}

# SQLite's codes that say "the statement is wrong"; all others are about the file or its locks.
SQLITE_STATEMENT_ERRORS = {
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_MISUSE,
    sqlite3.SQLITE_RANGE,
    sqlite3.SQLITE_TOOBIG,
}


def sqlstate(error: BaseException | None) -> str | None:
    """The SQLSTATE of what a driver says, or what PostgreSQL would say; None where there is none."""
    code = error.args[0] if error is not None and error.args else None
    if isinstance(code, int):
        return MARIADB_SQLSTATES.get(code, "42000")
    state: str | None = getattr(error, "sqlstate", None)
    return state


def is_temporary(error: DBAPIError | OSError) -> bool:
    """Whether trying again may help."""
    if isinstance(error, OSError) or error.connection_invalidated:
        return True
    cause: Any = error.orig
    if isinstance(cause, sqlite3.Error):
        return cause.sqlite_errorcode & 0xFF not in SQLITE_STATEMENT_ERRORS
    return (sqlstate(cause) or "08")[:2] in TEMPORARY_SQLSTATES


def is_undone(error: DBAPIError | OSError) -> bool:
    """Whether the transaction was undone for the sake of another one."""
    return isinstance(error, DBAPIError) and sqlstate(error.orig) in UNDONE_SQLSTATES


def changed_nothing(error: BaseException) -> bool:
    """Whether a transaction that ended with this is known to have changed nothing."""
    if isinstance(error, IntegrityError) or not isinstance(error, DBAPIError | OSError):
        return isinstance(error, Exception)
    if not is_temporary(error):
        return True
    cause = error.orig if isinstance(error, DBAPIError) else None
    return (sqlstate(cause) or "").startswith(REFUSED_SQLSTATES)
