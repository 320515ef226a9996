"""Whether conditions say the same, so that one of them follows from the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from bkgen.model.expressions import (
    Binary,
    ColumnOf,
    Expression,
    ListOf,
    Literal,
    Name,
    Operator,
    Quantified,
    Quantifier,
    Related,
)
from bkgen.resolve.expressions.parts import conjuncts

_NO_MEANING = frozenset({"gives", "span"})


def follows(condition: Expression, others: Iterable[Expression]) -> bool:
    """Whether each part of a condition is said by the others, too; if not, it may still follow from them."""
    said = [part for other in others for part in conjuncts(other)]
    return all(any(_follows(part, other) for other in said) for part in conjuncts(condition))


def _follows(part: Expression, said: Expression) -> bool:
    """Whether a part follows from another: it is the same, or leaves more open."""
    if _meaning(part) == _meaning(said):
        return True
    match part, said:
        case Binary(operator=Operator.OR, left=left, right=right), _:
            return _follows(left, said) or _follows(right, said)
        case Quantified(quantifier=Quantifier.EXISTS), Quantified(quantifier=Quantifier.EXISTS):
            same = (part.variable, _meaning(part.source)) == (said.variable, _meaning(said.source))
            return same and follows(part.condition, [said.condition])
        case Binary(), Binary():
            some, fewer = _among(part), _among(said)
            same = _meaning(part.left) == _meaning(said.left)
            return same and some is not None and fewer is not None and fewer <= some
    return False


def _among(condition: Binary) -> set[object] | None:
    """The constants of which one has to be on the left; None for other conditions."""
    match condition:
        case Binary(operator=Operator.EQUAL, right=Literal(value=value)):
            return {value}
        case Binary(operator=Operator.IN, right=ListOf(items=items)) if all(isinstance(one, Literal) for one in items):
            return {one.value for one in items if isinstance(one, Literal)}
    return None


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
