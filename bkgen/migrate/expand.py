"""The schema between two: the backend before and the one after work on it side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from bkgen.migrate.bounds import is_within
from bkgen.migrate.compare import Difference, TableChange
from bkgen.migrate.conversions import Effect, conversion
from bkgen.migrate.losses import Loss, family, has_value
from bkgen.model.schema import Schema, StoredColumn, StoredIndex, StoredReference, StoredTable

EXPANDED = "_expanded"
"""How the name of a revision that expands ends: before it stands the name of the one that it follows."""

_IN_ONE = "change it without --two-step, while no backend runs"


@dataclass(frozen=True, slots=True)
class Bridge:
    """Columns of a table with a `key` that have two names while two backends write them: (before, after) of each."""

    table: str
    key: tuple[str, ...]
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Expansion:
    """A schema that two backends work on, and what has to be kept alike there."""

    schema: Schema
    bridges: tuple[Bridge, ...]


def expansion(change: Difference, before: Schema) -> Expansion:
    """What has all of `before` and all that is added to it; the change has no `obstacles`."""
    kept = {one.name: _both(one, before) for one in change.kept}
    gone = {table.name for table in change.dropped}  # with the names of columns that they still refer to
    dropped = [table for table in before.tables if table.name in gone]
    tables = [*(kept.get(table.name, table) for table in change.after.tables), *dropped]
    known = {table.name: table for table in tables}
    tables = [
        replace(table, references=tuple(one for one in table.references if _is_unique(one, known[one.table])))
        for table in tables
    ]
    wider = {(one.name, new.name): (old.type, new.type) for one in change.kept for old, new, _ in one.retyped}
    tables = [_fitting(table, wider) for table in tables]
    bridges = (
        Bridge(one.name, one.after.key, tuple((old, new) for new, old in one.columns_were.items()))
        for one in change.kept
        if one.columns_were
    )
    return Expansion(Schema(tuple(_in_order(tables))), tuple(bridges))


def _both(change: TableChange, schema: Schema) -> StoredTable:
    """A table with the columns of both, the rules of the one before, and the new ones that it cannot break."""
    before = schema.table(change.name)
    assert before is not None
    kept = {new.name: _wide(old, new) for old, new in change.pairs}
    columns = [kept.get(column.name) or _given_up(column, change) for column in before.columns]
    columns += [_served(column) for column in change.added]
    columns += [replace(kept[name], nullable=True) for name in change.columns_were]
    optional = {column.name for column in change.added if column.nullable}
    return StoredTable(
        before.name,
        tuple(columns),
        before.key,
        (*before.unique, *(rule for rule in change.after.unique if _is_kept(rule, change, optional))),
        tuple(dict.fromkeys((*before.indexes, *(one for one in change.after.indexes if not one.unique)))),
        tuple(dict.fromkeys((*before.references, *(one for one in change.after.references if _holds(one, change))))),
        before.fields,
    )


def _is_kept(rule: tuple[str, ...], change: TableChange, optional: set[str]) -> bool:
    """Whether no row of the backend before can break a new unique rule, or the one that it was by other names."""
    if rule in change.before.unique:
        return not set(change.columns_were).isdisjoint(rule)
    return not optional.isdisjoint(rule) or {column.name for column in change.added}.issuperset(rule)


def _holds(reference: StoredReference, change: TableChange) -> bool:
    """Likewise of a reference."""
    added = {column.name for column in change.added}
    renamed = not set(change.columns_were).isdisjoint(reference.columns) and reference in change.before.references
    return renamed or not added.isdisjoint(reference.columns)


def _wide(old: StoredColumn, new: StoredColumn) -> StoredColumn:
    """A column that stays: what is after has room for all."""
    return replace(new, server_default=new.server_default or old.server_default)


def _given_up(column: StoredColumn, change: TableChange) -> StoredColumn:
    """A column that the backend after does not write, by this name at least."""
    return replace(column, nullable=True) if column.name in change.columns_were.values() else _served(column)


def _served(column: StoredColumn) -> StoredColumn:
    """A column that the database gives its default, because one of both backends does not know it."""
    return column if column.nullable or column.server_default is not None else replace(column, served=True)


def _fitting(table: StoredTable, wider: Mapping[tuple[str, str], tuple[str, str]]) -> StoredTable:
    """A table in which what is given up still has the types of what it refers to, `wider` by table and column."""
    ends = [
        (name, (one.table, end)) for one in table.references for name, end in zip(one.columns, one.targets, strict=True)
    ]
    types = {(name, wider[end][0]): wider[end][1] for name, end in ends if end in wider}
    columns = (replace(one, type=types.get((one.name, one.type), one.type)) for one in table.columns)
    return replace(table, columns=tuple(columns))


def _is_unique(reference: StoredReference, target: StoredTable) -> bool:
    return any(set(rule) == set(reference.targets) for rule in (target.key, *target.unique))


def _in_order(tables: Iterable[StoredTable]) -> Iterator[StoredTable]:
    """The tables, each after those that it refers to; of a circle, after all but one."""
    left = {table.name: table for table in tables}
    while left:
        ready = (
            table
            for table in left.values()
            if not any(one.table in left and one.table != table.name for one in table.references)
        )
        table = next(ready, next(iter(left.values())))
        del left[table.name]
        yield table


def obstacles(change: Difference) -> Iterator[Loss]:
    """What no schema between the two can hold (`BK732`), and what one of both backends cannot show (`BK733`)."""
    for one in change.kept:
        if one.was != one.name:
            yield _obstacle(one, "", f"table `{one.was}` becomes `{one.name}`, and both backends need it by its name")
        if one.key_changes or not set(one.columns_were).isdisjoint(one.after.key):
            yield _obstacle(one, "", f"the key of `{one.name}` changes, by which both backends find rows")
        if one.before.fields != one.after.fields:
            yield _obstacle(one, "", f"the schema of `{one.name}` changes, and both backends read whole documents")
        if one.after.fields and one.before.columns != one.after.columns:
            message = f"`{one.name}` gets other columns beside its documents, which may be in MongoDB, with no defaults"
            yield _obstacle(one, "", message)
        if one.after.fields and _unique_indexes(one.before) != _unique_indexes(one.after):
            yield _obstacle(one, "", f"what is unique in the documents of `{one.name}` changes, for both backends")
        yield from _of_references(one)
        yield from _of_columns(one)


def _unique_indexes(table: StoredTable) -> set[StoredIndex]:
    return {index for index in table.indexes if index.unique}


def _of_references(change: TableChange) -> Iterator[Loss]:
    before = {reference.columns: reference for reference in change.before.references}
    for new in change.after.references:
        old = before.get(new.columns)
        if old is None or old == new:
            continue
        renamed = not set(change.columns_were).isdisjoint(new.columns)
        if (old.table, old.targets) != (new.table, new.targets):
            message = (
                f"`{change.name}.{new.columns[0]}` refers to {new.table}, and to {old.table} for the backend before"
            )
            yield _obstacle(change, new.columns[0], message)
        elif renamed:
            message = f"`{change.name}.{new.columns[0]}` has another name and another rule for deletions"
            yield _obstacle(change, new.columns[0], message, f"change one of both at a time; or {_IN_ONE}")


def _of_columns(change: TableChange) -> Iterator[Loss]:
    for column in change.added:
        if not column.nullable and not has_value(column):
            message = f"column `{column.name}` of `{change.name}` is required, and the backend before gives it no value"
            yield _obstacle(change, column.name, message, 'give it a "default", or make it nullable')
    for column in change.dropped:
        if not column.nullable and not has_value(column):
            message = f"column `{column.name}` of `{change.name}` is required, and the backend after gives it no value"
            yield _obstacle(change, column.name, message, f'give it a "default" in a release before; or {_IN_ONE}')
    for columns, rules, side in (
        (change.dropped, change.before.unique, "after"),
        (change.added, change.after.unique, "before"),
    ):
        alike = {column.name for column in columns if not column.nullable and column.default != "uuid"}
        for rule in rules:
            if alike.issuperset(rule):
                listed = " and ".join(f"`{name}`" for name in rule)
                message = f"{listed} of `{change.name}` must differ, and the backend {side} gives all rows the default"
                yield _obstacle(change, rule[0], message)
    for old, new in change.pairs:
        yield from _of_values(change, old, new)


def _of_values(change: TableChange, old: StoredColumn, new: StoredColumn) -> Iterator[Loss]:
    name, former = f"`{change.name}.{new.name}`", change.columns_were.get(new.name, new.name)
    renamed = former != new.name
    if renamed and former.casefold() == new.name.casefold():
        message = f"{name} was `{former}`, and SQLite takes both names for one"
        yield _obstacle(change, new.name, message)
    if renamed and (old.server_default, new.server_default) != (None, None):
        message = f"{name} has a default in the database, which would take the place of what the other backend writes"
        yield _obstacle(change, new.name, message)
    stays = old.type == new.type or (not renamed and _is_wider(old, new))
    if old.counts != new.counts or not stays:
        yield _obstacle(change, new.name, f"{name} becomes {new.type} from {old.type}, and both backends read it")
    elif renamed and old.check != new.check:
        message = f"{name} has another name and other values that are allowed"
        yield _obstacle(change, new.name, message, f"change one of both at a time; or {_IN_ONE}")
    elif old.nullable and not new.nullable:
        yield _obstacle(change, new.name, f"{name} becomes required, and the backend before may write null there")
    elif new.enum and not (old.enum and set(old.enum) <= set(new.enum)):
        yield _obstacle(change, new.name, f"{name} has fewer values, and the backend before may write those that go")
    elif not is_within(old.bounds, new.bounds):
        message = f"{name} has narrower bounds, and the backend before may write what is out of them"
        yield _obstacle(change, new.name, message)
    elif old.form != new.form:
        yield _obstacle(change, new.name, f"what {name} holds changes, and both backends read whole arrays")
    elif told := _more(old, new):
        message = f"{name} {told}: while both backends run, the one before answers 500 where a row has that"
        fix = "have nothing write it until the one before is gone"
        yield Loss("BK733", change.name, new.name, change.was, former, message, fix, allowed=False)


def _is_wider(old: StoredColumn, new: StoredColumn) -> bool:
    return family(old) == family(new) and conversion(old.type, new.type).effect in (Effect.SAME, Effect.ALL)


def _more(old: StoredColumn, new: StoredColumn) -> str:
    """What the backend after may write that the one before cannot read."""
    if new.nullable and not old.nullable:
        return "may be null"
    if old.type != new.type and not new.enum:
        return f"may be more than {old.type} holds"
    if more := [value for value in new.enum if value not in old.enum]:
        return f"may be {' or '.join(f'`{value}`' for value in more)}"
    if old.enum and not new.enum:
        return "may be any text"
    if not is_within(new.bounds, old.bounds):
        return f"may be out of what it was: {' and '.join(old.bounds)}"
    return ""


def _obstacle(change: TableChange, column: str, message: str, fix: str = _IN_ONE) -> Loss:
    return Loss(
        "BK732", change.name, column, change.was, change.columns_were.get(column, column), message, fix, allowed=False
    )
