"""Views of tables: the typed models and the initial migration."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.service import Service
from bkgen.model.tables import Index, OnDelete, Table
from bkgen.render.columns import annotation, mapped_column, migration_column
from bkgen.render.literals import docstring, literal


@dataclass(frozen=True, slots=True)
class ModelView:
    """One file of `app/models/`.

    Attributes:
        columns: (attribute, annotation, `mapped_column(...)`).
        rules: the indexes and unique rules of `__table_args__`.
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
        docstring=docstring(f"A row of `{table.name}`." if table.added is None else f"{table.added}."),
        columns=tuple(
            (column.attribute, annotation(column), mapped_column(column, service)) for column in table.columns
        ),
        rules=tuple(_rule(table, index) for index in table.indexes),
    )


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
    items = [migration_column(column, service) for column in table.columns]
    keys = ", ".join(literal(column.name) for column in table.primary_key)
    items.append(f"PrimaryKeyConstraint({keys}, name=op.f({literal('pk_' + table.name)}))")
    for column in table.columns:
        if column.reference is not None:
            reference = column.reference
            name = literal(f"fk_{table.name}_{column.name}")
            target = literal(f"{reference.table}.{reference.column}")
            rule = reference.on_delete
            delete = "" if rule is OnDelete.NO_ACTION else f", ondelete={literal(rule.value)}"
            items.append(f"ForeignKeyConstraint([{literal(column.name)}], [{target}], name=op.f({name}){delete})")
    uniques: list[tuple[str, ...]] = [(column.name,) for column in table.columns if column.unique]
    uniques += [index.columns for index in table.indexes if index.unique]
    for columns in uniques:
        name = literal(f"uq_{table.name}_{'_'.join(columns)}")
        items.append(f"UniqueConstraint({', '.join(map(literal, columns))}, name=op.f({name}))")
    plain: list[tuple[str, ...]] = [(column.name,) for column in table.columns if column.index]
    plain += [index.columns for index in table.indexes if not index.unique]
    return MigrationTable(
        name=literal(table.name),
        items=tuple(items),
        indexes=tuple((literal(f"ix_{table.name}_{'_'.join(columns)}"), literal(list(columns))) for columns in plain),
    )
