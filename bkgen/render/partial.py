"""Indexes of some rows, as arguments of SQLAlchemy: both databases have them, each by an option of its own."""

from __future__ import annotations

from collections.abc import Iterable

from bkgen.model.tables import ColumnTest, Kept
from bkgen.render.literals import literal


def where(conditions: Iterable[Kept]) -> str:
    """The arguments that say which rows are in an index; empty for all."""
    parts = [_condition(kept) for kept in conditions]
    if not parts:
        return ""
    whole = parts[0] if len(parts) == 1 else f"and_({', '.join(parts)})"
    return f", postgresql_where={whole}, sqlite_where={whole}"


def _condition(kept: Kept) -> str:
    """As statements have it, so that a database sees that it holds."""
    name = literal(kept.column)
    match kept.test:
        case ColumnTest.NULL:
            return f"column({name}).is_(None)"
        case ColumnTest.NOT_NULL:
            return f"column({name}).is_not(None)"
        case ColumnTest.EQUAL:
            return f"column({name}, {'Integer' if isinstance(kept.value, int) else 'String'}) == {literal(kept.value)}"
        case ColumnTest.TRUE:
            return f"column({name}, Boolean)"
        case ColumnTest.FALSE:
            return f"~column({name}, Boolean)"
        case ColumnTest.IS_TRUE:
            return f"column({name}, Boolean).is_(True)"
        case ColumnTest.IS_FALSE:
            return f"column({name}, Boolean).is_(False)"
