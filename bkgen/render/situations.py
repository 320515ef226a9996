"""Situations for tests of actions: rows, path and body with which all steps go on, or one of them does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from bkgen.model.actions import Delete, Each, Insert, Load, Require, Step, Update
from bkgen.model.endpoints import Endpoint
from bkgen.model.expressions import (
    Aggregate,
    Aggregated,
    Binary,
    ColumnOf,
    Expression,
    ListOf,
    Literal,
    MemberOf,
    Name,
    Not,
    Operator,
    Related,
)
from bkgen.model.service import Service
from bkgen.model.shapes import Array, Given, Object, Shape
from bkgen.model.tables import Column, Table
from bkgen.render import samples
from bkgen.render.columns import from_json
from bkgen.render.expressions.imports import used_names
from bkgen.render.literals import literal
from bkgen.render.naming import row_word
from bkgen.render.test_values import as_json, unknown
from bkgen.resolve import names
from bkgen.resolve.vocabulary import ACTOR, BODY, PATH, ROW

_PLENTY = 1000
_MIRRORED = {Operator.LESS: Operator.GREATER, Operator.LESS_EQUAL: Operator.GREATER_EQUAL}
_MIRRORED |= {there: here for here, there in _MIRRORED.items()}


class UnbuildableError(Exception):
    """A condition is beyond what situations are built for; its text is what that is."""


@dataclass
class Made:
    """A row that a test makes: the keyword arguments of the method that makes it, as expressions."""

    variable: str
    table: Table
    values: dict[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The call that makes it."""
        arguments = ", ".join(f"{name}={value}" for name, value in self.values.items())
        return f"rows.{row_word(self.table)}({arguments})"


Sent = dict[str, "str | Sent | list[Sent]"]
"""A part of a body: the fields and their values, as expressions."""


