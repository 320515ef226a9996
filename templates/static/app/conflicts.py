"""Turns what the database says about a broken rule into the fields that broke it."""

import re
from typing import Any

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)
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
    if message.startswith("FOREIGN KEY constraint failed"):  # SQLite tells no more
        return _bad_reference(
            statement, [column for column in _written(statement).columns if column.foreign_keys]
        )
    rule = _rules().get(getattr(driver_error, "constraint_name", None))
    if isinstance(rule, ForeignKeyConstraint):
        own = rule.table is _written(statement)
        return _bad_reference(statement, list(rule.columns) if own else [])
    return _taken(list(rule.columns)) if rule is not None else None


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
