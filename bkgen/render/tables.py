"""Views of tables: the typed models."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bkgen.migrate.bounds import bounds_of
from bkgen.model.schema import index_name
from bkgen.model.service import Service
from bkgen.model.tables import Column, Index, Reference, Table
from bkgen.model.types import Kind
from bkgen.render.columns import ahead, annotation, field, in_document, mapped_column, on_delete, targets
from bkgen.render.literals import docstring, literal
from bkgen.render.partial import where
from bkgen.render.sql_names import bounds_condition
from bkgen.resolve.collections import DOCUMENT


@dataclass(frozen=True, slots=True)
class ModelView:
    """One file of `app/models/`.

    Attributes:
        columns: (attribute, annotation, `mapped_column(...)`).
        rules: the checks, references, indexes and unique rules of `__table_args__`.
        is_late: whether they stand behind the columns, of which some speak.
    """

    class_name: str
    plain_name: str
    table_name: str
    docstring: str
    columns: tuple[tuple[str, str, str], ...]
    rules: tuple[str, ...]
    is_late: bool


def model_view(table: Table, service: Service) -> ModelView:
    return ModelView(
        class_name=table.class_name,
        plain_name=table.name,
        table_name=literal(table.name),
        docstring=docstring(f"{table.added or f'A {_word(table)} of `{table.name}`'}.", table.description),
        columns=tuple(_columns(table, service)),
        rules=(
            *(_check(column) for column in table.stored if bounds_of(column)),
            *(_reference(table, reference, service) for reference in table.joint),
            *(_rule(table, index) for index in table.indexes if not table.finds_in_documents(index)),
            *(_index_of_fields(table, index, service) for index in table.indexes_of_fields),
        ),
        is_late=bool(table.indexes_of_fields),
    )


def _word(table: Table) -> str:
    return "document" if table.is_collection else "row"


def _columns(table: Table, service: Service) -> Iterator[tuple[str, str, str]]:
    """(attribute, annotation, code) of each column, that of documents before the fields in them."""
    for column in table.stored:
        if table.is_collection and column.name == DOCUMENT:
            yield column.attribute, "dict[str, Any]", "mapped_column(JsonDocument())"
        else:
            yield column.attribute, annotation(column), mapped_column(column, table, service)
    for column in table.every:
        if column.path:
            yield column.attribute, annotation(column), field(column, service)


def _check(column: Column) -> str:
    condition = bounds_condition(column.name, column.type.kind is Kind.DECIMAL, bounds_of(column))
    return f"CheckConstraint({literal(condition)}, name={literal(column.name)})"


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


def _index_of_fields(table: Table, index: Index, service: Service) -> str:
    """An index over values in documents; `info` says what broke it, where it is a unique rule."""
    name = literal(index_name(table.name, index.columns, (), "uq" if index.unique else "ix"))
    columns = [table.column(name) for name in index.columns]
    parts = [in_document(one, DOCUMENT, service) if one.path else literal(one.attribute) for one in columns]
    told = ""
    if index.unique:
        fields = [table.column(one.path[0] if one.path else one.name).attribute for one in columns]
        told = f', unique=True, info={{"fields": {literal(fields)}}}'
    return f"Index({name}, {', '.join(parts)}{told})"


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
