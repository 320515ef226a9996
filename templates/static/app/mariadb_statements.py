"""Statements that MariaDB has none for: it is sent several, in the same transaction."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BinaryExpression,
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Delete,
    Executable,
    Insert,
    Numeric,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    Table,
    Update,
    and_,
    cast,
    delete,
    false,
    inspect,
    literal,
    null,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql.dml import OnConflictClause, OnConflictDoUpdate
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.visitors import iterate

from app.conflicts import is_taken
from app.models.metadata import ExactNumeric

BATCH = 100  # rows that may be locked, and are looked at before the next ones
ATTEMPTS = 3  # a row that is in the way may be gone when it is looked for, but not time after time

Parameters = Mapping[str, Any]
Replaced = tuple[Executable, Sequence[Parameters], Parameters]


def in_several(
    connection: Connection,
    statement: Executable,
    many: Sequence[Parameters],
    one: Parameters,
    _: Parameters,
) -> Replaced:
    """Do what MariaDB has no statement for, and give the one that asks for the rows of it.

    It listens to `before_execute`, and does updates that return rows, rows that are inserted unless
    they are there, and changes of the first row that nobody else has locked.
    """
    if isinstance(statement, Update | Delete) and (chosen := _chosen(statement)) is not None:
        statement = statement._generate()
        statement._where_criteria = (_first_free(connection, *chosen),)
    if isinstance(statement, Update) and statement._returning:
        return _changed(connection, statement, one), [], {}
    if isinstance(statement, Insert):
        conflict = statement._post_values_clause
        if isinstance(conflict, OnConflictClause):
            found = [_put(connection, statement, conflict, values) for values in many or [one]]
            return found[-1], [], {}
    return statement, many, one


def _chosen(
    statement: Update | Delete,
) -> tuple[SQLColumnExpression[Any], Select[Any]] | None:
    """The key of a row, and what chooses it: the first one of those that nobody else has locked."""
    for one in statement._where_criteria:
        if isinstance(one, BinaryExpression) and isinstance(one.right, ScalarSelect):
            chosen: Any = one.right.element
            if chosen._for_update_arg is not None and chosen._for_update_arg.skip_locked:
                return one.left, chosen
    return None


def _first_free(
    connection: Connection, key: SQLColumnExpression[Any], chosen: Select[Any]
) -> ColumnElement[bool]:
    """Lock the row that is chosen, and say which it is: MariaDB would lock all that it has to sort."""
    place = 0
    while found := connection.scalars(_unlocked(chosen).offset(place).limit(BATCH)).all():
        for value in found:
            is_this: ColumnElement[bool] = key == value
            if connection.execute(chosen.where(is_this)).first() is not None:
                return is_this
        place += len(found)
    return false()


def _unlocked(chosen: Select[Any]) -> Select[Any]:
    statement = chosen._generate()
    statement._for_update_arg = None
    return statement


def _changed(connection: Connection, statement: Update, parameters: Parameters) -> Executable:
    """Change the rows that a statement says; they are locked first, so that they stay these."""
    keys = inspect(statement.entity_description["table"]).primary_key.columns
    which = statement._where_criteria
    of_rows = {
        part.key for one in which for part in iterate(one) if isinstance(part, BindParameter)
    }
    values = {name: value for name, value in parameters.items() if name not in of_rows}
    written = _by_column(statement, values)
    after = [written.get(key.key, key) for key in keys]
    rows = connection.execute(
        select(*keys, *after).where(*which).with_for_update(), parameters
    ).all()
    if not rows:
        return _no_rows(statement)
    change = statement._generate()
    change._returning = ()
    change._where_criteria = (tuple_(*keys).in_([row[: len(keys)] for row in rows]),)
    connection.execute(change, values)
    is_changed = tuple_(*keys).in_([row[len(keys) :] for row in rows])
    return select(*statement._returning).where(is_changed)


def _put(
    connection: Connection, statement: Insert, conflict: OnConflictClause, parameters: Parameters
) -> Executable:
    """Insert a row, unless one with the same key is there: it is changed, or left as it is."""
    table = statement.entity_description["table"]
    elements = conflict.inferred_target_elements or ()
    keys = [table.c[one if isinstance(one, str) else one.key] for one in elements]
    written = _by_column(statement, parameters)
    same = and_(*(key == _stored(written[key.key], key) for key in keys))
    found = select(*keys).where(same).with_for_update()
    primary = inspect(table).primary_key.columns
    row = statement._generate()
    row._post_values_clause = None
    row._returning = ()
    attempts = 0
    while connection.execute(found).first() is None:
        try:
            made = connection.execute(row.returning(*primary), parameters).one()
        except IntegrityError as error:
            attempts += 1
            if attempts == ATTEMPTS or not is_taken(error, *(key.key for key in keys)):
                raise
        else:
            return select(*statement._returning or (null(),)).where(tuple_(*primary).in_([made]))
    if not isinstance(conflict, OnConflictDoUpdate):
        return _no_rows(statement)
    change = (
        update(statement.entity_description["entity"])
        .where(same)
        .values(conflict.update_values_to_set)
    )
    if conflict.update_whereclause is not None:
        change = change.where(conflict.update_whereclause)
    if not statement._returning:
        return change
    return _changed(connection, change.returning(*statement._returning), {})


def _stored(value: ColumnElement[Any], column: Column[Any]) -> ColumnElement[Any]:
    """What becomes of a value in a column, which rounds decimals."""
    digits = isinstance(column.type, Numeric | ExactNumeric)
    return cast(value, column.type) if digits else value


def _by_column(statement: Insert | Update, parameters: Parameters) -> dict[str, ColumnElement[Any]]:
    """What a statement writes, by the key of the column."""
    mapper = inspect(statement.entity_description["entity"])
    columns = {attribute.key: attribute.columns[0] for attribute in mapper.column_attrs}
    given: Mapping[Any, Any] = statement._values or {}
    written = {getattr(key, "key", key): value for key, value in given.items()}
    written.update(parameters)
    return {
        columns[name].key: (
            value if isinstance(value, ColumnElement) else literal(value, columns[name].type)
        )
        for name, value in written.items()
        if name in columns
    }


def _no_rows(statement: Insert | Update) -> Executable:
    return select(*statement._returning or (null(),)).where(false())


def delete_all(connection: Connection, tables: Iterable[Table]) -> None:
    """Delete all rows of tables, of which each is before those that it refers to."""
    by_row = connection.dialect.name == "mariadb"  # it does not wait for the end of the statement
    if by_row:
        connection.execute(text("SET foreign_key_checks = OFF"))
    for table in tables:
        connection.execute(delete(table))
    if by_row:
        connection.execute(text("SET foreign_key_checks = ON"))
