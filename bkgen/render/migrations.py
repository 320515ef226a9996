"""The folder `migrations/`: the record of the schema, the first revision, and those that follow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bkgen.migrate.compare import Difference
from bkgen.migrate.history import VERSIONS
from bkgen.migrate.losses import losses
from bkgen.migrate.snapshot import written
from bkgen.migrate.step import Step
from bkgen.migrate.words import sentences, slug
from bkgen.model.schema import Schema, StoredTable, constraint_name
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


def revision_path(step: Step) -> str:
    assert step.forth is not None
    return f"{VERSIONS}/{step.revision}_{slug(sentences(step.forth))}.py"


def revision_view(step: Step) -> RevisionView:
    assert step.forth is not None
    assert step.back is not None
    return RevisionView(
        docstring=_docstring(sentences(step.forth)),
        revision=literal(step.revision),
        follows=literal(step.follows),
        upgrade=tuple(statements(step.forth)),
        downgrade=tuple(statements(step.back)),
        downgrade_docstring=_docstring(["Take it back.", *_gone(step.forth, step.back), *_stops(step.back)], indent=4),
    )


def _gone(forth: Difference, back: Difference) -> Iterator[str]:
    """What does not come back."""
    for table in forth.dropped:
        yield f"The rows of {table.name} are gone: it comes back empty."
    for change in back.kept:
        for column in change.added:
            if column.name in change.after.key:
                yield f"{change.name}.{column.name} was part of the key and is gone: it stops where there are rows."
            else:
                given = "its default" if change.is_given(column) and not column.nullable else "null"
                yield f"The values of {change.name}.{column.name} are gone: it is {given}."


_STOPS = {"BK726": "is null", "BK727": "has a value that does not fit", "BK729": "has a value that is new"}


def _stops(back: Difference) -> Iterator[str]:
    """What the way back cannot do: nothing is lost on it."""
    for loss in losses(back):
        if loss.code in _STOPS:
            yield f"It stops where {loss.table}.{loss.column} {_STOPS[loss.code]}."


def _docstring(lines: Iterable[str], indent: int = 0) -> str:
    first, *rest = lines
    if len(wrapped(first)) > 1:
        return docstring("Change the schema." if not indent else "Take it back.", "\n".join([first, *rest]), indent)
    return docstring(first, "\n".join(rest), indent)


def schema_text(step: Step) -> str:
    return written(step.schema, step.revision or step.last)