class Situation:
    """What there is when the request comes.

    Attributes:
        rows: in the order in which they are made.
        path: values of its parameters, as expressions.
        body: the fields of the body.
        caller: the columns of the account that asks; None where none does.
    """

    def __init__(self, endpoint: Endpoint, service: Service, denied: Expression | None = None) -> None:
        """Builds what all steps go on with, but for the condition `denied`, which does not hold.

        Raises:
            UnbuildableError: that takes more than is known here.
        """
        self._service, self._denied = service, denied
        self.rows: list[Made] = []
        self.path: dict[str, str] = {}
        self.body: Sent = _sample(endpoint.body) if endpoint.body is not None else {}
        self.caller: dict[str, str] | None = _caller(endpoint, service) if endpoint.authenticated else None
        self._known: dict[str, Made | Sent] = {BODY: self.body}
        self._sent: dict[str, Sent] = {BODY: self.body}  # by all names that stand for parts of the body
        self._wanted: dict[tuple[str, str], Related] = {}  # rows of relations that there have to be
        for step in endpoint.steps:
            self._step(step)
        for parameter in endpoint.path_parameters:
            self.path.setdefault(parameter.attribute, unknown(parameter.type))
        for related in self._wanted.values():
            self.rows.append(self._below(related))

    def lines(self, call: str) -> list[str]:
        """What makes the rows, and then sends the request by `call`."""
        found = []
        if self.caller is not None:
            account = self._service.accounts
            assert account is not None
            columns = ", ".join(f"{name}={value}" for name, value in self.caller.items())
            of_row = f"rows.{row_word(self._service.table(account.table))}({columns})" if columns else ""
            found.append(f"caller = rows.sign_in({of_row})")
        codes = [*(row.code for row in self.rows), call]
        for index, made in enumerate(self.rows):
            is_used = made.variable in used_names(codes[index + 1 :])
            found.append(f"{made.variable} = {made.code}" if is_used else made.code)
        return [*found, call]

    def lead_nowhere(self, value: Expression, unknown: str) -> bool:
        """Has a part of the request be `unknown`, which no row has; False where the value is no such part."""
        match value:
            case MemberOf(record=Name(name=name), member=member) if name == PATH:
                self.path[member.attribute] = unknown
            case MemberOf(record=Name(name=name), member=member) if (sent := self._sent.get(name)) is not None:
                sent[_wire(sent, member.attribute)] = unknown
            case _:
                return False
        return True

    def _step(self, step: Step) -> None:
        match step:
            case Require(condition=condition):
                self._require(condition.expression)
            case Insert(values=values):
                self._insert(step, dict(values))
            case Update(which=which, refusal=refusal) | Delete(which=which, refusal=refusal) if not which.one:
                if refusal.missing is not None:  # several rows, of which there has to be one
                    raise UnbuildableError
            case Load(which=which) | Update(which=which) | Delete(which=which):
                self._row(step, [*which.same, *which.others])
            case Each():
                self._each(step)

    def _row(self, step: Load | Update | Delete, parts: list[Expression]) -> None:
        """Makes the one row that a step works on; what an earlier step makes is there by then."""
        if any(self._is_later(side) for part in parts if isinstance(part, Binary) for side in (part.left, part.right)):
            return
        table = self._service.table(step.table)
        taken = {row.variable for row in self.rows} | {"caller", "rows", "reply"}
        made = Made(names.unique(step.name or row_word(table), taken), table)
        for part in parts:
            self._hold(part, made)
        self.rows.append(made)
        if step.name:
            self._known[step.name] = made

    def _is_later(self, expression: Expression) -> bool:
        """Whether it is a column of a row that an earlier step makes, or has changed before the test can know it."""
        owner = expression.row if isinstance(expression, ColumnOf) else None
        return isinstance(owner, Name) and owner.name not in (ROW, ACTOR) and owner.name not in self._known

    def _hold(self, part: Expression, made: Made) -> None:
        """Has the condition hold of the row, or not, if it is the one that is denied."""
        match part:
            case ColumnOf(column=name) | Not(operand=ColumnOf(column=name)):
                column = made.table.column(name)
                made.values[column.attribute] = str(isinstance(part, ColumnOf) != (part is self._denied))
                return
            case Binary(operator=Operator.IN, left=ColumnOf() as own, right=ListOf(items=items)) if _is_own(own):
                column = made.table.column(own.column)
                among = [item.value for item in items if isinstance(item, Literal)]
                value = self._other(column, among) if part is self._denied else _python(column, among[0])
                made.values[column.attribute] = value
                return
            case Binary(operator=operator, left=left, right=right):
                if not _is_own(left):
                    left, right, operator = right, left, _MIRRORED.get(operator, operator)
                if isinstance(left, ColumnOf) and _is_own(left):
                    self._compare(made, made.table.column(left.column), operator, right, part is self._denied)
                    return
        raise UnbuildableError

    def _compare(self, made: Made, column: Column, operator: Operator, other: Expression, denied: bool) -> None:
        match operator, other:
            case (Operator.EQUAL | Operator.NOT_EQUAL), Literal(value=value) if value is not None:
                is_equal = (operator is Operator.EQUAL) != denied
                made.values[column.attribute] = _python(column, value) if is_equal else self._other(column, [value])
            case Operator.EQUAL, _ if denied and _is_caller(other):
                self.caller = self.caller or {}  # the row is that of another account
            case Operator.EQUAL, _ if not denied:
                self._bind(other, made, column)
            case (Operator.GREATER | Operator.GREATER_EQUAL), (Literal() | MemberOf() | ColumnOf()):
                value = str(0 if denied else _PLENTY)
                low, high = samples.bounds(column.type)
                if not low <= Decimal(value) <= high:
                    raise UnbuildableError
                made.values[column.attribute] = from_json(column.type, value)
            case _:
                raise UnbuildableError

    def _bind(self, other: Expression, made: Made, column: Column) -> None:
        """Has a part of the request or of another row be what the row has in `column`, or the other way round."""
        value = f"{made.variable}[{literal(column.name)}]"
        match other:
            case MemberOf(record=Name(name=name), member=member) if name == PATH:
                if member.attribute in self.path:
                    made.values[column.attribute] = self.path[member.attribute]
                else:
                    self.path[member.attribute] = value
            case MemberOf(record=Name(name=name), member=member) if isinstance(sent := self._known.get(name), dict):
                sent[_wire(sent, member.attribute)] = as_json(column.type, value)
            case ColumnOf() if _is_caller(other):
                assert isinstance(other, ColumnOf)
                self.caller = self.caller or {}
                made.values[column.attribute] = f"caller.row[{literal(other.column)}]"
            case ColumnOf(row=Name(name=name), column=there) if isinstance(row := self._known.get(name), Made):
                if row in self.rows:
                    made.values[column.attribute] = f"{row.variable}[{literal(there)}]"
                else:
                    row.values[row.table.column(there).attribute] = value
            case _:
                raise UnbuildableError

    def _require(self, condition: Expression) -> None:
        denied = condition is self._denied
        match condition:
            case Binary(operator=Operator.EQUAL, left=ColumnOf() as own, right=Literal(value=value)) if _is_caller(own):
                assert self._service.accounts is not None
                column = self._service.table(self._service.accounts.table).column(own.column)
                chosen = self._other(column, [value]) if denied else _python(column, value)
                self.caller = {**(self.caller or {}), column.attribute: chosen}
            case Binary(operator=Operator.GREATER, left=Aggregated() as counted, right=Literal(value=0)):
                self._count(counted, denied)
            case Binary(operator=Operator.NOT_EQUAL, left=MemberOf(), right=MemberOf()) if not denied:
                return  # two parts of a request are of two rows
            case _:
                raise UnbuildableError

    def _count(self, counted: Aggregated, denied: bool) -> None:
        match counted:
            case Aggregated(aggregate=Aggregate.SIZE, source=MemberOf(record=Name(name=name), member=member)) if (
                name == BODY
            ):
                if denied:
                    self.body[_wire(self.body, member.attribute)] = []
            case Aggregated(aggregate=Aggregate.SIZE, source=Related(row=Name(name=name), relation=relation) as rows):
                if not denied:
                    self._wanted[name, relation.name] = rows
            case _:
                raise UnbuildableError

    def _insert(self, step: Insert, values: dict[str, Expression]) -> None:
        """Makes the rows that the inserted one refers to by what the request says."""
        table = self._service.table(step.table)
        for name, value in values.items():
            reference = table.column(name).reference
            if reference is None or not isinstance(value, MemberOf) or self._is_bound(value):
                continue
            target = self._service.table(reference.table)
            taken = {row.variable for row in self.rows}
            made = Made(names.unique(row_word(target), taken), target)
            self.rows.append(made)
            self._bind(value, made, target.column(reference.column))

    def _is_bound(self, value: MemberOf) -> bool:
        """Whether a row has given a member of the request its value."""
        match value:
            case MemberOf(record=Name(name=name), member=member) if name == PATH:
                return member.attribute in self.path
            case MemberOf(record=Name(name=name), member=member) if isinstance(sent := self._known.get(name), dict):
                return "[" in str(sent.get(_wire(sent, member.attribute), ""))
            case _:
                return True

    def _each(self, step: Each) -> None:
        match step.source:
            case MemberOf(record=Name(name=name), member=member) if name == BODY:
                items = self.body.get(_wire(self.body, member.attribute))
                if not isinstance(items, list):
                    raise UnbuildableError
                for item in items:
                    self._known[step.name] = self._sent[step.name] = item
                    for inner in step.steps:
                        self._step(inner)
            case Related(row=Name(name=name), relation=relation) as related:
                if name not in self._known or ((denied := self._denied) is not None and self._counts(denied, related)):
                    return
                self._wanted.pop((name, relation.name), None)
                row = self._below(related)
                self._known[step.name] = row
                for inner in step.steps:
                    self._step(inner)
                self.rows.append(row)
            case _:
                raise UnbuildableError
        self._known.pop(step.name, None)

    def _counts(self, condition: Expression, related: Related) -> bool:
        """Whether the condition that shall not hold asks for rows of this relation."""
        match condition:
            case Binary(left=Aggregated(source=Related(relation=relation))):
                return relation == related.relation
            case _:
                return False

    def _below(self, related: Related) -> Made:
        """A row that belongs to one that is there."""
        owner = self._known.get(related.row.name) if isinstance(related.row, Name) else None
        if not isinstance(owner, Made) or related.relation.through is not None:
            raise UnbuildableError
        target = self._service.table(related.relation.target)
        values = {
            target.column(there).attribute: f"{owner.variable}[{literal(here)}]"
            for here, there in related.relation.pairs
        }
        taken = {row.variable for row in self.rows}
        return Made(names.unique(row_word(target), taken), target, values)

    def _other(self, column: Column, values: Sequence[object]) -> str:
        """A value that is none of these."""
        if column.type.enum:
            others = [word for word in column.type.enum if word not in values]
            if others:
                return literal(others[0])
        match values:
            case [bool() as value]:
                return str(not value)
            case [int() as value]:
                return str(value + 1)
        raise UnbuildableError


