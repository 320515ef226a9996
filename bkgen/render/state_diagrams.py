"""Diagrams of states in the backend's README, as Mermaid draws them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bkgen.model.service import Service
from bkgen.model.tables import Column, Table


@dataclass(frozen=True, slots=True)
class StateDiagram:
    """How one column changes: its table and name, and the lines of a `stateDiagram-v2`."""

    column: str
    lines: tuple[str, ...]


def state_diagrams(service: Service) -> Iterator[StateDiagram]:
    for table in service.tables:
        for column in table.columns:
            if column.transitions:
                yield StateDiagram(f"{table.name}.{column.name}", tuple(_lines(table, column, service)))


def _lines(table: Table, column: Column, service: Service) -> Iterator[str]:
    states = {state: f"s{number}" for number, state in enumerate(column.type.enum or (), 1)}
    for state, name in states.items():
        yield f'state "{_shown(state)}" as {name}'
    yield f"[*] --> {states[str(column.default)]}"
    for one in service.transitions.get(table.name, ()):
        if one.column == column.name:
            yield from (f"{states[source]} --> {states[one.target]}: {one.name}" for source in one.sources)


def _shown(text: str) -> str:
    """Text as Mermaid shows it: what it could read as its own is written as a character code."""
    return re.sub(r"[^\w .-]", lambda found: f"#{ord(found[0])};", text)
