"""Requests that tests of actions send, part by part."""

from __future__ import annotations

from collections.abc import Iterable

from bkgen.model.actions import Insert, Update, every
from bkgen.model.endpoints import Endpoint
from bkgen.model.expressions import Expression, MemberOf, Name, Value
from bkgen.model.service import Service
from bkgen.model.shapes import Array, Given, Object, Shape
from bkgen.model.types import Type
from bkgen.render import samples
from bkgen.render.columns import from_json
from bkgen.render.expressions.imports import used_names
from bkgen.render.literals import literal
from bkgen.render.made import UnbuildableError
from bkgen.render.naming import USED_IN_TESTS
from bkgen.render.test_values import as_json, sent_value, stands_alone, unknown
from bkgen.resolve import names
from bkgen.resolve.vocabulary import BODY, PATH, QUERY

Sent = dict[str, "str | Sent | list[Sent]"]
"""A part of a body: the fields and their values, as expressions."""


class SentRequest:
    """The path and the body; nothing stands in the query.

    Attributes:
        path: values of its parameters, as expressions.
        body: its fields.
        parts: of the body, by what expressions call them: the whole, and items of its arrays.
        fresh: variable -> the code of a value that no row has.
    """

    def __init__(self, endpoint: Endpoint, service: Service) -> None:
        self.path: dict[str, str] = {}
        self.body: Sent = _sample(endpoint.body) if endpoint.body is not None else {}
        self.parts: dict[str, Sent] = {BODY: self.body}
        self.fresh: dict[str, str] = {}
        self._bound: dict[tuple[int, str], str] = {}  # fields -> the value in Python that they stand for
        self._be_unique(endpoint, service)

    def _be_unique(self, endpoint: Endpoint, service: Service) -> None:
        """Has the body hold values that no row has, where these are to be unique."""
        for step in [one for one in every(endpoint.steps) if isinstance(one, Insert | Update)]:
            for name, value in step.values:
                table = service.table(step.table)
                column = table.column(name)
                alone = stands_alone(column, table)
                if isinstance(value, MemberOf) and _is_of(value, BODY) and alone and _type(value) is not None:
                    variable = names.unique(value.member.attribute, USED_IN_TESTS | set(self.fresh))
                    self.fresh[variable] = sent_value(column, table, column.type, service)
                    self._put(self.body, value, variable, from_json(column.type, variable))

    def assignments(self, lines: Iterable[str]) -> list[str]:
        """The lines that make the fresh values which other lines use."""
        used = used_names(list(lines))
        return [f"{variable} = {code}" for variable, code in self.fresh.items() if variable in used]

    def complete(self, endpoint: Endpoint) -> None:
        """Has parameters of the path that nothing has given a value lead nowhere."""
        for parameter in endpoint.path_parameters:
            self.path.setdefault(parameter.attribute, unknown(parameter.type))

    def field(self, member: MemberOf) -> str:
        """The name on the wire of a field of the body."""
        return _wire(self.body, member.member.attribute)

    def value(self, member: MemberOf) -> str | None:
        """The value in Python of what the request has there; None where it has no single one."""
        type_ = _type(member)
        if not isinstance(member.record, Name) or type_ is None:
            return None
        match member.record.name:
            case name if name == QUERY:
                return "None"
            case name if name == PATH:
                value = self.path[member.member.attribute]
                return value if "[" in value else from_json(type_, value)
            case name:
                record = self.parts.get(name, {})
                wire = _wire(record, member.member.attribute)
                code = record.get(wire)
                bound = self._bound.get((id(record), wire))
                return bound or (from_json(type_, code) if isinstance(code, str) else None)

    def items(self, array: MemberOf) -> int | None:
        """How many items an array of the body has; None where it is none."""
        record = self.parts.get(array.record.name, {}) if isinstance(array.record, Name) else {}
        match record.get(_wire(record, array.member.attribute)):
            case list(items):
                return len(items)
            case _:
                return None

    def bind(self, member: MemberOf, type_: Type, value: str) -> str | None:
        """Has a part of the request be a value, unless it is a parameter of the path that has one, which is given."""
        if _is_of(member, PATH):
            given = self.path.get(member.member.attribute)
            if given is None:
                self.path[member.member.attribute] = value
            return given
        if not isinstance(member.record, Name) or (part := self.parts.get(member.record.name)) is None:
            raise UnbuildableError
        self._put(part, member, as_json(type_, value), value)
        return None

    def is_bound(self, member: MemberOf) -> bool:
        """Whether a row has given a part of the request its value."""
        if _is_of(member, PATH):
            return member.member.attribute in self.path
        part = self.parts.get(member.record.name) if isinstance(member.record, Name) else None
        return part is None or "[" in str(part.get(_wire(part, member.member.attribute), ""))

    def lead_nowhere(self, value: Expression, unknown: str) -> bool:
        """Has a part of the request be `unknown`, which no row has; False where the value is no such part."""
        match value:
            case MemberOf(record=Name(name=name), member=member) if name == PATH:
                self.path[member.attribute] = unknown
            case MemberOf(record=Name(name=name), member=member) if (sent := self.parts.get(name)) is not None:
                sent[_wire(sent, member.attribute)] = unknown
            case _:
                return False
        return True

    def be_alike(self, left: MemberOf, right: MemberOf) -> None:
        """Has a part of the body be what another part of the request is."""
        for member, other in ((left, right), (right, left)):
            part = self.parts.get(member.record.name) if isinstance(member.record, Name) else None
            type_, value = _type(other), self.value(other)
            if part is not None and type_ is not None and value is not None:
                part[_wire(part, member.member.attribute)] = as_json(type_, value)
                return
        raise UnbuildableError

    def do_without(self, variables: set[str], endpoint: Endpoint) -> bool:
        """Has the path lead nowhere instead of to one of these rows; False where the body is made of one."""
        self.path = {name: value for name, value in self.path.items() if not used_names([value]) & variables}
        self.complete(endpoint)
        return not _uses(self.body, variables)

    def _put(self, part: Sent, member: MemberOf, code: str, value: str) -> None:
        name = _wire(part, member.member.attribute)
        part[name] = code
        self._bound[id(part), name] = value


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


def _uses(sent: str | Sent | list[Sent], variables: set[str]) -> bool:
    match sent:
        case str():
            return bool(used_names([sent]) & variables)
        case list():
            return any(_uses(item, variables) for item in sent)
        case _:
            return any(_uses(value, variables) for value in sent.values())


def _is_of(member: MemberOf, record: str) -> bool:
    return isinstance(member.record, Name) and member.record.name == record


def _type(member: MemberOf) -> Type | None:
    return member.gives.type if isinstance(member.gives, Value) else None


def _wire(sent: Sent, attribute: str) -> str:
    """The name of a field by its attribute."""
    return next((name for name in sent if names.attribute(name) == attribute), attribute)
