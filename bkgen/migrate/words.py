"""What a revision does, in words: the lines of its docstring, and its name."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence

from bkgen.migrate.compare import Difference, TableChange
from bkgen.migrate.conversions import Effect
from bkgen.migrate.losses import has_value
from bkgen.model.schema import StoredColumn, StoredIndex, StoredReference
from bkgen.model.tables import in_words

_LONGEST_SLUG = 40


def sentences(difference: Difference, named: Collection[tuple[str, str]] = ()) -> list[str]:
    """One sentence for each change; the columns `named` have the values of others."""
    renamed = [f"Rename table {one.was} to {one.name}." for one in difference.kept if one.was != one.name]
    created = [f"Create table {table.name}." for table in difference.created]
    changed = [line for one in difference.kept for line in _of_table(one, difference, named)]
    return [*renamed, *created, *changed, *(f"Drop table {table.name} and its rows." for table in difference.dropped)]


def slug(lines: Sequence[str]) -> str:
    """A short name for a revision that does what the sentences say."""
    words = re.sub(r"[^a-z0-9]+", "_", lines[0].partition(",")[0].lower()).strip("_")
    short = words[:_LONGEST_SLUG].strip("_") or "change"
    return f"{short}_and_more" if len(lines) > 1 else short


def _of_table(change: TableChange, difference: Difference, named: Collection[tuple[str, str]]) -> Iterator[str]:
    name = change.name
    for present, former in change.columns_were.items():
        yield f"Rename {name}.{former} to {present}."
    for column in change.added:
        needs = "" if column.nullable or has_value(column) else f", where {name} is empty"
        yield f"Add {name}.{column.name}{_filled(column)}{needs}."
    for old, new in change.pairs:
        yield from _of_column(change, old, new)
    for column in change.dropped:
        values = ", which has another name now" if (name, column.name) in named else " and its values"
        yield f"Drop {name}.{column.name}{values}."
    for field in change.given_fields:
        yield f"Give {name}.{field.path}, {_shown(field.default)} in the documents that lack it."
    for field in change.gone_fields:
        if "[]" not in field.path:
            yield f"Drop {name}.{field.path} from the documents."
    if change.key_changes:
        yield f"Make {_listed(change.after.key)} the key of {name}."
    gone, made = difference.gone_references(change), difference.new_references(change)
    told = {frozenset(one.columns) for one in (*gone, *made)}
    lost = {column.name for column in change.dropped}
    for rule in change.gone_rules:
        if rule not in change.new_rules and lost.isdisjoint(rule):
            yield f"Let {_listed(rule)} of {name} repeat."
    for rule in change.new_rules:
        if rule not in change.gone_rules:
            yield f"Make {_listed(rule)} of {name} unique."
    for index in change.gone_indexes:
        if index not in change.new_indexes and lost.isdisjoint(index.used) and not _is_told(index, told):
            yield f"Drop the index of {name} over {_listed(index.columns)}{_where(index)}."
    for index in change.new_indexes:
        if index not in change.gone_indexes and not _is_told(index, told):
            yield f"Index {name} by {_listed(index.columns)}{_where(index)}."
    for reference in gone:
        if lost.isdisjoint(reference.columns) and not any(reference.ends == one.ends for one in made):
            yield f"Let {_listed(reference.columns)} of {name} refer to no {reference.table}."
    for reference in made:
        before = next((one for one in gone if reference.ends == one.ends), None)
        if before is None:
            yield f"Have {_listed(reference.columns)} of {name} refer to {reference.table}{_deletion(reference)}."
        elif before.on_delete != reference.on_delete:
            yield f"Change what deleting {reference.table} does to {name}, to {reference.on_delete}."


def _is_told(index: StoredIndex, told: Collection[frozenset[str]]) -> bool:
    """Whether it is the index of a reference that comes or goes."""
    return frozenset(index.columns) in told and not index.where


def _where(index: StoredIndex) -> str:
    return f" where {' and '.join(map(in_words, index.where))}" if index.where else ""


def _deletion(reference: StoredReference) -> str:
    return "" if reference.on_delete == "NO ACTION" else f", on delete {reference.on_delete}"


def _of_column(change: TableChange, old: StoredColumn, new: StoredColumn) -> Iterator[str]:
    name = f"{change.name}.{new.name}"
    way = next((way for _, after, way in change.retyped if after is new), None)
    if way is not None and not (old.enum and new.enum):
        lost = ", cutting what is longer" if way.cut else ""
        lost = ", losing its values" if way.effect is Effect.ANEW else lost
        yield f"Change {name} from {old.type} to {new.type}{lost}."
    if old.enum != new.enum:
        yield from _of_values(name, old, new)
    if old.bounds != new.bounds:
        yield f"Keep {name} {' and '.join(new.bounds)}." if new.bounds else f"Let {name} be any number."
    if old.nullable and not new.nullable:
        yield f"Require {name}{_filled(new, 'null') or ', where no row lacks it'}."
    elif new.nullable and not old.nullable:
        yield f"Let {name} be null."
    if old.server_default != new.server_default:
        given = "no default" if new.server_default is None else f"the default {_shown(new.server_default)}"
        yield f"Give {name} {given} in the database."
    if old.served != new.served:
        yield f"Give {name} {'its default in the database, too' if new.served else 'no default in the database'}."


def _of_values(name: str, old: StoredColumn, new: StoredColumn) -> Iterator[str]:
    more = [value for value in new.enum if value not in old.enum]
    less = [value for value in old.enum if value not in new.enum]
    if not new.enum:
        yield f"Let {name} be any text."
    elif not old.enum:
        yield f"Let {name} be {_either(new.enum)} only."
    elif more:
        yield f"Let {name} be {_either(more)}, too."
    elif not less:
        yield f"List the values of {name} in another order."
    if old.enum and new.enum and less:
        yield f"Let {name} be {_either(less)} no more{_filled(new, 'them') if has_value(new) else ''}."


def _filled(column: StoredColumn, those: str = "") -> str:
    """What rows get that have no value."""
    if not has_value(column) or (column.nullable and not those):
        return ""
    where = {"": "in the rows that are there", "null": "where it is null", "them": "where it is"}[those]
    value = {"uuid": "a new one", "now": "the time of this migration"}.get(str(column.default), "")
    return f", {value if column.computed else _shown(column.default)} {where}"


def _shown(value: object) -> str:
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 40 else f'{shown[:36]}..."'


def _either(values: Sequence[str]) -> str:
    return " or ".join(map(_shown, values))


def _listed(columns: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(columns[:-1]), columns[-1])))
