"""What an expression gives in a situation, or the first open question that this depends on."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from bkgen.model.expressions import (
    Aggregate,
    Aggregated,
    Binary,
    Call,
    ColumnOf,
    Conditional,
    Expression,
    Filtered,
    Function,
    Has,
    ListOf,
    Literal,
    Mapped,
    Member,
    MemberOf,
    Name,
    Negative,
    Not,
    Operator,
    Quantified,
    Quantifier,
    Related,
    Sorted,
    Value,
)
from bkgen.model.tables import Column
from bkgen.model.types import Kind
from bkgen.render.scenes.world import Absent, Cell, CellOf, Given, KeyOf, Moment, Question, RowsOf, World, is_own
from bkgen.render.test_values import scarce_values
from bkgen.resolve.expressions.kinds import TEXTS, kind_of
from bkgen.resolve.vocabulary import ACTOR, ROW

_ORDERINGS: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.LESS: operator.lt,
    Operator.LESS_EQUAL: operator.le,
    Operator.GREATER: operator.gt,
    Operator.GREATER_EQUAL: operator.ge,
}
_ARITHMETIC: Mapping[Operator, Callable[[Any, Any], Any]] = {
    Operator.ADD: operator.add,
    Operator.SUBTRACT: operator.sub,
    Operator.MULTIPLY: operator.mul,
}
_TEXT_TESTS: Mapping[Function, Callable[[str, str], bool]] = {
    Function.CONTAINS: operator.contains,
    Function.STARTS_WITH: str.startswith,
    Function.ENDS_WITH: str.endswith,
}
_TEXT_FUNCTIONS: Mapping[Function, Callable[[str], Any]] = {
    Function.SIZE: len,
    Function.LOWER: str.lower,
    Function.UPPER: str.upper,
    Function.TRIM: str.strip,
    Function.STRING: str,
}
# As long as a test may take from its first row to its last answer; for days, what is certain at midnight, too.
_A_WHILE = timedelta(minutes=2)
_DAYS = timedelta(days=2)


class OpenError(Exception):
    """An expression depends on a question that is not settled; on None, where no answer would tell."""

    def __init__(self, question: Question | None) -> None:
        super().__init__(question)
        self.question = question


@dataclass(frozen=True, slots=True)
class At:
    """A row as a value."""

    row: int


@dataclass(frozen=True)
class Truth:
    """Tells what expressions give; every method raises `OpenError` where that is not settled.

    Attributes:
        places: where members of the path come from: columns, from the row on by way of references.
    """

    world: World
    places: Mapping[str, tuple[str, ...]]

    def holds(self, conditions: Iterable[tuple[Expression, bool]]) -> bool:
        """Whether each condition holds, or does not, as wanted."""
        tests = (partial(self._is, wanted, condition, {}) for condition, wanted in conditions)
        return self._all_are(True, tests)

    def _all_are(self, wanted: bool, tests: Iterable[Callable[[], bool]]) -> bool:
        """Whether every test gives `wanted`: one that gives the other tells, whatever is open in the rest."""
        found: OpenError | None = None
        for test in tests:
            try:
                if test() is not wanted:
                    return False
            except OpenError as error:
                found = error if found is None or found.question is None else found
        if found is not None:
            raise found
        return True

    def _is(self, wanted: bool, condition: Expression, bound: Bound) -> bool:
        return self._test(condition, bound) is wanted

    def _test(self, expression: Expression, bound: Bound) -> bool:
        return self._value(expression, bound) is True

    def _value(self, expression: Expression, bound: Bound) -> Any:
        match expression:
            case Literal():
                return constant(expression)
            case Name(name="now"):
                return Moment(timedelta(), kind_of(expression.gives) is Kind.DATE)
            case Name(name=name):
                return self._variable(name, bound)
            case ColumnOf(row=row, column=column):
                at = self._value(row, bound)
                return None if at is None else self.cell(CellOf(at.row, column))
            case MemberOf(record=Name(name=record), member=member, gives=Value()):
                found = self._member(record, member)
                return None if isinstance(found, Absent) else found
            case Related():
                return self._related(expression, bound)
            case Has(operand=MemberOf(record=Name(name=record), member=member, gives=Value())) if member.optional:
                return not isinstance(self._member(record, member), Absent)
            case Has(operand=operand):
                return self._value(operand, bound) is not None
            case Not(operand=operand):
                return not self._test(operand, bound)
            case Negative(operand=operand):
                number = self._value(operand, bound)
                return None if number is None else -_known(number)
            case Binary():
                return self._binary(expression, bound)
            case Conditional(condition=condition, yes=yes, no=no):
                return self._value(yes if self._test(condition, bound) else no, bound)
            case ListOf(items=items):
                return [self._value(item, bound) for item in items]
            case Call(function=function, arguments=arguments):
                return _called(function, [self._value(argument, bound) for argument in arguments])
            case Quantified(quantifier=quantifier, source=source, variable=name, condition=condition):
                wanted = quantifier is Quantifier.ALL
                items = self._value(source, bound)
                tests = (partial(self._test, condition, {**bound, name: item}) for item in items)
                return self._all_are(wanted, tests) is wanted
            case Filtered(source=source, variable=name, condition=condition):
                return [item for item in self._value(source, bound) if self._test(condition, {**bound, name: item})]
            case Mapped(source=source, variable=name, item=inner):
                return [self._value(inner, {**bound, name: item}) for item in self._value(source, bound)]
            case Sorted(source=source):
                return self._value(source, bound)
            case Aggregated(aggregate=aggregate, source=source):
                return _aggregated(aggregate, self._value(source, bound), kind_of(expression.gives))
            case _:
                raise OpenError(None)

    def _variable(self, name: str, bound: Bound) -> Any:
        if name in bound:
            return bound[name]
        if name == ROW:
            return At(self.world.row)
        if name == ACTOR:
            return At(self.world.actor) if self.world.actor is not None else None
        raise OpenError(None)

    def _member(self, record: str, member: Member) -> Cell:
        if record == "path" and member.attribute in self.places:
            row = self.world.row
            *ways, column = self.places[member.attribute]
            for way in ways:
                row = self._referred_to(CellOf(row, way))
            return self.cell(CellOf(row, column))
        place = Given(record, member)
        if place not in self.world.given:
            raise OpenError(place)
        found = self.world.given[place]
        return self.cell(CellOf(found.row, found.column)) if isinstance(found, KeyOf) else found

    def _referred_to(self, place: CellOf) -> int:
        if place not in self.world.cells or not isinstance(found := self.world.cells[place], KeyOf):
            raise OpenError(place if place not in self.world.cells else None)
        return found.row

    def cell(self, place: CellOf) -> Cell:
        """What a row has in a column; `KeyOf` for a value of its own."""
        column = self.world.column(place)
        own = KeyOf(place.row, place.column)
        if place not in self.world.cells:
            if is_own(column, self.world.table(place.row)) and not column.nullable:
                return own
            raise OpenError(place)
        found = self.world.cells[place]
        return self.cell(CellOf(found.row, found.column)) if isinstance(found, KeyOf) and found != own else found

    def _related(self, expression: Related, bound: Bound) -> Any:
        at = self._value(expression.row, bound)
        relation = expression.relation
        if at is None:
            return [] if relation.many else None
        own, there = relation.pairs[0]
        column = self.world.table(at.row).column(own)
        if not relation.many and column.reference is not None and column.reference.table == relation.target:
            place = CellOf(at.row, own)
            if self.world.cells.get(place, 0) is None:
                return None
            return At(self._referred_to(place))
        rows = self._referring(at.row, relation.through.table if relation.through else relation.target, there, own)
        if relation.through is not None:
            far = relation.through.pairs[0][0]
            rows = [self._referred_to(CellOf(row, far)) for row in rows]
        if relation.many:
            return [At(row) for row in rows]
        return At(rows[0]) if rows else None

    def _referring(self, row: int, table: str, column: str, own: str) -> list[int]:
        accounts = self.world.service.accounts
        if accounts is not None and accounts.sessions == table:  # signing in makes some of these
            raise OpenError(None)
        question = RowsOf(row, table, column)
        if question not in self.world.counted:
            raise OpenError(question)
        return self.world.referring(question, own)

    def _binary(self, expression: Binary, bound: Bound) -> Any:
        left, right = expression.left, expression.right
        match expression.operator:
            case Operator.AND | Operator.OR as junction:
                wanted = junction is Operator.AND
                tests = (partial(self._test, side, bound) for side in (left, right))
                return self._all_are(wanted, tests) is wanted
            case Operator.EQUAL | Operator.NOT_EQUAL as equality:
                same = self._is_same(self._value(left, bound), self._value(right, bound))
                return same is (equality is Operator.EQUAL)
            case Operator.IN:
                value, items = self._value(left, bound), self._value(right, bound)
                if value is None and None in items:
                    raise OpenError(None)
                return not self._all_are(False, (partial(self._is_same, value, item) for item in items))
            case ordering if ordering in _ORDERINGS:
                one, other = self._value(left, bound), self._value(right, bound)
                return one is not None and other is not None and _ordered(one, other, _ORDERINGS[ordering])
            case arithmetic:
                return _reckoned(arithmetic, self._value(left, bound), self._value(right, bound))

    def _is_same(self, one: Any, other: Any) -> bool:
        if one is None or other is None:
            return one is other
        if isinstance(one, At) or one == other:
            return bool(one == other) and not isinstance(one, Moment)
        keys = [value for value in (one, other) if isinstance(value, KeyOf)]
        if keys:
            return self._is_chance(keys, other if keys[0] is one else one)
        if isinstance(one, Moment) or isinstance(other, Moment):
            _apart(one, other)
        return False

    def _is_chance(self, keys: list[KeyOf], value: Any) -> bool:
        """False: rows' own values equal others by chance alone; where that is likely, nothing is certain."""
        columns = [self.world.column(key) for key in keys]
        same_column = len(keys) > 1 and columns[0] is columns[1]
        if not same_column and any(self._is_likely(key, column) for key, column in zip(keys, columns, strict=True)):
            raise OpenError(None)
        if isinstance(value, str) and value[-1:].isdigit():
            raise OpenError(None)
        return False

    def _is_likely(self, key: KeyOf, column: Column) -> bool:
        table = self.world.table(key.row)
        return column.type.kind not in TEXTS | {Kind.UUID} or bool(scarce_values(column, table))


