"""Rows that are in the way of what an action writes: a unique rule then refuses it."""

from __future__ import annotations

from collections.abc import Iterator

from bkgen.model.actions import Insert, Update, expressions, policies_in
from bkgen.model.endpoints import Endpoint
from bkgen.render.effects import Effects, Entry, UnknownError
from bkgen.render.made import Made
from bkgen.render.new_rows import is_growing


def rows_in_the_way(endpoint: Endpoint, effects: Effects) -> Iterator[tuple[str, Made]]:
    """(what is taken, the row that has it) for each unique rule, where that row makes no other step go another way."""
    conditions = [*expressions(endpoint.steps), *policies_in(endpoint.steps)]
    for step, entry in effects.assigned:
        table = entry.table
        if not all(is_growing(condition, table) for condition in conditions):
            continue
        for rule in table.narrowest_rules:
            is_expected = isinstance(step, Insert) and step.on_conflict is not None and step.on_conflict.columns == rule
            values = _values(step, entry, rule)
            if values and not is_expected:
                yield "_and_".join(values), Made("other", table, values)


def _values(step: Insert | Update, entry: Entry, rule: tuple[str, ...]) -> dict[str, str]:
    """What a row has in the columns of a rule, of which the step writes some.

    Nothing where that cannot be told, or is null somewhere, which no row has in common with another.
    """
    if not set(rule) & dict(step.values).keys():
        return {}
    try:
        values = {entry.table.column(name).attribute: entry.column(name) for name in rule}
    except UnknownError:
        return {}
    return {} if any(_is_null(entry, name) for name in rule) else values


def _is_null(entry: Entry, name: str) -> bool:
    """Whether a column has null: the action sets it so, or the test makes the row without what it may refer to."""
    if name in entry.values:
        return entry.values[name] == "None"
    column = entry.table.column(name)
    is_left_out = entry.made is not None and column.attribute not in entry.made.values
    return column.nullable and name in entry.table.referring and is_left_out
