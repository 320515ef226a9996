"""What an action knows of the rows that it has made itself: the values that they still have."""

from __future__ import annotations

from collections.abc import Iterable

from bkgen.model.actions import Assignments, Step, Update, Which, every
from bkgen.model.expressions import ColumnOf, Expression, Name
from bkgen.resolve.actions.which import key_of


class MadeRows:
    """Rows by what the steps call them; those within a loop come and go, and are not known here."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[str, dict[str, Expression]]] = {}

    def add(self, name: str, table: str, values: Assignments) -> None:
        self._rows[name] = table, dict(values)

    def values_of(self, which: Which) -> dict[str, Expression]:
        """What is known of the one row that a step works on, which the action has written."""
        _, value = key_of(which.same[0])
        owner = value.row if isinstance(value, ColumnOf) else None
        return self._rows.get(owner.name, ("", {}))[1] if isinstance(owner, Name) else {}

    def changed_by(self, steps: Iterable[Step]) -> None:
        """Forget what the steps may have changed."""
        for step in every(steps):
            for name, (table, values) in self._rows.items():
                if isinstance(step, Update) and step.table == table:
                    written = dict(step.values)
                    self._rows[name] = table, {one: value for one, value in values.items() if one not in written}
