"""The folder `migrations/`: the record of the schema, the first revision, and those that follow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bkgen.migrate.compare import Difference, TableChange
from bkgen.migrate.conversions import Effect
from bkgen.migrate.history import VERSIONS
from bkgen.migrate.losses import has_value, losses
from bkgen.migrate.snapshot import written
from bkgen.migrate.step import Passage, Stage, Step
from bkgen.migrate.words import sentences, slug
from bkgen.model.schema import Schema, StoredTable, constraint_name
from bkgen.render.bridges import copied, raised, removed
from bkgen.render.literals import docstring, literal, wrapped
from bkgen.render.revisions import statements
from bkgen.render.stored_tables import create_index, items, on_delete


@dataclass(frozen=True, slots=True)
class InitialTable:
    """One `op.create_table` of the first revision: columns and constraints, and what makes its indexes."""

    name: str
    items: tuple[str, ...]
    indexes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InitialView:
    """`migrations/versions/0001_initial.py`.

    Attributes:
        tables: in an order in which they can be created.
        ahead: (name and table, all arguments) of the foreign keys that lead to a table behind their own.
    """

    tables: tuple[InitialTable, ...]
    ahead: tuple[tuple[str, str], ...]


def initial_view(schema: Schema) -> InitialView:
    return InitialView(tuple(_table(table, schema) for table in schema.tables), tuple(_ahead(schema)))


def _table(table: StoredTable, schema: Schema) -> InitialTable:
    indexes = tuple(create_index(table, index, _marked) for index in table.indexes)
    return InitialTable(literal(table.name), tuple(items(table, schema, _marked)), indexes)


def _ahead(schema: Schema) -> Iterator[tuple[str, str]]:
    for table in schema.tables:
        for one in table.references:
            if schema.refers_ahead(table, one):
                named = f"{_marked(constraint_name('fk', table.name, one.columns))}, {literal(table.name)}"
                own, there = literal(list(one.columns)), literal(list(one.targets))
                yield named, f"{named}, {literal(one.table)}, {own}, {there}{on_delete(one)}"


def _marked(name: str) -> str:
    return f"op.f({literal(name)})"


@dataclass(frozen=True, slots=True)
class RevisionView:
    """A later file of `migrations/versions/`; revisions are literals."""

    docstring: str
    revision: str
    follows: str
    upgrade: tuple[str, ...]
    downgrade: tuple[str, ...]
    downgrade_docstring: str


def revision_path(passage: Passage) -> str:
    said = sentences(passage.forth)
    return f"{VERSIONS}/{passage.revision}_{slug(said) if said else 'nothing'}.py"


def revision_view(passage: Passage) -> RevisionView:
    forth, back = statements(passage.forth), statements(passage.back)
    match passage.stage:
        case Stage.EXPAND:
            forth = [*forth, *raised(passage.bridges), *copied(passage.bridges)]
            back = [*removed(passage.bridges), *back]
        case Stage.CONTRACT:
            forth = [*removed(passage.bridges), *forth]
            back = [*back, *raised(passage.bridges), *copied(passage.bridges, back=True)]
    named = {(bridge.table, before) for bridge in passage.bridges for before, _ in bridge.names}
    gone, stops = _gone(passage.forth, passage.back, named), _stops(passage.back)
    return RevisionView(
        docstring=_docstring([*_stage(passage), *sentences(passage.forth, named)]),
        revision=literal(passage.revision),
        follows=literal(passage.follows),
        upgrade=tuple(forth),
        downgrade=tuple(back),
        downgrade_docstring=_docstring(["Take it back.", *gone, *stops], indent=4),
    )


def _stage(passage: Passage) -> Iterator[str]:
    """What is to be known of a revision that is half of a change."""
    match passage.stage:
        case Stage.EXPAND:
            yield "Expand the schema: the backend before and the one after work on it side by side."
            for bridge in passage.bridges:
                for before, after in bridge.names:
                    yield f"Keep {bridge.table}.{before} and {after} alike, whichever of them is written."
        case Stage.CONTRACT:
            yield "Contract the schema, when no backend before this change runs any more."


def _gone(forth: Difference, back: Difference, named: set[tuple[str, str]]) -> Iterator[str]:
    """What does not come back; the columns `named` have another name meanwhile."""
    for table in forth.dropped:
        yield f"The rows of {table.name} are gone: it comes back empty."
    for change in back.kept:
        for column in change.added:
            if (change.name, column.name) in named:
                continue
            if column.name in change.after.key:
                yield f"{change.name}.{column.name} was part of the key and is gone: it stops where there are rows."
            else:
                given = "its default" if change.is_given(column) and not column.nullable else "null"
                yield f"The values of {change.name}.{column.name} are gone: it is {given}."
    for change in forth.kept:
        yield from _given_up(change)


def _given_up(change: TableChange) -> Iterator[str]:
    """What values became on the way there, and stay on the way back."""
    for old, new, way in change.retyped:
        if way.effect is Effect.ANEW:
            yield f"The values that {change.name}.{new.name} had as {old.type} are gone."
        elif way.cut or way.rounds:
            yield f"What was {'cut' if way.cut else 'rounded'} in {change.name}.{new.name} stays so."
    for _, new in change.narrowed:
        if has_value(new) or new.nullable:
            yield f"What {change.name}.{new.name} got in place of values that it no longer has stays."
    for old, new in change.pairs:
        if old.nullable and not new.nullable and has_value(new):
            yield f"What {change.name}.{new.name} got in place of null stays."
    for field in change.gone_fields:
        yield f"What documents of {change.name} had as {field.path} is gone."


_STOPS = {"BK726": "is null", "BK727": "has a value that does not fit", "BK729": "has a value that is new"}


def _stops(back: Difference) -> Iterator[str]:
    """What the way back cannot do: nothing is lost on it."""
    for loss in losses(back):
        if loss.code in _STOPS:
            yield f"It stops where {loss.table}.{loss.column} {_STOPS[loss.code]}."
    for change in back.kept:
        before, added = {one.ends for one in change.before.references}, {column.name for column in change.added}
        for reference in back.new_references(change):
            if reference.ends not in before and added.isdisjoint(reference.columns):
                columns = " and ".join(f"{change.name}.{name}" for name in reference.columns)
                yield f"It stops where {columns} refers to none of {reference.table}."


def _docstring(lines: Iterable[str], indent: int = 0) -> str:
    first, *rest = lines
    if len(wrapped(first)) > 1:
        return docstring("Change the schema." if not indent else "Take it back.", "\n".join([first, *rest]), indent)
    return docstring(first, "\n".join(rest), indent)


def schema_text(step: Step) -> str:
    return written(step.schema, step.revision)
