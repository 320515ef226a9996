"""Views of tables: the typed models and the initial migration."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.service import Service
from bkgen.model.tables import Column, Index, Reference, Table
from bkgen.render.columns import annotation, mapped_column, migration_column, on_delete, targets
from bkgen.render.literals import docstring, literal


@dataclass(frozen=True, slots=True)
class ModelView:
    """One file of `app/models/`.

    Attributes:
        columns: (attribute, annotation, `mapped_column(...)`).
        rules: the references, indexes and unique rules of `__table_args__`.
    """

    class_name: str
    plain_name: str
    table_name: str
    docstring: str
    columns: tuple[tuple[str, str, str], ...]
    rules: tuple[str, ...]


def model_view(table: Table, service: Service) -> ModelView:
    return ModelView(
        class_name=table.class_name,
        plain_name=table.name,
        table_name=literal(table.name),
        docstring=docstring(f"{table.added or f'A row of `{table.name}`'}.", table.description),
        columns=tuple(
            (column.attribute, annotation(column), mapped_column(column, table, service)) for column in table.columns
        ),
        rules=(
            *(_reference(table, reference, service) for reference in table.joint),
            *(_rule(table, index) for index in table.indexes),
        ),
    )


def _reference(table: Table, reference: Reference, service: Service) -> str:
    own = literal([table.column(name).attribute for name in reference.columns])
    return f"ForeignKeyConstraint({own}, {literal(targets(reference, service))}{on_delete(reference)})"


def _rule(table: Table, index: Index) -> str:
    attributes = ", ".join(literal(table.column(name).attribute) for name in index.columns)
    if index.unique:
        return f"UniqueConstraint({attributes})"
    return f"Index(None, {attributes})"


@dataclass(frozen=True, slots=True)
class MigrationTable:
    """One `op.create_table` of the initial migration.

    Attributes:
        items: columns and constraints, in the order of the document.
        indexes: (name, columns as a list literal).
    """

    name: str
    items: tuple[str, ...]
    indexes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MigrationView:
    """`migrations/versions/0001_initial.py`: tables in an order in which they can be created."""

    tables: tuple[MigrationTable, ...]


def migration_view(service: Service) -> MigrationView:
    return MigrationView(tables=tuple(_migration_table(service.table(name), service) for name in service.insert_order))


def _migration_table(table: Table, service: Service) -> MigrationTable:
    items = [migration_column(column, table, service) for column in table.columns]
    keys = ", ".join(literal(column.name) for column in table.primary_key)
    items.append(f"PrimaryKeyConstraint({keys}, name=op.f({literal('pk_' + table.name)}))")
    for reference in table.references:
        name = literal(constraint_name("fk", table, reference.columns))
        own, there = list(reference.columns), [f"{reference.table}.{target}" for target in reference.targets]
        ends = f"{literal(own)}, {literal(there)}"
        items.append(f"ForeignKeyConstraint({ends}, name=op.f({name}){on_delete(reference)})")
    for index in unique_rules(table):
        name = literal(constraint_name("uq", table, index.columns))
        items.append(f"UniqueConstraint({', '.join(map(literal, index.columns))}, name=op.f({name}))")
    return MigrationTable(
        name=literal(table.name),
        items=tuple(items),
        indexes=tuple(
            (literal(constraint_name("ix", table, index.columns)), literal(list(index.columns)))
            for index in plain_indexes(table)
        ),
    )


def constraint_name(kind: str, table: Table, columns: tuple[str, ...]) -> str:
    """The name of a constraint or index in the database, as the models' naming convention has it."""
    return f"{kind}_{table.name}_{'_'.join(columns)}"


def unique_rules(table: Table) -> list[Index]:
    """The unique rules of a table, over one column or several."""
    single = [column for column in table.columns if column.unique]
    return _single(single, True) + [index for index in table.indexes if index.unique]


def plain_indexes(table: Table) -> list[Index]:
    """The indexes of a table, over one column or several, that are no unique rules."""
    single = [column for column in table.columns if column.index]
    return _single(single, False) + [index for index in table.indexes if not index.unique]


def _single(columns: list[Column], unique: bool) -> list[Index]:
    return [Index((column.name,), unique, column.span) for column in columns]
