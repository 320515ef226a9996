"""Tables as a whole: those that nothing uses, that are wide, and that hold names and values."""

from __future__ import annotations

from collections.abc import Iterator

from bkgen.lint.declared import declared_tables, words_of
from bkgen.lint.usage import used_tables
from bkgen.model.endpoints import Operation
from bkgen.model.service import Service
from bkgen.model.tables import Column, Table
from bkgen.model.types import Kind
from bkgen.resolve import names
from bkgen.resolve.risks.risk import Risk
from bkgen.resolve.words import listed

MOST_COLUMNS = 30
"""Of a row that is about one thing."""

_MOST_OF_ATTRIBUTES = 6
"""Columns of a table of attributes: a key, whose it is, its name, its value, and times."""

_ATTRIBUTES = listed("attr attribute field key name option param parameter prop property setting")
_VALUES = (Kind.STRING, Kind.JSON)


def wide_rows(service: Service) -> Iterator[Risk]:
    """`BK962`"""
    for table in declared_tables(service):
        if (count := len(table.columns)) > MOST_COLUMNS:
            message = f"`{table.name}` has {count} columns, {MOST_COLUMNS} are what one thing has at most"
            fix = "move what is seldom read, or is about something else, into a table that refers to this one"
            yield Risk("BK962", table.span, message, fix)


def unused_tables(service: Service) -> Iterator[Risk]:
    """`BK963`; none where there is no endpoint yet, and where a handler may use any table."""
    declared = [endpoint for endpoint in service.endpoints if endpoint.declared]
    if not declared or any(endpoint.operation is Operation.HANDLER for endpoint in declared):
        return
    used = used_tables(service)
    for table in declared_tables(service):
        if table.name not in used:
            message = f"no endpoint, policy or reference leads to `{table.name}`"
            yield Risk("BK963", table.span, message, f"remove it, or add an endpoint: GET /{table.name}")


def attribute_tables(service: Service) -> Iterator[Risk]:
    """`BK964` of tables whose rows are whose they are, a name and a value."""
    for table in declared_tables(service):
        name = next((column for column in table.columns if _is_attribute(column)), None)
        value = next((column for column in table.columns if _is_value(column, table)), None)
        if name is None or value is None or not table.references or len(table.columns) > _MOST_OF_ATTRIBUTES:
            continue
        owner = table.references[0].table
        message = f"`{table.name}` holds attributes of `{owner}` as rows of `{name.name}` and `{value.name}`"
        fix = f"add the attributes to `{owner}` as columns; those that nobody knows before, as one column of JSON"
        yield Risk("BK964", table.span, message, fix, (name.span, value.span))


def _is_attribute(column: Column) -> bool:
    words = words_of(column)
    is_text = column.type.kind is Kind.STRING and column.reference is None
    return is_text and bool(words) and words[-1] in _ATTRIBUTES


def _is_value(column: Column, table: Table) -> bool:
    words = names.words(column.name)
    return column.type.kind in _VALUES and column.name not in table.referring and "value" in (*words[:1], *words[-1:])
