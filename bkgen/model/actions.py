"""Actions: what an endpoint does, step by step, where its contract says so (`do`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bkgen.model.expressions import Condition, Expression
from bkgen.model.shapes import SortKey
from bkgen.model.states import Transition
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
        first: by which order it is the first row of those that nobody else works on; empty where it is not about that.
    """

    condition: Condition
    same: tuple[Expression, ...]
    others: tuple[Expression, ...]
    first: tuple[SortKey, ...] = ()

    @property
    def named(self) -> bool:
        """Whether it is the row that a key or unique rule names."""
        return bool(self.same)

    @property
    def one(self) -> bool:
        """Whether it is one row at most."""
        return bool(self.same or self.first)


@dataclass(frozen=True, slots=True)
class Terms:
    """What policies and states say of the rows that a step works on, beside the step itself.

    Attributes:
        visible: what holds of the rows that are there for who asks; None for all.
        allowed: what holds of the rows with which the step may do what it does, by the policy of that; None for all.
        again: whether `allowed` is asked once more of the row that was written: what is written can make a difference.
        writable: column that the step writes -> what holds of the rows in which it may; none of it is asked again.
        transition: by which the step changes a state; None where it changes none.
        ignored: whether the step says that it keeps no policies.
        covered: whether `visible` follows from `allowed` and `by`, so that the statement need not ask it.
    """

    visible: Condition | None = None
    allowed: Condition | None = None
    again: bool = False
    covered: bool = False
    writable: tuple[tuple[str, Condition], ...] = ()
    transition: Transition | None = None
    ignored: bool = False

    @property
    def by(self) -> Condition | None:
        """What the transition says of the row and of who asks."""
        return self.transition.by if self.transition is not None else None

    @property
    def restricting(self) -> tuple[Condition, ...]:
        """What forbids the step where it does not hold of a row that is there."""
        return tuple(one for one in (self.allowed, *(rule for _, rule in self.writable), self.by) if one is not None)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a step that finds no row, or a condition false, answers with.

    Attributes:
        missing: the status where there is no such row; None where that is fine, or cannot be.
        otherwise: the status where the row is there, but not as the step needs it; None where that cannot be.
        forbidden: the status where the row is there, and who asks may not do this with it; None where that cannot be.
        gone: whether the row is the account that asks, which is `missing` only where it has been deleted meanwhile:
            nobody is signed in then, as in any later request.
    """

    missing: int | None = None
    otherwise: int | None = None
    forbidden: int | None = None
    gone: bool = False

    @property
    def statuses(self) -> Iterator[int]:
        found = (self.missing, self.forbidden, self.otherwise)
        yield from dict.fromkeys(status for status in found if status is not None)


@dataclass(frozen=True, slots=True)
class Load:
    """Reads one row; `name` is what later steps call it."""

    table: str
    which: Which
    refusal: Refusal
    name: str
    span: Span
    terms: Terms = Terms()


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
    refusal: Refusal
    name: str
    span: Span
    terms: Terms = Terms()


@dataclass(frozen=True, slots=True)
class Update:
    """Changes rows, if they are as `which` says at that very moment."""

    table: str
    which: Which
    values: Assignments
    refusal: Refusal
    name: str
    span: Span
    terms: Terms = Terms()


@dataclass(frozen=True, slots=True)
class Delete:
    """Deletes rows; `name` is what later steps call the row as it was."""

    table: str
    which: Which
    refusal: Refusal
    name: str
    span: Span
    terms: Terms = Terms()


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
    terms: Terms = Terms()


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


def takes_first(steps: Iterable[Step]) -> bool:
    """Whether one of the steps works on the first row that is free."""
    return any(isinstance(step, Update | Delete) and bool(step.which.first) for step in every(steps))


def statuses(step: Step) -> tuple[int, ...]:
    """The statuses that a step itself can end the action with."""
    match step:
        case Require(status=status):
            return (status,)
        case Load() | Insert() | Update() | Delete():
            return tuple(step.refusal.statuses)
        case _:
            return ()


def terms_of(step: Step) -> Terms:
    """What policies and states say of the rows of a step."""
    return Terms() if isinstance(step, Require | Assign) else step.terms


def policies_in(steps: Iterable[Step]) -> Iterator[Expression]:
    """What the policies of their tables say of the steps."""
    for step in every(steps):
        terms = terms_of(step)
        written = (rule for _, rule in terms.writable)
        yield from (one.expression for one in (terms.visible, terms.allowed, *written) if one is not None)


def expressions(steps: Iterable[Step]) -> Iterator[Expression]:
    """All expressions in the steps, without the policies of their tables."""
    for step in every(steps):
        match step:
            case Load(which=which) | Delete(which=which):
                yield which.condition.expression
            case Require(condition=condition):
                yield condition.expression
            case Insert(values=values, on_conflict=conflict):
                yield from (value for _, value in values)
                yield from (value for _, value in (conflict.values if conflict else ()))
            case Update(which=which, values=values, terms=terms):
                yield which.condition.expression
                yield from (value for _, value in values)
                if terms.by is not None:
                    yield terms.by.expression
            case Each(source=source):
                yield source
            case Assign(value=value):
                yield value
