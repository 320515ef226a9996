"""How columns that are states change: the transitions of state machines."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.expressions import Condition, Expression
from bkgen.source import Span


@dataclass(frozen=True, slots=True)
class Transition:
    """One way in which a state changes.

    Attributes:
        name: unique in its table.
        column: the state.
        sources, target: the values that it leads from and to.
        by: what holds of the row and of who asks; None where anyone may.
        values: (column, what it becomes) of what is written with it.
    """

    name: str
    column: str
    sources: tuple[str, ...]
    target: str
    by: Condition | None
    values: tuple[tuple[str, Expression], ...]
    span: Span
