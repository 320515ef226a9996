"""Actions: what an endpoint does, step by step, where its contract says so (`do`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bkgen.model.expressions import Condition, Expression
from bkgen.source import Span

Assignments = tuple[tuple[str, Expression], ...]
"""(column, what it is set to)."""


@dataclass(frozen=True, slots=True)
class Which:
    """The rows that a step works on.

    Attributes:
        condition: what holds of them.
        same: the parts of it that name one row, by a key or unique rule; none where it can hold of several rows.
        others: its other parts: what has to hold of that row.
    """

    condition: Condition
    same: tuple[Expression, ...]
    others: tuple[Expression, ...]

    @property
    def one(self) -> bool:
        """Whether it is one row at most."""
        return bool(self.same)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a step that finds no row, or a condition false, answers with.

    Attributes:
        missing: the status where there is no such row; None where that is fine, or cannot be.
        otherwise: the status where the row is there, but not as the step needs it; None where that cannot be.
    """

    missing: int | None
    otherwise: int | None

    @property
    def statuses(self) -> Iterator[int]:
        yield from dict.fromkeys(status for status in (self.missing, self.otherwise) if status is not None)


@dataclass(frozen=True, slots=True)
class Load:
    """Reads one row; `name` is what later steps call it."""

    table: str
    which: Which
    refusal: Refusal
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Require:
    """Goes on only where the condition holds."""

    condition: Condition
    status: int
    span: Span


@dataclass(frozen=True, slots=True)
class OnConflict:
    """What becomes of an insert where a row with the same `columns` is there: its `values` change, or nothing."""

    columns: tuple[str, ...]
    values: Assignments


@dataclass(frozen=True, slots=True)
class Insert:
    """Makes a row; `name` is what later steps call it, empty where they do not."""

    table: str
    values: Assignments
    on_conflict: OnConflict | None
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Update:
    """Changes rows, if they are as `which` says at that very moment."""

    table: str
    which: Which
    values: Assignments
    refusal: Refusal
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Delete:
    """Deletes rows; `name` is what later steps call the row as it was."""

    table: str
    which: Which
    refusal: Refusal
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Each:
    """Does steps for every item of a list in the body, or every row that a relation leads to.

    Attributes:
        order: what of an item says in which order they come: that of the rows that the steps write, so that two
            requests wait for each other in turn and never in a circle. Empty where the order makes no difference.
    """

    source: Expression
    text: str
    name: str
    order: tuple[Expression, ...]
    steps: tuple[Step, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Assign:
    """Gives a value a name."""

    name: str
    value: Expression
    text: str
    span: Span


Step = Load | Require | Insert | Update | Delete | Each | Assign


def every(steps: Iterable[Step]) -> Iterator[Step]:
    """The steps, and those within them."""
    for step in steps:
        yield step
        if isinstance(step, Each):
            yield from every(step.steps)


def statuses(step: Step) -> tuple[int, ...]:
    """The statuses that a step itself can end the action with."""
    match step:
        case Require(status=status):
            return (status,)
        case Load(refusal=refusal) | Update(refusal=refusal) | Delete(refusal=refusal):
            return tuple(refusal.statuses)
        case _:
            return ()


def expressions(steps: Iterable[Step]) -> Iterator[Expression]:
    """All expressions in the steps."""
    for step in every(steps):
        match step:
            case Load(which=which) | Delete(which=which):
                yield which.condition.expression
            case Require(condition=condition):
                yield condition.expression
            case Insert(values=values, on_conflict=conflict):
                yield from (value for _, value in values)
                yield from (value for _, value in (conflict.values if conflict else ()))
            case Update(which=which, values=values):
                yield which.condition.expression
                yield from (value for _, value in values)
            case Each(source=source):
                yield source
            case Assign(value=value):
                yield value
