"""References between tables: that they lead somewhere, fit, and leave an order in which rows can be inserted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from graphlib import TopologicalSorter
from itertools import pairwise

from bkgen.diagnostics import Diagnostics
from bkgen.model.tables import Column, OnDelete, Table
from bkgen.model.types import Kind, Type

_TEXTUAL = (Kind.STRING, Kind.EMAIL, Kind.URL)


def with_whole_references(tables: list[Table], diagnostics: Diagnostics) -> list[Table]:
    """The tables, whose references to a table alone now lead to its key. Adds `BK309` where that is several columns."""
    by_name = {table.name: table for table in tables}
    return [
        replace(table, columns=tuple(_whole_reference(table, column, by_name, diagnostics) for column in table.columns))
        for table in tables
    ]


def check_references(tables: list[Table], diagnostics: Diagnostics) -> None:
    """Adds `BK307` to `BK310` and `BK312` for references that cannot be."""
    by_name = {table.name: table for table in tables}
    columns = {table.name: {column.name: column for column in table.columns} for table in tables}
    for table in tables:
        for column in table.columns:
            if column.reference is not None:
                _check_target(table, column, by_name, columns, diagnostics)
                _check_deletion(column, diagnostics)
    for circle in _circles({table.name: _required_targets(table, by_name) for table in tables}):
        _report_circle([by_name[name] for name in circle], diagnostics)


def insert_order(tables: Iterable[Table]) -> tuple[str, ...]:
    """Names of all tables, each after those it refers to; of a circle, one nullable reference does not count."""
    by_name = {table.name: table for table in tables}
    targets = {name: dict.fromkeys(_targets(table, by_name)) for name, table in by_name.items()}
    required = {name: set(_required_targets(table, by_name)) for name, table in by_name.items()}
    while circles := list(_circles(targets)):
        for circle in circles:
            links = list(pairwise([*circle, circle[0]]))
            if all(target in targets[name] for name, target in links):  # else another circle has broken this one
                nullable = (link for link in links if link[1] not in required[link[0]])
                name, target = next(nullable, links[0])
                del targets[name][target]
    return tuple(TopologicalSorter(targets).static_order())


def fits(own: Type, target: Type) -> bool:
    """Whether a column of type `own` can refer to one of type `target`."""
    if (own.kind in _TEXTUAL and target.kind in _TEXTUAL) or Kind.ANY in (own.kind, target.kind):
        return True
    return (own.kind, own.bits, own.timezone) == (target.kind, target.bits, target.timezone)


def _whole_reference(table: Table, column: Column, by_name: dict[str, Table], diagnostics: Diagnostics) -> Column:
    reference = column.reference
    target = by_name.get(reference.table) if reference is not None else None
    if reference is None or reference.column or target is None:
        return column
    if len(target.primary_key) == 1:
        return replace(column, reference=replace(reference, column=target.primary_key[0].name))
    if target.primary_key:
        message = f"`{table.name}.{column.name}` refers to `{target.name}`, whose key has several columns"
        fix = f"name one column of `{target.name}` that is unique; references of several columns are not supported"
        diagnostics.add("BK309", reference.span, message, fix)
    return replace(column, reference=None)


def _check_target(
    table: Table,
    column: Column,
    by_name: dict[str, Table],
    columns: dict[str, dict[str, Column]],
    diagnostics: Diagnostics,
) -> None:
    reference = column.reference
    assert reference is not None
    target = by_name.get(reference.table)
    if target is None:
        message = f"`{table.name}.{column.name}` refers to table `{reference.table}`, which does not exist"
        diagnostics.add("BK307", reference.span, message, diagnostics.nearest(reference.span, reference.table, by_name))
        return
    found = columns[target.name].get(reference.column)
    if found is None:
        message = f"`{table.name}.{column.name}` refers to `{target.name}.{reference.column}`, which does not exist"
        fix = diagnostics.nearest(reference.span, reference.column, columns[target.name])
        diagnostics.add("BK307", reference.span, message, fix)
        return
    if not fits(column.type, found.type):
        message = (
            f"`{table.name}.{column.name}` and `{target.name}.{found.name}`, which it refers to, have different types"
        )
        diagnostics.add("BK308", column.span, message, f"give both the type {describe(found.type)}")
    if not (found.unique or (found.primary and len(target.primary_key) == 1)):
        message = f"`{target.name}.{found.name}` is neither unique nor the primary key, so nothing can refer to it"
        diagnostics.add("BK309", reference.span, message, f'refer to the key, or add "unique": true to `{found.name}`')


def _check_deletion(column: Column, diagnostics: Diagnostics) -> None:
    reference = column.reference
    assert reference is not None
    if reference.on_delete is OnDelete.SET_NULL and not column.nullable:
        message = f"`onDelete` sets `{column.name}` to null, but the column cannot be null"
        diagnostics.add("BK312", column.span, message, 'add "nullable": true, or use CASCADE or RESTRICT')
    if reference.on_delete is OnDelete.SET_DEFAULT and column.default is None:
        message = f"`onDelete` sets `{column.name}` to its default, but it has none"
        diagnostics.add("BK312", column.span, message, 'add a "default", or use CASCADE or RESTRICT')


def _targets(table: Table, by_name: dict[str, Table]) -> list[str]:
    names = [column.reference.table for column in table.columns if column.reference is not None]
    return [name for name in names if name in by_name and name != table.name]


def _required_targets(table: Table, by_name: dict[str, Table]) -> list[str]:
    return [
        column.reference.table
        for column in table.columns
        if column.reference is not None and not column.nullable and column.reference.table in by_name
    ]


def _circles(targets: Mapping[str, Iterable[str]]) -> Iterator[list[str]]:
    """Circles of references between tables, by their names: at least one of those that each table is in."""
    done: set[str] = set()
    for start in targets:
        path = {} if start in done else {start: iter(targets[start])}
        while path:
            name, remaining = next(reversed(path.items()))
            target = next(remaining, None)
            if target is None:
                del path[name]
                done.add(name)
            elif target in path:
                names = list(path)
                yield names[names.index(target) :]
            elif target not in done:
                path[target] = iter(targets[target])


def _report_circle(circle: list[Table], diagnostics: Diagnostics) -> None:
    members = {table.name for table in circle}
    column = next(
        column
        for column in circle[0].columns
        if column.reference is not None and not column.nullable and column.reference.table in members
    )
    way = " → ".join([*(table.name for table in circle), circle[0].name])
    message = f"no row can ever be inserted: {way} refer to each other, and none may be null"
    if len(circle) == 1:
        message = f"no first row can ever be inserted: `{column.name}` refers to a row of the same table, never null"
    diagnostics.add("BK310", column.span, message, f'add "nullable": true to `{column.name}`')


def describe(type_: Type) -> str:
    """A type as a document would write it."""
    if type_.kind is Kind.INTEGER and type_.bits in (16, 64):
        return {16: "SMALLINT", 64: "BIGINT"}[type_.bits]
    if type_.enum:
        return "`" + " | ".join(type_.enum) + "`"
    return f"`{type_.kind.value}`"
