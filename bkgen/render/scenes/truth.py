"""What an expression gives in a situation, or the first open question that this depends on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from bkgen.model.expressions import (
    Aggregated,
    Binary,
    Call,
    ColumnOf,
    Conditional,
    Expression,
    Filtered,
    Has,
    Held,
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
from bkgen.model.relations import Relation
from bkgen.model.tables import Default, Reference
from bkgen.model.types import Kind
from bkgen.render.scenes.operations import (
    ORDERINGS,
    OpenError,
    aggregated,
    apart,
    called,
    constant,
    known,
    ordered,
    reckoned,
)
from bkgen.render.scenes.world import Absent, Cell, CellOf, Given, KeyOf, Moment, RowsOf, World, is_own
from bkgen.render.test_values import scarce_values
from bkgen.resolve.expressions.kinds import NOW, TEXTS, kind_of
from bkgen.resolve.vocabulary import ACTOR, ROW


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
    places: Mapping[str, tuple[tuple[tuple[str, ...], ...], str]]

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
            case Name(name=name) if name == NOW and name not in bound:
                return Moment(timedelta(), kind_of(expression.gives) is Kind.DATE)
            case Name(name=name):
                return self._variable(name, bound)
            case ColumnOf(row=row, column=column):
                at = self._value(row, bound)
                return None if at is None else self.cell(CellOf(at.row, column))
            case MemberOf(record=Name(name=record), member=member, gives=Value()):
                found = self._member(record, member)
                return None if isinstance(found, Absent) else found
            case Held():
                return True  # who calls in tests is signed in by a token
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
                return None if number is None else -known(number)
            case Binary():
                return self._binary(expression, bound)
            case Conditional(condition=condition, yes=yes, no=no):
                return self._value(yes if self._test(condition, bound) else no, bound)
            case ListOf(items=items):
                return [self._value(item, bound) for item in items]
            case Call(function=function, arguments=arguments):
                return called(function, [self._value(argument, bound) for argument in arguments])
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
                return aggregated(aggregate, self._value(source, bound), kind_of(expression.gives))
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
            ways, column = self.places[member.attribute]
            for way in ways:
                table = self.world.table(row)
                row = self._referred_to(row, next(one for one in table.references if one.columns == way))
            return self.cell(CellOf(row, column))
        place = Given(record, member)
        if place not in self.world.given:
            raise OpenError(place)
        found = self.world.given[place]
        return self.cell(CellOf(found.row, found.column)) if isinstance(found, KeyOf) else found

    def _referred_to(self, row: int, reference: Reference) -> int:
        """The row that a row refers to."""
        for name in reference.columns:
            if (place := CellOf(row, name)) not in self.world.cells:
                raise OpenError(place)
        for other, table in enumerate(self.world.tables):
            if table == reference.table and self.world.refers(row, reference, other):
                return other
        raise OpenError(None)

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
        reference = self.world.table(at.row).reference_by(relation.pairs, relation.target)
        if reference is not None and relation.through is None and not relation.many:
            if any(self.world.cells.get(CellOf(at.row, own), 0) is None for own in reference.columns):
                return None
            return At(self._referred_to(at.row, reference))
        rows = self._referring(at.row, relation)
        if relation.through is not None:
            link = self.world.service.table(relation.through.table)
            far = link.reference_by(relation.through.pairs, relation.target)
            assert far is not None
            rows = [self._referred_to(row, far) for row in rows]
        if relation.many:
            return [At(row) for row in rows]
        return At(rows[0]) if rows else None

    def _referring(self, row: int, relation: Relation) -> list[int]:
        """The rows that refer to a row, be they those of the relation or the links to them."""
        table = relation.through.table if relation.through is not None else relation.target
        back = ((there, here) for here, there in relation.pairs)
        reference = self.world.service.table(table).reference_by(back, relation.table)
        assert reference is not None
        accounts = self.world.service.accounts
        if accounts is not None and accounts.sessions == table:  # signing in makes some of these
            raise OpenError(None)
        question = RowsOf(row, table, reference.columns)
        if question not in self.world.counted:
            raise OpenError(question)
        return self.world.referring(question)

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
            case ordering if ordering in ORDERINGS:
                one, other = self._value(left, bound), self._value(right, bound)
                return one is not None and other is not None and ordered(ordering, one, other)
            case arithmetic:
                return reckoned(arithmetic, self._value(left, bound), self._value(right, bound))

    def _is_same(self, one: Any, other: Any) -> bool:
        if one is None or other is None:
            return one is other
        if isinstance(one, At) or (one == other and not isinstance(one, Moment)):
            return bool(one == other)
        if isinstance(one, KeyOf) or isinstance(other, KeyOf):
            if any(self._may_equal(key, value) for key, value in ((one, other), (other, one))):
                raise OpenError(None)
            return False
        if isinstance(one, Moment) or isinstance(other, Moment):
            apart(one, other)
        return False

    def _may_equal(self, key: Any, value: Any) -> bool:
        """Whether a row's own value in a column can be the same as another one by chance."""
        if not isinstance(key, KeyOf):
            return False
        column = self.world.column(key)
        if isinstance(value, KeyOf) and self.world.column(value) is column:
            return False
        if column.type.kind is Kind.INTEGER and isinstance(value, int) and value < 1:  # they are counted from 1
            return column.default is not Default.AUTOINCREMENT
        if isinstance(value, str) and value[-1:].isdigit():  # as the numbers are that make texts unique
            return True
        return column.type.kind not in TEXTS | {Kind.UUID} or bool(scarce_values(column, self.world.table(key.row)))


Bound = Mapping[str, Any]
