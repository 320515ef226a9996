"""Why the database can refuse what the steps of an action write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bkgen.model.actions import Assignments, Delete, Insert, Step, Update, every
from bkgen.model.endpoints import Cause
from bkgen.model.expressions import ColumnOf, Expression, Literal, Name, Row
from bkgen.model.tables import Reference, Table
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
                targets = {column for _, reference in tables.referring(name) for column in reference.targets}
                if targets & written:
                    yield Cause.REFERRED_TO
            case Delete(table=name) if is_held(tables[name], tables):
                yield Cause.REFERRED_TO


def _writes(table: Table, values: Assignments, expected: tuple[str, ...] | None) -> Iterator[Cause]:
    written = dict(values)
    for reference in table.references:
        if not written.keys().isdisjoint(reference.columns) and not _leads(written, reference):
            yield Cause.BAD_REFERENCE
    if any(rule != expected and _may_be_taken(rule, written) for rule in table.narrowest_rules):
        yield Cause.TAKEN


def _may_be_taken(rule: tuple[str, ...], written: Mapping[str, Expression]) -> bool:
    """Whether another row can have what is written to columns of a unique rule: null is never the same as another."""
    values = [written[name] for name in rule if name in written]
    return bool(values) and not any(_is_null(value) for value in values)


def _leads(written: Mapping[str, Expression], reference: Reference) -> bool:
    """Whether a reference surely leads to a row, which an earlier step has, or is null."""
    rows = set()
    for here, there in reference.pairs:
        match written.get(here):
            case Literal(value=None):
                return True
            case ColumnOf(row=Name(name=row, gives=Row(table=reference.table)), column=name) if name == there:
                rows.add(row)
            case _:
                rows.add("")
    return len(rows) == 1 and "" not in rows


def _is_null(value: Expression) -> bool:
    return isinstance(value, Literal) and value.value is None
