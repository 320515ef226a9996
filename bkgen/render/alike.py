"""Whether conditions say the same, so that one of them follows from the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from bkgen.model.expressions import ColumnOf, Expression, Literal, Name, Related
from bkgen.resolve.expressions.parts import conjuncts

_NO_MEANING = frozenset({"gives", "span"})


def follows(condition: Expression, others: Iterable[Expression]) -> bool:
    """Whether each part of a condition is said by the others, too; if not, it may still follow from them."""
    said = {_meaning(part) for other in others for part in conjuncts(other)}
    return all(_meaning(part) in said for part in conjuncts(condition))


def _meaning(part: Any) -> Any:
    """What two parts have in common that say the same, wherever they stand and whatever their relations are called."""
    match part:
        case tuple():
            return tuple(map(_meaning, part))
        case ColumnOf(row=Related(row=row, relation=relation), column=column) if (
            not relation.optional and (own := {there: here for here, there in relation.pairs}.get(column)) is not None
        ):
            return ColumnOf, _meaning(row), own
        case ColumnOf(row=row, column=column):
            return ColumnOf, _meaning(row), column
        case Related(row=row, relation=relation):
            return Related, _meaning(row), relation.target, relation.pairs, relation.through
        case Literal(value=value):
            return Literal, type(value), value
        case Name(name=name):
            return Name, name
        case _ if isinstance(part, Expression):
            return type(part), *(_meaning(getattr(part, f.name)) for f in fields(part) if f.name not in _NO_MEANING)
        case _:
            return part
