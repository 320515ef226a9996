"""Rows in bulk, and all that databases do differently about them."""

from collections.abc import Mapping, Sequence
from typing import Any

from asyncpg import PostgresError
from sqlalchemy import (
    Column,
    Connection,
    Dialect,
    Table,
    Update,
    bindparam,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import await_only

from app.errors import ApiError

AT_ONCE = 2_000  # rows that are in memory
REFUSED = (ApiError, DBAPIError, PostgresError)
"""What is raised where the database refuses a row."""

# A statement of MariaDB lasts as long as its rows are read.
STAY_OPEN = {
    "mariadb": "SET idle_transaction_timeout = 0, max_statement_time = 0, net_write_timeout = 3600",
    "postgresql": "SET LOCAL idle_in_transaction_session_timeout = 0",
}

COUNT_ON = """
    SELECT setval(
        CAST(CAST(:sequence AS text) AS regclass),
        GREATEST(CAST(:last AS bigint), pg_sequence_last_value(CAST(CAST(:sequence AS text) AS regclass)))
    )
"""  # which GREATEST takes for nothing where none was taken yet


def insert_rows(
    connection: Connection, table: Table, keys: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Insert rows that have values for the columns of these keys: by COPY where there is such a thing."""
    if connection.dialect.name == "postgresql":
        _copy(connection, table, keys, rows)
    else:
        connection.execute(insert(table), [dict(zip(keys, row, strict=True)) for row in rows])


def _copy(
    connection: Connection, table: Table, keys: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    columns = [table.c[key] for key in keys]
    sent = [
        _sent(connection.dialect, column, [row[place] for row in rows])
        for place, column in enumerate(columns)
    ]
    driver: Any = connection.connection.driver_connection
    names = [column.name for column in columns]
    records = list(zip(*sent, strict=True))
    await_only(driver.copy_records_to_table(table.name, columns=names, records=records))


def _sent(dialect: Dialect, column: Column[Any], values: list[Any]) -> list[Any]:
    """The values as the driver takes them."""
    convert = column.type.dialect_impl(dialect).bind_processor(dialect)
    return values if convert is None else [convert(value) for value in values]


def update_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Give rows that are there other values in some columns; each has the key, too, that finds it."""
    keys = [column.key for column in table.primary_key.columns]
    which = (table.c[key] == bindparam(f"its_{key}") for key in keys)
    new: dict[str, Any] = {key: bindparam(f"new_{key}") for key in rows[0] if key not in keys}
    values = [
        {f"its_{key}" if key in keys else f"new_{key}": value for key, value in row.items()}
        for row in rows
    ]
    connection.execute(update(table).where(*which).values(_same(table) | new), values)


def update_of(table: Table, row: Mapping[str, Any]) -> Update:
    """The same for one row."""
    keys = [column.key for column in table.primary_key.columns]
    new = {key: value for key, value in row.items() if key not in keys}
    return (
        update(table).where(*(table.c[key] == row[key] for key in keys)).values(_same(table) | new)
    )


def _same(table: Table) -> dict[str, Any]:
    """What would count or date the change: it is part of the row's making."""
    return {column.key: column for column in table.c if column.onupdate is not None}


def stay_open(connection: Connection) -> None:
    """Have the server wait for whoever reads or writes slowly: a person, a pipe."""
    if (statement := STAY_OPEN.get(connection.dialect.name)) is not None:
        connection.execute(text(statement))


def begin_writing(connection: Connection) -> None:
    """Begin a transaction that writes from the beginning, where the driver would begin it later."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def count_on(connection: Connection, table: Table) -> None:
    """Have the keys that the database gives go on behind those that rows have."""
    column = table.autoincrement_column
    if column is None or connection.dialect.name != "postgresql":
        return  # the others look at the rows
    name = connection.dialect.identifier_preparer.format_table(table)
    sequence = connection.scalar(select(func.pg_get_serial_sequence(name, column.name)))
    last = connection.scalar(select(func.max(column)))
    if sequence is not None and last is not None and last > 0:
        connection.execute(text(COUNT_ON), {"sequence": sequence, "last": last})