def _python(column: Column, value: object) -> str:
    if isinstance(value, Decimal):
        value = str(value)
    return from_json(column.type, literal(value))


def _is_own(expression: Expression) -> bool:
    return isinstance(expression, ColumnOf) and isinstance(expression.row, Name) and expression.row.name == ROW


def _is_caller(expression: Expression) -> bool:
    return isinstance(expression, ColumnOf) and isinstance(expression.row, Name) and expression.row.name == ACTOR


def _caller(endpoint: Endpoint, service: Service) -> dict[str, str]:
    """The columns of an account that may call the endpoint."""
    accounts = service.accounts
    if not endpoint.roles or accounts is None or accounts.role is None:
        return {}
    column = service.table(accounts.table).column(accounts.role)
    return {column.attribute: literal(endpoint.roles[0])}


def _sample(shape: Object) -> Sent:
    """A valid body, as expressions; arrays have one item."""
    return {field.name: _sample_of(field.shape, field.attribute) for field in shape.fields}


def _sample_of(shape: Shape, word: str) -> str | Sent | list[Sent]:
    match shape:
        case Object():
            return _sample(shape)
        case Array(items=Object() as item):
            return [_sample(item)]
        case Array(items=Given(type=type_)):
            return literal([samples.valid(type_, word)])
        case Given(type=type_):
            return literal(samples.valid(type_, word))
        case _:
            raise ValueError("no part of the body of an action")


def _wire(sent: Sent, attribute: str) -> str:
    """The name of a field by its attribute."""
    return next((name for name in sent if names.attribute(name) == attribute), attribute)
