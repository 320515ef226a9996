"""What follows from conditions that are asked before: a policy that does can refuse nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from bkgen.model.endpoints import Parent
from bkgen.model.expressions import (
    Binary,
    ColumnOf,
    Condition,
    Expression,
    ListOf,
    Literal,
    Name,
    Operator,
    Quantified,
    Quantifier,
    Related,
    Row,
)
from bkgen.model.relations import Relation
from bkgen.resolve.expressions.parts import conjuncts, rebuilt, walk
from bkgen.resolve.guards import about
from bkgen.resolve.vocabulary import ROW, mentions
from bkgen.source import Span

_NO_MEANING = frozenset({"gives", "span"})


def follows(condition: Expression, others: Iterable[Expression]) -> bool:
    """Whether each part of a condition is said by the others, too; if not, it may still follow from them."""
    return _all_said(condition, [part for other in others for part in conjuncts(other)], {}, {})


def _all_said(
    condition: Expression, said: Sequence[Expression], here: Mapping[str, int], there: Mapping[str, int]
) -> bool:
    """`here` and `there` number the variables of the macros around the condition, and around what is said."""
    return all(_is_said(part, said, here, there) for part in conjuncts(condition))


def _is_said(part: Expression, said: Sequence[Expression], here: Mapping[str, int], there: Mapping[str, int]) -> bool:
    if any(_says(other, part, here, there) for other in said):
        return True
    match part:
        case Binary(operator=Operator.OR, left=left, right=right) if _all_said(left, said, here, there) or _all_said(
            right, said, here, there
        ):
            return True
    return any(_is_said_by_both(part, other, here, there) for other in said)


def _is_said_by_both(part: Expression, other: Expression, here: Mapping[str, int], there: Mapping[str, int]) -> bool:
    """Whether each side of `a || b` says the part."""
    match other:
        case Binary(operator=Operator.OR, left=left, right=right):
            return all(_is_said(part, list(conjuncts(side)), here, there) for side in (left, right))
        case _:
            return False


def _says(said: Expression, part: Expression, here: Mapping[str, int], there: Mapping[str, int]) -> bool:
    """Whether a part says the same as another, or leaves more open."""
    if _meaning(part, here) == _meaning(said, there):
        return True
    match said, part:
        case Quantified(quantifier=Quantifier.EXISTS), Quantified(quantifier=Quantifier.EXISTS):
            inner, outer = {**here, part.variable: len(here)}, {**there, said.variable: len(there)}
            same = _meaning(part.source, here) == _meaning(said.source, there)
            return same and _all_said(part.condition, conjuncts(said.condition), inner, outer)
        case Binary(), Binary():
            some, fewer = _constants(part), _constants(said)
            same = _meaning(part.left, here) == _meaning(said.left, there)
            return same and some is not None and fewer is not None and fewer <= some
        case _:
            return False


def _constants(condition: Binary) -> frozenset[Any] | None:
    """The constants of which the left side is one; None for other conditions."""
    match condition:
        case Binary(operator=Operator.EQUAL, right=Literal() as one):
            return frozenset({_meaning(one, {})})
        case Binary(operator=Operator.IN, right=ListOf(items=items)) if all(isinstance(one, Literal) for one in items):
            return frozenset(_meaning(one, {}) for one in items)
        case _:
            return None


def _meaning(part: Any, bound: Mapping[str, int]) -> Any:
    """What two parts have in common that say the same, wherever they stand and whatever their relations are called.

    `bound` numbers the variables of the macros around it.
    """
    match part:
        case tuple():
            return tuple(_meaning(one, bound) for one in part)
        case ColumnOf(row=Related(row=row, relation=relation), column=column) if (
            not relation.optional and (own := {there: here for here, there in relation.pairs}.get(column)) is not None
        ):
            return ColumnOf, _meaning(row, bound), own
        case ColumnOf(row=row, column=column):
            return ColumnOf, _meaning(row, bound), column
        case Related(row=row, relation=relation):
            return Related, _meaning(row, bound), relation.target, relation.pairs, relation.through
        case Literal(value=value):
            return Literal, type(value), value
        case Name(name=name):
            return Name, bound.get(name, name)
        case Quantified(quantifier=quantifier, source=source, variable=variable, condition=condition):
            inner = {**bound, variable: len(bound)}
            return Quantified, quantifier, _meaning(source, bound), _meaning(condition, inner)
        case _ if isinstance(part, Expression):
            names = (one.name for one in fields(part) if one.name not in _NO_MEANING)
            return type(part), *(_meaning(getattr(part, name), bound) for name in names)
        case _:
            return part


def may_all(policy: Condition, asked: Iterable[Condition | None], parents: Sequence[Parent]) -> bool:
    """Whether a policy holds for sure of every row of which the others hold, which are `asked` as well.

    The last of the `parents` is a row that is there for who asks, and that the row refers to.
    """
    known = [one.expression for one in asked if one is not None]
    for parent in parents[-1:]:
        if parent.visible is not None:
            known.append(about(parent.visible.expression, _row_above(parent, policy.expression.span)))
    return follows(policy.expression, known)


def _row_above(parent: Parent, span: Span) -> Expression:
    """The row that the path names before the row, as that leads to it."""
    relation = Relation(parent.table, "", parent.table, parent.pairs, None, False, False, span)
    return Related(Name(ROW, Row(""), span), relation, Row(parent.table), span)


def may_add(policy: Condition, parents: Sequence[Parent]) -> bool:
    """Whether a policy holds for sure of every new row below a row which is there for who asks."""
    asked = asked_above(policy, parents)
    visible = parents[-1].visible if parents else None
    return asked is not None and visible is not None and follows(asked, [visible.expression])


def asked_above(policy: Condition, parents: Sequence[Parent]) -> Expression | None:
    """What the policy on new rows says of the row above, called `row`; None where it says more than that."""
    if not parents or not mentions(policy.expression, ROW):
        return None
    if mentions(_of_parent(policy.expression, parents[-1], "above"), ROW):
        return None
    return _of_parent(policy.expression, parents[-1], ROW)


def _of_parent(expression: Expression, parent: Parent, called: str) -> Expression:
    """The expression with the row above, as `called`, in place of what a new row has of that."""
    targets = dict(parent.pairs)
    match expression:
        case ColumnOf(row=Name(name=name), column=column) if name == ROW and column in targets:
            row = Name(called, Row(parent.table), expression.span)
            return replace(expression, row=row, column=targets[column])
        case Related(row=Name(name=name), relation=relation) if name == ROW and (
            (relation.target, relation.pairs, relation.many) == (parent.table, parent.pairs, False)
        ):
            return Name(called, Row(parent.table), expression.span)
        case _:
            return rebuilt(expression, lambda part: _of_parent(part, parent, called))


def columns_in(expression: Expression) -> set[str]:
    """The columns of the row itself that a condition depends on: those that it names, and those that relations need."""
    found: set[str] = set()
    for part in walk(expression):
        match part:
            case ColumnOf(row=Name(name=name), column=column) if name == ROW:
                found.add(column)
            case Related(row=Name(name=name), relation=relation) if name == ROW:
                found.update(here for here, _ in relation.pairs)
    return found
