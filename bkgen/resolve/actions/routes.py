"""Paths of actions: which table an action belongs to, and what its path parameters are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bkgen.diagnostics import Diagnostics
from bkgen.model.endpoints import Operation, PathParameter
from bkgen.model.tables import Column, Table
from bkgen.resolve import names
from bkgen.resolve.lookup import Tables, find_column
from bkgen.resolve.nodes import span_of, text
from bkgen.resolve.paths import Segment
from bkgen.resolve.routes import Route
from bkgen.source import List, Map, Node

TABLE_VERBS = ("load", "insert", "update", "delete")
"""The verbs whose value names a table."""


def action_route(
    node: Map, method: str, path: str, segments: tuple[Segment, ...], tables: Tables, diagnostics: Diagnostics
) -> Route | None:
    """The route of an action; None where its path or its table cannot be told, which is reported."""
    for key in ("operation", "table", "where"):
        if (entry := node.entry(key)) is not None:
            message = f"`{key}` says nothing beside `do`, whose steps say all that {method} {path} does"
            diagnostics.add("BK440", entry.key_span, message, "remove it")
    written = list(dict.fromkeys(_tables(node.get("do"), tables)))
    on_path = [table for segment in segments if not segment.parameter and (table := tables.find(segment.text))]
    table = next(iter([*reversed(on_path), *written]), None)
    if table is None:
        message = f"no step of {method} {path} works on a table"
        diagnostics.add("BK440", span_of(node, "do"), message, 'begin with a step such as {"insert": "orders"}')
        return None
    parameters = path_parameters(node, segments, written, table.name, tables, diagnostics)
    if parameters is None:
        return None
    return Route(
        node,
        method,
        path,
        segments,
        Operation.ACTION,
        table,
        "the contract lists its steps (`do`)",
        node.span,
        parameters=parameters,
    )


def path_parameters(
    node: Map,
    segments: tuple[Segment, ...],
    written: Iterable[Table],
    likely: str,
    tables: Tables,
    diagnostics: Diagnostics,
) -> tuple[PathParameter, ...] | None:
    """Each parameter of a path, bound to a column: of the table before it, or of those in `written`.

    None where one is called like no column, which is reported; `likely` is the table that the advice speaks of.
    """
    parameters = _parameters(segments, written, tables)
    for segment, found in parameters:
        if found is None:
            message = f"nothing tells what `{{{segment.text}}}` is: it is called like no column"
            fix = f"call it like a column of `{likely}`, or put its table before it: `/{likely}/{{id}}`"
            diagnostics.add("BK407", span_of(node, "path"), message, fix)
            return None
    return tuple(found for _, found in parameters if found is not None)


def _tables(node: Node | None, tables: Tables) -> Iterator[Table]:
    """The tables that steps work on, in their order."""
    for step in node if isinstance(node, List) else ():
        if not isinstance(step, Map):
            continue
        for verb in TABLE_VERBS:
            if (table := tables.find(text(step, verb) or "")) is not None:
                yield table
        yield from _tables(step.get("do"), tables)


def _parameters(
    segments: tuple[Segment, ...], written: Iterable[Table], tables: Tables
) -> list[tuple[Segment, PathParameter | None]]:
    """Each parameter with the column that it is called like: of the table before it, or of those that steps name."""
    found: list[tuple[Segment, PathParameter | None]] = []
    before: list[Table] = []
    for segment in segments:
        if not segment.parameter:
            before = [*([table] if (table := tables.find(segment.text)) else []), *before]
            continue
        column = next(_columns(segment.text, [*before, *written], tables), None)
        attribute = names.unique(names.parameter(segment.text), {one.attribute for _, one in found if one})
        bound = (
            PathParameter(segment.text, attribute, column[0].name, column[1].name, column[1].type) if column else None
        )
        found.append((segment, bound))
    return found


def _columns(name: str, likely: list[Table], tables: Tables) -> Iterator[tuple[Table, Column]]:
    """The columns that a parameter can mean, the likeliest first: `id`, `slug`, `order_id`, `orderId`."""
    for table in likely[:1]:
        if (column := find_column(table, name)) is not None:
            yield table, column
    for table in (*likely, *tables):
        key = table.primary_key[0] if len(table.primary_key) == 1 else None
        for column in (key, *table.columns):
            if column is not None and names.fold(name) == names.fold(table.singular) + names.fold(column.name):
                yield table, column
        if key is not None and names.fold(name) == names.fold(table.singular):
            yield table, key
    for table in likely[1:]:
        if (column := find_column(table, name)) is not None:
            yield table, column
