"""What a run adds to the migrations: nothing, the first one, or the next one."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from bkgen.diagnostics import Diagnostics
from bkgen.migrate.compare import Difference, difference, inverse
from bkgen.migrate.history import History
from bkgen.migrate.losses import Loss, losses
from bkgen.migrate.snapshot import renames_of, schema_of
from bkgen.migrate.words import sentences
from bkgen.model.schema import Schema
from bkgen.model.service import Service
from bkgen.source import Span

Count = Callable[[Loss], int | None]
"""How many rows a loss concerns; None where that cannot be told."""


@dataclass(frozen=True)
class Step:
    """What a run adds to `migrations/`.

    Attributes:
        schema: that the documents describe.
        kept: the texts of earlier revisions, by path; None where this is the first run.
        forth, back: the ways to that schema from the last one and back; None where nothing changed.
        revision, follows: the names of the new revision and of the one before it, empty where there is none.
        last: the name of the last revision that bkgen wrote.
    """

    schema: Schema
    kept: Mapping[str, str] | None = field(default=None, repr=False)
    forth: Difference | None = field(default=None, repr=False)
    back: Difference | None = field(default=None, repr=False)
    revision: str = ""
    follows: str = ""
    last: str = "0001"


def next_step(
    service: Service, history: History, allowed: Collection[str], count: Count, diagnostics: Diagnostics
) -> Step | None:
    """The step from what was generated last; None, with diagnostics, where it would lose what nobody gave up."""
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
    if diagnostics.has_errors:
        return None
    if not sentences(forth):
        return Step(schema, history.own, last=history.revision)
    back = difference(schema, history.schema, inverse(forth), back=True)
    return Step(schema, history.own, forth, back, f"{history.next_number:04d}", history.head)


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
