"""Optimistic concurrency: what statements and routes have beyond the others where rows have versions."""

from __future__ import annotations

from collections.abc import Sequence

from bkgen.model.endpoints import Cause, Endpoint, Operation
from bkgen.model.in_shapes import loose_columns, row_of
from bkgen.model.service import Service
from bkgen.model.shapes import ColumnValue
from bkgen.model.tables import Column, Table
from bkgen.render.columns import column_code

_OF_ONE_ROW = frozenset({Operation.READ, Operation.CREATE, Operation.REPLACE, Operation.UPDATE})
_NAMES = ("version", "row_version", "version_of_row")


def asks_version(endpoint: Endpoint) -> bool:
    """Whether `If-Match` has to name the version of the row that is changed."""
    return endpoint.response(Cause.CHANGED) is not None


def tells_version(endpoint: Endpoint, service: Service) -> bool:
    """Whether `ETag` tells the version of the row that the endpoint answers with."""
    if endpoint.idempotency is not None:  # an answer is kept without its headers
        return False
    if endpoint.operation not in _OF_ONE_ROW or endpoint.table is None or service.table(endpoint.table).version is None:
        return False
    return row_of(endpoint.success.body) is not None


def selected_version(endpoint: Endpoint, table: Table, counter: Column) -> tuple[str, str]:
    """What a statement selects for the version of its row, and the name of that; nothing where the row shows it."""
    row = row_of(endpoint.success.body)
    shown = {field.name: field.shape for field in row.fields} if row is not None else {}
    if isinstance(shape := shown.get(counter.name), ColumnValue) and shape.column == counter.name:
        return "", counter.name
    taken = {*shown, *(column.column for column in loose_columns(endpoint.success.body))}
    name = next(name for name in _NAMES if name not in taken)
    code = column_code(table, counter.name)
    return code if name == counter.name else f'{code}.label("{name}")', name


def condition(endpoint: Endpoint, table: Table) -> str:
    """What holds of a row that has not been changed since its caller knew it; empty where nothing is asked."""
    if table.version is None or not asks_version(endpoint):
        return ""
    return f"if_match.allows({column_code(table, table.version.name)})"


def counter_of(endpoint: Endpoint, table: Table, nested: Sequence[str]) -> str:
    """The column that a change counts in by itself where it may write nothing of its row but what belongs to that."""
    counts = table.version is not None and endpoint.operation is Operation.UPDATE and nested
    return column_code(table, table.version.name) if counts and table.version is not None else ""
