"""The tables and columns that the documents declare: nobody can mend what bkgen adds."""

from __future__ import annotations

from collections.abc import Iterator

from bkgen.model.service import Service
from bkgen.model.tables import Column, Reference, Table
from bkgen.model.types import Kind
from bkgen.resolve import names


def declared_tables(service: Service) -> list[Table]:
    return [table for table in service.tables if table.added is None]


def declared_columns(service: Service) -> Iterator[tuple[Table, Column]]:
    """Every declared column, with its table."""
    for table in declared_tables(service):
        yield from ((table, column) for column in table.columns if column.added is None)


def single_references(table: Table) -> list[Reference]:
    """The references of one column each."""
    return [column.reference for column in table.columns if column.reference is not None]


def referred(reference: Reference, service: Service) -> Table | None:
    """The table that a reference leads to, where the documents declare it."""
    table = service.by_name.get(reference.table)
    return table if table is not None and table.added is None else None


def words_of(column: Column) -> tuple[str, ...]:
    """The words of its name, without a number at their end."""
    found = names.words(column.name)
    return found[:-1] if len(found) > 1 and found[-1].isdigit() else found


def how_long(table: Table, length: int) -> str:
    """What to write where a text needs an end: a schema of documents knows no `VARCHAR`."""
    spelled = f'"maxLength": {length}' if table.is_collection else f'"type": "VARCHAR({length})"'
    return f"write how long it may be: {spelled}"


def is_plain_text(column: Column) -> bool:
    """Whether a column holds free text, which refers to nothing."""
    return column.type.kind is Kind.STRING and not column.type.enum and column.reference is None
