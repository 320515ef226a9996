"""Optimistic concurrency: what counts the changes of a row, and the endpoints that ask for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bkgen.diagnostics import Diagnostics
from bkgen.model.endpoints import Operation
from bkgen.model.service import Accounts
from bkgen.model.tables import Column, Table
from bkgen.model.types import Kind
from bkgen.resolve.columns import plain_column
from bkgen.resolve.nodes import span_of, text
from bkgen.resolve.types import integer
from bkgen.source import Map

VERSION = "version"
_ASKED = frozenset({Operation.REPLACE, Operation.UPDATE, Operation.DELETE})
_INTEGER = integer(32)


def with_version(node: Map, columns: list[Column], diagnostics: Diagnostics) -> list[Column]:
    """The columns of a table that may say `"concurrency": "optimistic"`, with what counts the changes of a row.

    Adds `BK332` where a declared column of that name can count nothing.
    """
    if text(node, "concurrency") is None:
        return columns
    declared = next((column for column in columns if column.name.casefold() == VERSION), None)
    if declared is None:
        return [*columns, _added(node)]
    if declared.name != VERSION or not _counts(declared):
        message = f"column `{declared.name}` cannot count the changes of a row, which `concurrency` is for"
        fix = f'write {{"name": "{VERSION}", "type": "integer"}} there, or give the column another name'
        diagnostics.add("BK332", declared.span, message, fix)
    return [_counting(column) if column is declared else column for column in columns]


def asks_version(operation: Operation, table: Table | None) -> bool:
    """Whether an endpoint changes one row, of which a client has to know the version."""
    return table is not None and table.version is not None and operation in _ASKED


def check_versions(
    nodes: Iterable[Map], tables: Iterable[Table], accounts: Accounts | None, diagnostics: Diagnostics
) -> None:
    """Adds `BK332` where the table of accounts has versions, which signing in and `/me` know nothing of."""
    if accounts is None or not any(table.name == accounts.table and table.version for table in tables):
        return
    node = next(node for node in nodes if text(node, "name") == accounts.table)
    message = f"accounts change in ways of their own, and `{accounts.table}` has them"
    fix = "remove it here; what people edit together has a table of its own, which refers to accounts"
    diagnostics.add("BK332", span_of(node, "concurrency"), message, fix)


def _counts(column: Column) -> bool:
    plain = not (column.nullable or column.primary or column.unique or column.private)
    return plain and column.type.kind is Kind.INTEGER and column.reference is None and column.default in (None, 1)


def _added(node: Map) -> Column:
    column = plain_column(VERSION, _INTEGER, span_of(node, "concurrency"), added="its table has optimistic concurrency")
    return _counting(column)


def _counting(column: Column) -> Column:
    return replace(column, default=1, generated=True, version=True)
