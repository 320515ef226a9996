"""What a run adds to the migrations: nothing, the first one, or the next one."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from bkgen.diagnostics import Diagnostics, did_you_mean
from bkgen.migrate.compare import Difference, difference, inverse
from bkgen.migrate.expand import EXPANDED, Bridge, expansion, obstacles
from bkgen.migrate.history import History
from bkgen.migrate.losses import Loss, losses
from bkgen.migrate.snapshot import renames_of, schema_of
from bkgen.migrate.words import sentences
from bkgen.model.schema import Renames, Schema
from bkgen.model.service import Service
from bkgen.source import Span

LONGEST_REVISION = 32
"""Characters of a name that Alembic keeps in the database."""

NO_RENAMES = Renames({}, {})

Count = Callable[[Loss], int | None]
"""How many rows a loss concerns; None where that cannot be told."""


class Stage(Enum):
    """What a revision is of a change."""

    WHOLE = auto()
    EXPAND = auto()  # adds what the backend after needs
    CONTRACT = auto()  # drops what the backend before needed


@dataclass(frozen=True)
class Passage:
    """A new revision.

    Attributes:
        revision, follows: its name, and that of the one before it.
        forth, back: the ways that it leads.
        bridges: what is kept alike between the two stages of a change.
    """

    revision: str
    follows: str
    forth: Difference
    back: Difference
    stage: Stage = Stage.WHOLE
    bridges: tuple[Bridge, ...] = ()


@dataclass(frozen=True)
class Step:
    """What a run adds to `migrations/`.

    Attributes:
        schema: that the documents describe.
        kept: the texts of earlier revisions, by path; None where this is the first run.
        passages: the way to that schema from the last one; empty where nothing changed.
        last: the name of the last revision that bkgen wrote before.
    """

    schema: Schema
    kept: Mapping[str, str] | None = field(default=None, repr=False)
    passages: tuple[Passage, ...] = field(default=(), repr=False)
    last: str = "0001"

    @property
    def revision(self) -> str:
        """The name of the last revision."""
        return self.passages[-1].revision if self.passages else self.last


def next_step(
    service: Service,
    history: History,
    allowed: Collection[str],
    count: Count,
    diagnostics: Diagnostics,
    *,
    in_two: bool = False,
) -> Step | None:
    """The step from what was generated last; None, with diagnostics, where it would lose what nobody gave up.

    With `in_two` it expands the schema and contracts it, and between these both backends work on it.
    """
    schema, renames = schema_of(service), renames_of(service)
    _check_old_names(service, history.schema, diagnostics)
    if diagnostics.has_errors:
        return None
    forth = difference(history.schema, schema, renames)
    for loss in losses(forth):
        if not loss.is_in(allowed):
            rows = count(loss)
            concerned = "" if rows is None else f" ({rows:,} row{'s' * (rows != 1)})"
            diagnostics.add(loss.code, _place(loss, service), loss.message + concerned, loss.fix)
    is_changed = bool(sentences(forth))
    if is_changed:
        _check_allowed(allowed, (history.schema, schema), diagnostics)
    if in_two and is_changed:
        _check_both_serve(forth, history, service, diagnostics)
    if diagnostics.has_errors:
        return None
    passages = (_in_two if in_two else _in_one)(forth, history) if is_changed else ()
    return Step(schema, history.own, passages, history.revision)


def _in_one(forth: Difference, history: History) -> tuple[Passage, ...]:
    back = difference(forth.after, history.schema, inverse(forth), back=True)
    return (Passage(_next_name(history), history.head, forth, back),)


def _in_two(forth: Difference, history: History) -> tuple[Passage, ...]:
    before, after = history.schema, forth.after
    between = expansion(forth, before)
    expanded = f"{history.head}{EXPANDED}"
    return tuple(
        Passage(
            revision,
            follows,
            difference(start, end, NO_RENAMES),
            difference(end, start, NO_RENAMES, back=True),
            stage,
            between.bridges,
        )
        for revision, follows, start, end, stage in (
            (expanded, history.head, before, between.schema, Stage.EXPAND),
            (_next_name(history), expanded, between.schema, after, Stage.CONTRACT),
        )
    )


def _next_name(history: History) -> str:
    return f"{history.next_number:04d}"


def _check_both_serve(change: Difference, history: History, service: Service, diagnostics: Diagnostics) -> None:
    """Adds what keeps a schema from serving both backends."""
    for one in obstacles(change):
        diagnostics.add(one.code, _place(one, service), one.message, one.fix)
    if len(history.head) > LONGEST_REVISION - len(EXPANDED):
        message = f"revision `{history.head}` has too long a name for one that expands it: Alembic keeps 32 characters"
        diagnostics.add("BK732", None, message, "call it by a shorter one")


def _check_allowed(allowed: Collection[str], schemas: Collection[Schema], diagnostics: Diagnostics) -> None:
    """Adds `BK734` for each allowance of what neither the last schema nor the next one has."""
    tables = [table for schema in schemas for table in schema.tables]
    parts = {(table.name, part.name) for table in tables for part in table.columns}
    parts |= {(table.name, field.path) for table in tables for field in table.fields}
    known = {table.name for table in tables} | {f"{table}.{part}" for table, part in parts}
    for name in sorted(set(allowed) - known):
        message = f"`--allow-loss {name}` allows nothing: there is no such table, and no such column"
        diagnostics.add("BK734", None, message, did_you_mean(name, known) or "leave it out")


def _check_old_names(service: Service, last: Schema, diagnostics: Diagnostics) -> None:
    """Adds `BK730` for each old name that the last schema does not know, if it does not know the new one either."""
    known = {table.name for table in last.tables}
    for table in service.tables:
        if table.was and known.isdisjoint((table.was, table.name)):
            message = f"table `{table.name}` was `{table.was}`, which was not generated before"
            diagnostics.add("BK730", table.span, message, _fix(diagnostics, table.span, table.was, known))
        before = last.table(table.name) or last.table(table.was)
        columns = before.column_names if before is not None else frozenset()
        for column in table.columns:
            if column.was and before is not None and columns.isdisjoint((column.was, column.name)):
                message = f"column `{column.name}` was `{column.was}`, which `{before.name}` did not have"
                diagnostics.add("BK730", column.span, message, _fix(diagnostics, column.span, column.was, columns))


def _fix(diagnostics: Diagnostics, span: Span, name: str, known: Collection[str]) -> str:
    return diagnostics.nearest(span, name, known) or "remove `was`"


def _place(loss: Loss, service: Service) -> Span | None:
    """Where the documents speak of what is lost, or of the table that loses it."""
    table = next((table for table in service.tables if table.name == loss.table), None)
    if table is None:
        return None
    field = re.split(r"[.\[]", loss.column)[0] if table.is_collection else loss.column
    return next((column.span for column in table.columns if column.name == field), table.span)