Bound = Mapping[str, Any]


def constant(expression: Literal) -> Any:
    """The value of a literal, as cells have it."""
    value = expression.value
    type_ = expression.gives.type if isinstance(expression.gives, Value) else None
    match type_.kind if type_ is not None else None:
        case Kind.UUID:
            return UUID(str(value))
        case Kind.DATE:
            return date.fromisoformat(str(value))
        case Kind.TIME:
            return time.fromisoformat(str(value))
        case Kind.DATETIME:
            return instant(str(value), type_.timezone if type_ is not None else True)
        case Kind.NUMBER if isinstance(value, Decimal):
            return float(value)
        case Kind.DECIMAL if isinstance(value, int):
            return Decimal(value)
        case _:
            return value


def instant(text: str, has_zone: bool) -> datetime:
    """The moment that a text names, in UTC."""
    found = datetime.fromisoformat(text)
    found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    return found if has_zone else found.replace(tzinfo=None)


def _known(value: Any) -> Any:
    """The value, if it is one to reckon with."""
    if isinstance(value, KeyOf):
        raise OpenError(None)
    return value


def _apart(one: Any, other: Any) -> timedelta:
    """How much later one time is than another, where it is by more than a test takes."""
    if not isinstance(one, Moment) or not isinstance(other, Moment):
        raise OpenError(None)
    apart = one.since_now - other.since_now
    if abs(apart) < (_DAYS if one.is_day else _A_WHILE):
        raise OpenError(None)
    return apart


