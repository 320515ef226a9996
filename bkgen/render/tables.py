"""Views of tables: the typed models and the initial migration."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.service import Service
from bkgen.model.tables import Column, Index, Reference, Table
from bkgen.render.columns import ahead, annotation, mapped_column, migration_column, on_delete, targets
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
    rules = f"{on_delete(reference)}{ahead(table, reference, service)}"
    return f"ForeignKeyConstraint({own}, {literal(targets(reference, service))}{rules})"


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
    """`migrations/versions/0001_initial.py`.

    Attributes:
        tables: in an order in which they can be created.
        ahead: (name and table, all arguments) of the foreign keys that lead to a table behind their own.
    """

    tables: tuple[MigrationTable, ...]
    ahead: tuple[tuple[str, str], ...]


def migration_view(service: Service) -> MigrationView:
    tables = [service.table(name) for name in service.insert_order]
    return MigrationView(
        tables=tuple(_migration_table(table, service) for table in tables),
        ahead=tuple(
            _added(table, reference)
            for table in tables
            for reference in table.references
            if service.refers_ahead(table, reference)
        ),
    )


def _added(table: Table, reference: Reference) -> tuple[str, str]:
    named = f"op.f({literal(constraint_name('fk', table, reference.columns))}), {literal(table.name)}"
    own, there = literal(list(reference.columns)), literal(list(reference.targets))
    return named, f"{named}, {literal(reference.table)}, {own}, {there}{on_delete(reference)}"


def _migration_table(table: Table, service: Service) -> MigrationTable:
    items = [migration_column(column, table, service) for column in table.columns]
    keys = ", ".join(literal(column.name) for column in table.primary_key)
    items.append(f"PrimaryKeyConstraint({keys}, name=op.f({literal('pk_' + table.name)}))")
    for reference in table.references:
        name = literal(constraint_name("fk", table, reference.columns))
        own, there = list(reference.columns), [f"{reference.table}.{target}" for target in reference.targets]
        rules = f"name=op.f({name}){on_delete(reference)}{ahead(table, reference, service)}"
        items.append(f"ForeignKeyConstraint({literal(own)}, {literal(there)}, {rules})")
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
