"""Turns what the database says about a broken rule into the fields that broke it."""

import re
from typing import Any

from sqlalchemy import Index, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.exc import IntegrityError

from app.errors import Conflict
from app.models import Base

TABLE = re.compile(r'(?:INSERT INTO|UPDATE) (?:"((?:[^"]|"")+)"|(\w+))')


def conflict(error: IntegrityError) -> Conflict:
    """The Conflict to answer with: it names the fields, never their values."""
    statement = error.statement or ""
    if statement.startswith("DELETE"):
        return Conflict("Other data still refers to this")
    driver_error: Any = error.orig and (error.orig.__cause__ or error.orig)
    message = str(driver_error)
    if message.startswith("UNIQUE constraint failed: "):  # SQLite names the columns
        columns = message.partition(": ")[2].split(", ")
        return _taken([column.rpartition(".")[2] for column in columns])
    if message.startswith("FOREIGN KEY constraint failed"):  # SQLite tells no more
        return _dangling(_referring_columns(statement))
    name = getattr(driver_error, "constraint_name", None)
    if name in (references := _references()):
        return _dangling(references[name])
    if name in (unique_rules := _unique_rules()):
        return _taken(unique_rules[name])
    return Conflict("The change contradicts other data")


def _taken(columns: list[str]) -> Conflict:
    fields = ", ".join(columns)
    return Conflict(f"{fields}: already taken", field=fields)


def _dangling(columns: list[str]) -> Conflict:
    fields = " or ".join(columns)
    return Conflict(f"{fields}: refers to nothing that exists", field=fields)


def _referring_columns(statement: str) -> list[str]:
    """The foreign keys of the table that `statement` writes."""
    match = TABLE.match(statement)
    if match is None:
        return []
    table = Base.metadata.tables[match[2] or match[1].replace('""', '"')]
    return [column.name for column in table.columns if column.foreign_keys]


def _references() -> dict[object, list[str]]:
    """The columns of each foreign key, by its name in the database."""
    return {
        rule.name: [column.name for column in rule.columns]
        for table in Base.metadata.tables.values()
        for rule in table.foreign_key_constraints
    }


def _unique_rules() -> dict[object, list[str]]:
    """The columns of each primary key, unique constraint and index, by its name."""
    return {
        rule.name: [column.name for column in rule.columns]
        for table in Base.metadata.tables.values()
        for rule in (*table.constraints, *table.indexes)
        if isinstance(rule, PrimaryKeyConstraint | UniqueConstraint | Index)
    }
