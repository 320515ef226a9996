"""What indexes and unique rules are called, which no two of a database may be alike."""

from __future__ import annotations

from collections.abc import Iterator

from bkgen.diagnostics import Diagnostics
from bkgen.model.schema import constraint_name, index_name, shortened
from bkgen.model.service import Service
from bkgen.model.tables import Table
from bkgen.source import Span


def check_names(service: Service, diagnostics: Diagnostics) -> None:
    """Adds `BK333` where an index or unique rule would be called like another one, of whatever table."""
    found: dict[str, str] = {}
    for table in service.tables:
        for name, columns, span in _named(table):
            of = f"`{table.name}` by {' and '.join(f'`{column}`' for column in columns)}"
            first = found.setdefault(name.casefold(), of)
            if first != of:
                message = f"the indexes of {first} and of {of} would both be called `{name}`"
                diagnostics.add("BK333", span, message, "call one of the tables or columns otherwise")


def _named(table: Table) -> Iterator[tuple[str, tuple[str, ...], Span]]:
    """(name, columns, place) of all that has an index; that of the key is called after the table alone."""
    for rule in table.unique_rules[1:]:
        yield shortened(constraint_name("uq", table.name, rule)), rule, table.span
    for column in table.every:
        if column.index:
            yield shortened(constraint_name("ix", table.name, (column.name,))), (column.name,), column.span
    for index in table.indexes:
        if not index.unique:
            name = index_name(table.name, index.columns, index.where)
            yield shortened(name), (*index.columns, *(kept.column for kept in index.where)), index.span
