"""Rows that an action locks before it writes them: those of one table that several steps name, in one order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bkgen.model.actions import Assign, Delete, Each, Insert, Load, Require, Step, Update
from bkgen.model.expressions import Name
from bkgen.resolve.actions.which import key_of
from bkgen.resolve.expressions.kinds import NOW
from bkgen.resolve.expressions.parts import walk
from bkgen.resolve.vocabulary import ACTOR, BODY, PATH, QUERY

Writes = tuple[Update | Delete, ...]
_REQUEST = frozenset({ACTOR, BODY, PATH, QUERY, NOW})


def locked_before(steps: Iterable[Step]) -> Mapping[int, Writes]:
    """id of a step -> it and the later steps whose rows are locked before it: what names them is known by then."""
    found: dict[int, Writes] = {}
    known: set[str] = set(_REQUEST)
    seen: set[str] = set()
    steps = tuple(steps)
    for number, step in enumerate(steps):
        if isinstance(step, Update | Delete) and step.table not in seen and step.which.named:
            seen.add(step.table)
            writes = tuple(
                one
                for one in steps[number:]
                if isinstance(one, Update | Delete) and one.table == step.table and _names(one) and _names(one) <= known
            )
            if len(writes) > 1 and writes[0] is step:
                found[id(step)] = writes
        match step:
            case Load(name=name) | Insert(name=name) | Update(name=name) | Delete(name=name) | Assign(name=name):
                known.add(name)
            case Each() | Require():
                pass
    return found


def _names(step: Update | Delete) -> set[str]:
    """The variables that name the row of a step; none where it is no single row."""
    values = [value for _, value in map(key_of, step.which.same)]
    return {part.name for value in values for part in walk(value) if isinstance(part, Name)}
