"""Tables and their rules as migrations make them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bkgen.migrate.conversions import parsed
from bkgen.model.schema import (
    LONGEST_NAME,
    Schema,
    StoredIndex,
    StoredReference,
    StoredTable,
    constraint_name,
    index_name,
)
from bkgen.model.tables import OnDelete
from bkgen.render.literals import literal
from bkgen.render.partial import where
from bkgen.render.stored_columns import check_condition, table_column, value_in_document
from bkgen.resolve.mariadb import MOST_IN_KEY

_PLAIN = 8
"""The most characters that the room of a value is worth that is no text."""


def named(name: str) -> str:
    """The name of a constraint or index as an argument: one that PostgreSQL makes shorter is marked as ours."""
    return f"op.f({literal(name)})" if len(name) > LONGEST_NAME else literal(name)


def on_delete(reference: StoredReference) -> str:
    """The argument that says what happens when the row referred to is deleted; empty for nothing."""
    rule = reference.on_delete
    return "" if rule == OnDelete.NO_ACTION else f", ondelete={literal(str(rule))}"


def foreign_key(table: str, reference: StoredReference) -> str:
    """The arguments of a reference that is made on its own; the table itself is named by whom they go to."""
    name = named(constraint_name("fk", table, reference.columns))
    own, there = literal(list(reference.columns)), literal(list(reference.targets))
    return f"{name}, {literal(reference.table)}, {own}, {there}{on_delete(reference)}"


def create_table(table: StoredTable, schema: Schema) -> Iterator[str]:
    """The statements that make a table and its indexes."""
    yield f"op.create_table({literal(table.name)}, {', '.join(items(table, schema))},)"
    yield from (create_index(table, index) for index in table.indexes)


def create_index(table: StoredTable, index: StoredIndex, named: Callable[[str], str] = named) -> str:
    """The statement that makes an index."""
    name = named(index_name(table.name, index.columns, index.where, index.kind))
    if index.fields:
        types = dict(index.fields)
        parts = [value_in_document(one, types[one]) if one in types else literal(one) for one in index.columns]
        unique = ", unique=True" if index.unique else ""
        return f"op.create_index({name}, {literal(table.name)}, [{', '.join(parts)}]{unique})"
    options = where(index.where) + lengths(table, index)
    return f"op.create_index({name}, {literal(table.name)}, {literal(list(index.columns))}{options})"


def lengths(table: StoredTable, index: StoredIndex) -> str:
    """The argument that says how much of each text MariaDB is to have in an index; empty for all of it."""
    if index.fields:  # documents are not in MariaDB
        return ""
    types = {name: parsed(table.column(name).type) for name in index.columns}
    texts = {
        name: (numbers or (MOST_IN_KEY,))[0] for name, (kind, numbers) in types.items() if kind in ("text", "varchar")
    }
    room = MOST_IN_KEY - _PLAIN * (len(types) - len(texts))
    whole = all(types[name][1] for name in texts) and sum(texts.values()) <= room
    if whole:
        return ""
    share = room // len(texts)
    return f", mariadb_length={literal({name: share for name, most in texts.items() if most > share})}"


def items(table: StoredTable, schema: Schema, named: Callable[[str], str] = named) -> Iterator[str]:
    """The columns and rules of a table."""
    yield from (table_column(column, table) for column in table.columns)
    for column in table.columns:
        if column.bounds:
            yield f"CheckConstraint({check_condition(column)}, name={literal(column.name)})"
    keys = ", ".join(map(literal, table.key))
    yield f"PrimaryKeyConstraint({keys}, name={named(constraint_name('pk', table.name, ()))})"
    for reference in table.references:
        name = named(constraint_name("fk", table.name, reference.columns))
        there = [f"{reference.table}.{target}" for target in reference.targets]
        ahead = ", use_alter=True" if schema.refers_ahead(table, reference) else ""
        rules = f"name={name}{on_delete(reference)}{ahead}"
        yield f"ForeignKeyConstraint({literal(list(reference.columns))}, {literal(there)}, {rules})"
    for rule in table.unique:
        name = named(constraint_name("uq", table.name, rule))
        yield f"UniqueConstraint({', '.join(map(literal, rule))}, name={name})"
