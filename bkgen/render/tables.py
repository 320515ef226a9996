"""Views of tables: the typed models."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.schema import index_name
from bkgen.model.service import Service
from bkgen.model.tables import Column, Index, Reference, Table
from bkgen.render.columns import ahead, annotation, mapped_column, on_delete, targets
from bkgen.render.literals import docstring, literal
from bkgen.render.partial import where


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
    name = literal(index_name(table.name, index.columns, index.where)) if index.where else "None"
    return f"Index({name}, {attributes}{where(index.where)})"


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
