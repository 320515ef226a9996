"""Turns what the database says about a broken rule into the fields that broke it."""

import re
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    select,
)
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import IntegrityError

from app.errors import BadReference, Conflict
from app.models import Base

TABLE = re.compile(r'^(?:INSERT INTO|UPDATE|DELETE FROM) (?:"((?:[^"]|"")+)"|(\w+))')

Rule = ForeignKeyConstraint | Index | PrimaryKeyConstraint | UniqueConstraint


def conflict(error: IntegrityError) -> Conflict | None:
    """The Conflict to answer with: it names the fields, never their values.

    None where no client is at fault: a value is missing, or a check fails, that no request chose.
    """
    driver_error: Any = error.orig and (error.orig.__cause__ or error.orig)
    message = str(driver_error)
    statement = error.statement or ""
    if message.startswith("UNIQUE constraint failed: "):  # SQLite names the columns
        names = {name.rpartition(".")[2] for name in message.partition(": ")[2].split(", ")}
        return _taken([column for column in _written(statement).columns if column.name in names])
    rule = _rules().get(getattr(driver_error, "constraint_name", None))
    if isinstance(rule, ForeignKeyConstraint):
        own = rule.table is _written(statement)
        return _bad_reference(statement, list(rule.columns) if own else [])
    return _taken(list(rule.columns)) if rule is not None else None


def find_bad_references(context: ExceptionContext) -> None:
    """Look for the references that lead nowhere, because SQLite does not say which.

    Raises:
        BadReference: it names them, in place of the error of a foreign key.
    """
    failed: Any = context.execution_context
    connection, statement = context.connection, context.statement
    if "FOREIGN KEY" not in str(context.original_exception) or not connection or not statement:
        return
    columns = [
        column
        for column in _written(statement).columns
        if any(
            sent.get(column.key) is not None
            and _leads_nowhere(connection, column, sent[column.key])
            for sent in failed.compiled_parameters
        )
    ]
    raise _bad_reference(statement, columns)


def _leads_nowhere(connection: Connection, column: Column[Any], value: object) -> bool:
    targets = [key.column for key in column.foreign_keys]
    return any(
        connection.scalar(select(target).where(target == value)) is None for target in targets
    )


def _taken(columns: list[Column[Any]]) -> Conflict:
    return Conflict("already taken", [column.key for column in columns])


def _bad_reference(statement: str, columns: list[Column[Any]]) -> BadReference:
    """`columns` refer to nothing; without any, it is others that refer to the row."""
    if statement.startswith("DELETE") or not columns:
        return BadReference("Other data still refers to this")
    return BadReference("refers to nothing that exists", [column.key for column in columns])


def _written(statement: str) -> Table:
    """The table that `statement` writes."""
    quoted, plain = TABLE.findall(statement)[0]
    return Base.metadata.tables[plain or quoted.replace('""', '"')]


def _rules() -> dict[object, Rule]:
    """Every foreign key and every rule that something is unique, by its name in the database."""
    return {
        rule.name: rule
        for table in Base.metadata.tables.values()
        for rule in (*table.constraints, *table.indexes)
        if isinstance(rule, Rule)
    }
