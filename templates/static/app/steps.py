"""Rows that the steps of an action read and write."""

from sqlalchemy import Connection, Executable, RowMapping


def find_row(connection: Connection, statement: Executable) -> RowMapping | None:
    """The only row that `statement` gives, or None."""
    return connection.execute(statement).mappings().one_or_none()


def read_row(connection: Connection, statement: Executable) -> RowMapping:
    """The row that `statement` gives, which is there: the transaction has made, changed or read it."""
    return connection.execute(statement).mappings().one()
