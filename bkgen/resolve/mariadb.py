"""What is otherwise where a backend runs on MariaDB: hints for those who will."""

from __future__ import annotations

from collections.abc import Iterator

from bkgen.diagnostics import Diagnostics
from bkgen.model.service import Service
from bkgen.model.tables import Column, OnDelete, Reference, Table
from bkgen.model.types import Kind
from bkgen.source import Span

MOST_IN_KEY = 768
"""Characters that a key or an index of MariaDB has room for."""

_TEXTS = (Kind.STRING, Kind.EMAIL, Kind.URL)


def tell_of_mariadb(service: Service, diagnostics: Diagnostics) -> None:
    """Adds `BK334` for each place where MariaDB is not like the other databases."""
    for table in service.tables:
        for span, what, fix in _of_table(table, service):
            diagnostics.add("BK334", span, f"on MariaDB, {what}", fix)


def _of_table(table: Table, service: Service) -> Iterator[tuple[Span, str, str]]:
    if table.is_collection:
        what = f"a backend with the collection `{table.name}` does not start: it has no indexes over expressions"
        yield table.span, what, "run it on PostgreSQL or SQLite, or make it a table"
        return
    for reference in table.references:
        yield from _of_reference(reference, table, service)
    texts = [column for column in table.primary_key if column.type.kind in _TEXTS and not column.type.enum]
    for column in texts:
        if _is_long(column):
            what = f"`{table.name}.{column.name}` has at most {MOST_IN_KEY} characters, because it is a key"
            yield column.span, what, f'give it a type such as "VARCHAR({MOST_IN_KEY})"'
    if len(texts) > 1 and sum(column.type.max_length or 0 for column in texts) > MOST_IN_KEY:
        what = f"the texts of the key of `{table.name}` have more than {MOST_IN_KEY} characters together"
        yield table.span, what, "make them shorter, or give the table a key of its own"


def _of_reference(reference: Reference, table: Table, service: Service) -> Iterator[tuple[Span, str, str]]:
    name = f"`{table.name}.{reference.columns[0]}`"
    span = reference.span
    if reference.on_delete is OnDelete.SET_DEFAULT:
        what = f"a row of `{reference.table}` that {name} refers to cannot be deleted: `SET DEFAULT` is not there"
        yield span, what, "use SET NULL, or delete the row by an action that changes the reference first"
    target = service.table(reference.table)
    for there in map(target.column, reference.targets):
        if _is_long(there):
            what = f"{name} cannot refer to `{target.name}.{there.name}`, which is longer than a key can be"
            yield span, what, f'give it a type such as "VARCHAR({MOST_IN_KEY})"'


def _is_long(column: Column) -> bool:
    type_ = column.type
    return type_.kind in _TEXTS and not type_.enum and (type_.max_length or MOST_IN_KEY + 1) > MOST_IN_KEY
