"""In which order the items of `each` come."""

from __future__ import annotations

from collections.abc import Iterable

from bkgen.model.actions import Delete, Insert, Step, Update
from bkgen.model.expressions import Expression, Name
from bkgen.resolve.actions.which import key_of
from bkgen.resolve.expressions.parts import in_database, walk


def locking_order(steps: Iterable[Step], item: str) -> tuple[Expression, ...]:
    """What of the item names the row that the first step writes which writes another one for each item.

    Two requests that write the same rows in the same order wait for each other in turn; in different orders, each
    would hold what the other needs.
    """
    for step in steps:
        match step:
            case Update(which=which) | Delete(which=which) if which.named:
                parts = [key_of(part)[1] for part in which.same]
            case Insert(values=values, on_conflict=conflict) if conflict is not None:
                written = dict(values)
                parts = [written[column] for column in conflict.columns]
            case _:
                continue
        own = tuple(part for part in parts if _is_of(part, item) and not in_database(part, frozenset()))
        if own:
            return own
    return ()


def _is_of(expression: Expression, item: str) -> bool:
    return any(isinstance(part, Name) and part.name == item for part in walk(expression))
