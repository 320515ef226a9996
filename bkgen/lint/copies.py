"""Facts about something else than the whole key of their row: copies of what the row referred to says."""

from __future__ import annotations

from collections.abc import Iterator

from bkgen.lint.declared import declared_tables, referred, single_references
from bkgen.model.service import Service
from bkgen.model.tables import Column, Reference, Table
from bkgen.model.types import Kind
from bkgen.resolve import names
from bkgen.resolve.risks.risk import Risk

_AMOUNTS = (Kind.DECIMAL, Kind.NUMBER, Kind.INTEGER)
"""What an order keeps as it was: a price and the like."""


def copied_facts(service: Service) -> Iterator[Risk]:
    """`BK955` of what depends on a part of a key, `BK956` of what depends on a reference that is in no key."""
    for table in declared_tables(service):
        facts = _facts(table)
        for reference in single_references(table):
            target = referred(reference, service)
            if target is None or target is table:
                continue
            (name,) = reference.columns
            in_key = any(name in rule and len(rule) > 1 for rule in table.unique_rules)
            for column, original in _copies(facts, reference, target):
                if in_key:
                    message = f"`{column.name}` depends on `{name}` alone, a part of a key of `{table.name}`"
                else:
                    message = f"`{column.name}` repeats `{target.name}.{original.name}`, which `{name}` leads to"
                fix = f"remove it, and show `{target.name}.{original.name}` by the reference"
                code = "BK955" if in_key else "BK956"
                yield Risk(code, column.span, message, fix, (table.span, target.span))


def _facts(table: Table) -> list[tuple[Column, tuple[str, ...]]]:
    """The columns that somebody fills and that refer to nothing, each with the words of its name."""
    refers = table.referring
    return [
        (column, names.words(column.name))
        for column in table.columns
        if not (column.added or column.primary or column.generated or column.name in refers)
    ]


def _copies(
    facts: list[tuple[Column, tuple[str, ...]]], reference: Reference, target: Table
) -> Iterator[tuple[Column, Column]]:
    """The columns that are called and typed like one of the row referred to, and that one."""
    (own,) = reference.columns
    stem = names.words(own)
    stems = {names.words(target.singular), stem[:-1] if stem[-1:] == ("id",) else stem}
    originals = {names.words(one.name): one for one in target.columns if not (one.primary or one.private)}
    for column, words in facts:
        for prefix in sorted(stems):
            original = originals.get(words[len(prefix) :])
            if prefix and words[: len(prefix)] == prefix and original is not None and _is_same(column, original):
                yield column, original
                break


def _is_same(column: Column, original: Column) -> bool:
    return column.type.kind is original.type.kind and column.type.kind not in _AMOUNTS