def _ordered(one: Any, other: Any, compare: Callable[[Any, Any], bool]) -> bool:
    if isinstance(one, Moment) or isinstance(other, Moment):
        return compare(_apart(one, other), timedelta())
    if isinstance(_known(one), str) or isinstance(_known(other), str):  # databases order texts each in its own way
        raise OpenError(None)
    return compare(one, other)


def _reckoned(arithmetic: Operator, one: Any, other: Any) -> Any:
    if one is None or other is None:
        return None
    if isinstance(_known(one), Moment) and isinstance(other, timedelta):
        return Moment(_ARITHMETIC[arithmetic](one.since_now, other), one.is_day)
    if arithmetic in _ARITHMETIC:
        return _ARITHMETIC[arithmetic](one, _known(other))
    if _known(other) == 0:
        return None
    if not isinstance(one, int) or not isinstance(other, int):
        raise OpenError(None)
    quotient = abs(one) // abs(other) * (1 if (one < 0) == (other < 0) else -1)
    return quotient if arithmetic is Operator.DIVIDE else one - quotient * other


def _called(function: Function, values: list[Any]) -> Any:
    if any(value is None for value in values):
        return False if function in _TEXT_TESTS else None
    match function, [_known(value) for value in values]:
        case function, [str() as text, str() as part] if function in _TEXT_TESTS:
            return _TEXT_TESTS[function](text, part)
        case function, [str() as text] if function in _TEXT_FUNCTIONS:
            return _TEXT_FUNCTIONS[function](text)
        case Function.NUMBER, [int() | float() | Decimal() as number]:
            return float(number)
        case _:
            raise OpenError(None)


def _aggregated(aggregate: Aggregate, items: list[Any], kind: Kind | None) -> Any:
    if aggregate is Aggregate.SIZE:
        return len(items)
    values = [_known(item) for item in items if item is not None]
    if any(isinstance(value, Moment) for value in values) or aggregate is Aggregate.AVG:
        raise OpenError(None)
    match aggregate:
        case Aggregate.SUM:
            return sum(values, Decimal() if kind is Kind.DECIMAL else 0)
        case _ if any(isinstance(value, str) for value in values):
            raise OpenError(None)
        case Aggregate.MIN:
            return min(values, default=None)
        case _:
            return max(values, default=None)
