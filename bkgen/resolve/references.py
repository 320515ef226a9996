"""References between tables: that they lead somewhere, fit, and leave an order in which rows can be inserted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from graphlib import TopologicalSorter
from itertools import pairwise, permutations

from bkgen.diagnostics import Diagnostics
from bkgen.model.tables import OnDelete, Reference, Table
from bkgen.model.types import ArrayForm, Kind, Type
from bkgen.resolve.declared_references import report_repeated

_FEW_COLUMNS = 4
_TEXTUAL = (Kind.STRING, Kind.EMAIL, Kind.URL)


def with_whole_references(tables: list[Table], diagnostics: Diagnostics) -> list[Table]:
    """The tables, whose references to a table alone now lead to its key. Adds `BK314` where that has not their columns.

    Those are left out, and so are those whose columns cannot be paired.
    """
    by_name = {table.name: table for table in tables}
    return [_whole(table, by_name, diagnostics) for table in tables]


def check_references(tables: list[Table], diagnostics: Diagnostics) -> None:
    """Adds `BK307` to `BK310` and `BK312` for references that cannot be."""
    by_name = {table.name: table for table in tables}
    for table in tables:
        for reference in table.references:
            _check_target(table, reference, by_name, diagnostics)
            _check_deletion(table, reference, diagnostics)
        _check_order(table, diagnostics)
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


def _whole(table: Table, by_name: dict[str, Table], diagnostics: Diagnostics) -> Table:
    columns = [
        (
            replace(column, reference=_whole_reference(table, column.reference, by_name, diagnostics))
            if column.reference is not None
            else column
        )
        for column in table.columns
    ]
    joint = (_whole_reference(table, reference, by_name, diagnostics) for reference in table.joint)
    return replace(table, columns=tuple(columns), joint=tuple(one for one in joint if one is not None))


def _whole_reference(
    table: Table, reference: Reference, by_name: dict[str, Table], diagnostics: Diagnostics
) -> Reference | None:
    """The reference with the columns that it refers to; None where these are not as many as its own."""
    target = by_name.get(reference.table)
    key = tuple(column.name for column in target.primary_key) if target is not None else reference.columns
    targets = reference.targets or key
    if len(targets) == len(reference.columns) == len(set(targets)):
        return replace(reference, targets=targets)
    own = _shown(table, reference.columns)
    if not reference.targets:
        if target is not None and key:  # else it has no key, which is told there
            message = f"{own} cannot refer to the key of `{target.name}`, which is {_listed(key)}"
            diagnostics.add("BK314", reference.span, message, _fix_of_key(table, reference, key))
        return None
    message = f"{own} cannot refer to {_listed(reference.targets)} of `{reference.table}`"
    diagnostics.add("BK314", reference.span, message, "name one column of the other table for each, and each once")
    return None


def _fix_of_key(table: Table, reference: Reference, key: tuple[str, ...]) -> str:
    if len(key) == 1:
        return f'write `references` at one column of `{table.name}`, or name unique columns of the table as "to"'
    columns = ", ".join(f'"{name}"' for name in key)
    return (
        f'write at table `{table.name}`: "references": [{{"columns": [...], "table": "{reference.table}"}}], with its '
        f"own column for each of [{columns}]"
    )


def _check_order(table: Table, diagnostics: Diagnostics) -> None:
    """That no reference says in another order what one before it says."""
    first: dict[tuple[str, frozenset[tuple[str, str]]], Reference] = {}
    for reference in table.joint:
        same = first.setdefault((reference.table, frozenset(reference.pairs)), reference)
        if same.columns != reference.columns:
            report_repeated(table.name, reference, same, diagnostics)


def _check_target(table: Table, reference: Reference, by_name: dict[str, Table], diagnostics: Diagnostics) -> None:
    own, verb = _shown(table, reference.columns), "refers" if len(reference.columns) == 1 else "refer"
    target = by_name.get(reference.table)
    if target is None:
        message = f"{own} {verb} to table `{reference.table}`, which does not exist"
        diagnostics.add("BK307", reference.span, message, diagnostics.nearest(reference.span, reference.table, by_name))
        return
    columns = {column.name: column for column in target.columns}
    for name in reference.targets:
        if name not in columns:
            message = f"{own} {verb} to `{target.name}.{name}`, which does not exist"
            diagnostics.add("BK307", reference.span, message, diagnostics.nearest(reference.span, name, columns))
    if not columns.keys() >= set(reference.targets):
        return
    _check_types(table, reference, by_name, diagnostics)
    if not any(set(rule) == set(reference.targets) for rule in target.unique_rules):
        _report_not_unique(target, reference, diagnostics)


def _check_types(table: Table, reference: Reference, by_name: dict[str, Table], diagnostics: Diagnostics) -> None:
    """Adds `BK308` for columns that are of another type than those that they refer to."""
    target = by_name[reference.table]
    differing = [pair for pair in reference.pairs if not _fit(table, (pair[0],), target, (pair[1],))]
    if not differing:
        return
    other = next((one for one in table.references if _are_swapped(table, reference, one, by_name)), None)
    order = next((one for one in _orders(reference) if _fit(table, one, target, reference.targets)), None)
    for here, there in differing:
        fix = f"give both the type {describe(target.column(there).type)}"
        if other is not None:
            fix = f"`{table.name}` refers to `{other.table}` by {_shown(table, other.columns)}: are the two swapped?"
        elif order is not None:
            listed = ", ".join(f'"{name}"' for name in order)
            fix = f'name its columns in the order of those there: "columns": [{listed}]'
        message = f"`{table.name}.{here}` and `{target.name}.{there}`, which it refers to, have different types"
        diagnostics.add("BK308", table.column(here).span, message, fix)


def _fit(table: Table, columns: Sequence[str], target: Table, targets: Sequence[str]) -> bool:
    pairs = zip(columns, targets, strict=True)
    return all(fits(table.column(here).type, target.column(there).type) for here, there in pairs)


def _orders(reference: Reference) -> Iterator[tuple[str, ...]]:
    """Other orders of the columns of a reference; none of many, where there would be too many orders."""
    return permutations(reference.columns) if len(reference.columns) <= _FEW_COLUMNS else iter(())


def _are_swapped(table: Table, one: Reference, other: Reference, by_name: dict[str, Table]) -> bool:
    """Whether each of two references has columns that fit where the other leads, and only there."""
    ends = by_name.get(one.table), by_name.get(other.table)
    if other.table == one.table or None in ends or len(other.columns) != len(one.columns):
        return False
    here, there = (by_name[reference.table] for reference in (one, other))
    if any(name not in {column.name for column in there.columns} for name in other.targets):
        return False
    crossed = _fit(table, one.columns, there, other.targets) and _fit(table, other.columns, here, one.targets)
    return crossed and not _fit(table, other.columns, there, other.targets)


def _report_not_unique(target: Table, reference: Reference, diagnostics: Diagnostics) -> None:
    if len(reference.targets) == 1:
        name = reference.column
        message = f"`{target.name}.{name}` is neither unique nor the primary key, so nothing can refer to it"
        diagnostics.add("BK309", reference.span, message, f'refer to the key, or add "unique": true to `{name}`')
        return
    message = f"{_shown(target, reference.targets)} are neither a unique rule nor the primary key"
    listed = ", ".join(f'"{name}"' for name in reference.targets)
    fix = f'refer to the key, or add "unique": [[{listed}]] to table `{target.name}`'
    diagnostics.add("BK309", reference.span, f"{message}, so nothing can refer to them", fix)


def _check_deletion(table: Table, reference: Reference, diagnostics: Diagnostics) -> None:
    for name in reference.columns:
        column = table.column(name)
        span = column.span if len(reference.columns) == 1 else reference.span
        if reference.on_delete is OnDelete.SET_NULL and not column.nullable:
            message = f"`onDelete` sets `{column.name}` to null, but the column cannot be null"
            diagnostics.add("BK312", span, message, 'add "nullable": true, or use CASCADE or RESTRICT')
        if reference.on_delete is OnDelete.SET_DEFAULT and column.default is None:
            message = f"`onDelete` sets `{column.name}` to its default, but it has none"
            diagnostics.add("BK312", span, message, 'add a "default", or use CASCADE or RESTRICT')


def _targets(table: Table, by_name: dict[str, Table]) -> list[str]:
    names = [reference.table for reference in table.references]
    return [name for name in names if name in by_name and name != table.name]


def _required_targets(table: Table, by_name: dict[str, Table]) -> list[str]:
    required = (reference.table for reference in table.references if not table.is_optional(reference))
    return [name for name in required if name in by_name]


def _shown(table: Table, columns: Iterable[str]) -> str:
    return _listed(f"{table.name}.{name}" for name in columns)


def _listed(names: Iterable[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)


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
    first = circle[0]
    required = next(one for one in first.references if not first.is_optional(one) and one.table in members)
    own = [first.column(name) for name in reversed(required.columns)]
    column = next((one for one in own if not one.primary), own[0])
    way = " → ".join([*(table.name for table in circle), first.name])
    message = f"no row can ever be inserted: {way} refer to each other, and none may be null"
    if len(circle) == 1:
        message = f"no first row can ever be inserted: `{column.name}` refers to a row of the same table, never null"
    fix = f'add "nullable": true to `{column.name}`'
    if column.primary:  # which is never null
        which = "this reference" if len(circle) == 1 else "one of these references"
        fix = f"remove {which}, or `{column.name}` from the primary key to make it `nullable`"
    diagnostics.add("BK310", column.span, message, fix)


def describe(type_: Type) -> str:
    """A type as a document would write it."""
    if type_.kind is Kind.INTEGER and type_.bits in (16, 64):
        return {16: "SMALLINT", 64: "BIGINT"}[type_.bits]
    if isinstance(type_.form, ArrayForm):
        return f"an array of {describe(type_.form.items)}"
    if type_.enum:
        return "`" + " | ".join(type_.enum) + "`"
    return f"`{type_.kind.value}`"
