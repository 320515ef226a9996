"""Why the database can refuse what the steps of an action write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bkgen.model.actions import Assignments, Delete, Insert, Step, Update, every
from bkgen.model.endpoints import Cause
from bkgen.model.expressions import ColumnOf, Expression, Literal, Name, Row
from bkgen.model.tables import Column, Table
from bkgen.resolve.lookup import Tables
from bkgen.resolve.statuses import is_held


def conflicts(steps: Iterable[Step], tables: Tables) -> Iterator[Cause]:
    """The causes of 409 beside those that the contract states."""
    for step in every(steps):
        match step:
            case Insert(table=name, values=values, on_conflict=conflict):
                yield from _writes(tables[name], values, conflict.columns if conflict else None)
            case Update(table=name, values=values):
                yield from _writes(tables[name], values, None)
                written = {column for column, _ in values}
                targets = {column.reference.column for _, column in tables.referring(name) if column.reference}
                if targets & written:
                    yield Cause.REFERRED_TO
            case Delete(table=name) if is_held(tables[name], tables):
                yield Cause.REFERRED_TO


def _writes(table: Table, values: Assignments, expected: tuple[str, ...] | None) -> Iterator[Cause]:
    written = dict(values)
    for column in table.columns:
        if column.reference is not None and column.name in written and not _leads(written[column.name], column):
            yield Cause.BAD_REFERENCE
    if any(rule != expected and set(rule) & set(written) for rule in table.unique_rules):
        yield Cause.TAKEN


def _leads(value: Expression, column: Column) -> bool:
    """Whether a reference surely leads to a row: it is the key of one that an earlier step has, or null."""
    match value:
        case Literal(value=None):
            return True
        case ColumnOf(row=Name(gives=Row(table=table)), column=name):
            target = column.reference
            return target is not None and (target.table, target.column) == (table, name)
        case _:
            return False
