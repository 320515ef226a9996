"""Fields that policies do not show to everyone: where answers have them, and in which situations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bkgen.model.endpoints import Endpoint, Operation
from bkgen.model.expressions import (
    Binary,
    ColumnOf,
    Expression,
    Literal,
    Name,
    Not,
    Operator,
    Quantified,
    Quantifier,
    Related,
    Row,
    Rows,
    Value,
)
from bkgen.model.service import Service
from bkgen.model.shapes import Computed, Field, Nested
from bkgen.render.column_tests import UNCOMPARED
from bkgen.render.literals import literal
from bkgen.render.path_rows import PathRows, said_of
from bkgen.render.test_bodies import column_of, fields_of, wire
from bkgen.render.test_views import row_at
from bkgen.resolve.expressions.kinds import BOOLEAN

_READING = frozenset({Operation.READ, Operation.LIST})
_SHOWING = _READING | {Operation.CREATE, Operation.UPDATE}
_ONE = "one"


@dataclass(frozen=True, slots=True)
class Sight:
    """A situation in which a field is shown, or is not.

    Attributes:
        name: of the test, behind the endpoint's and the status.
        field: the field; `outer` is that of the row or rows in which it stands, None for the row itself.
        shown: whether it is.
        rule: holds in the situation, or does not: `holds`; `also` holds besides.
    """

    name: str
    field: Field
    outer: Field | None
    shown: bool
    rule: Expression
    holds: bool
    also: tuple[Expression, ...]


def shows_veiled(endpoint: Endpoint, service: Service) -> bool:
    """Whether there is any such field in its answer that can be tested."""
    return bool(veiled_fields(endpoint, service) or _veiled_below(endpoint))


def veiled_fields(endpoint: Endpoint, service: Service) -> list[Field]:
    """The fields of the rows that an endpoint answers with, which a policy does not show to everyone, and of which a
    test knows what they have: what they had before, or what a new row is given."""
    found = row_at(endpoint.success.body)[1] if endpoint.operation in _SHOWING else None
    sent = {column_of(field) for field in fields_of(endpoint)}
    derived = {one.column for one in endpoint.derived}
    fields = [one for one in (found.fields if found else ()) if isinstance(one.shape, Computed) and one.shape.column]
    if endpoint.operation is not Operation.CREATE:
        return [one for one in fields if _column(one) not in sent | derived]
    table = service.table(endpoint.table or "")
    return [one for one in fields if _column(one) in sent or not table.column(_column(one)).nullable]


def sights(endpoint: Endpoint, rows: PathRows, service: Service) -> Iterator[Sight]:
    """For each of the fields, a situation in which it is shown, and one in which it is not."""
    for field in veiled_fields(endpoint, service):
        name = field.attribute.strip("_")
        rule, also = _rule(field, endpoint.table or "", rows.own, service)
        yield Sight(f"with_{name}", field, None, True, rule, True, also)
        yield Sight(f"without_{name}", field, None, False, rule, False, also)
    for outer, field in _veiled_below(endpoint):
        assert isinstance(outer.shape, Nested)
        nested, span = outer.shape, outer.shape.span
        name = f"{field.attribute.strip('_')}_of_{outer.attribute.strip('_')}"
        table = nested.relation.target
        if nested.relation.many:
            one = Name(_ONE, Row(table), span)
            rule, also = _rule(field, table, one, service)
            there = (*also, *_there(nested, one))
            related = Related(rows.own, nested.relation, Rows(table), span)
            for word, shown, holds in (("with", True, rule), ("without", False, Not(rule, BOOLEAN, span))):
                for condition in there:
                    holds = Binary(Operator.AND, holds, condition, BOOLEAN, span)
                exists = Quantified(Quantifier.EXISTS, related, _ONE, holds, BOOLEAN, span)
                yield Sight(f"{word}_{name}", field, outer, shown, exists, True, ())
        else:
            way = Related(rows.own, nested.relation, Row(table, nullable=nested.relation.optional), span)
            rule, also = _rule(field, table, way, service)
            there = (*also, *_there(nested, way))
            yield Sight(f"with_{name}", field, outer, True, rule, True, there)
            yield Sight(f"without_{name}", field, outer, False, rule, False, there)


def _veiled_below(endpoint: Endpoint) -> list[tuple[Field, Field]]:
    """The fields of rows that belong to those that are read, each behind the field that has these rows."""
    found = row_at(endpoint.success.body)[1] if endpoint.operation in _READING else None
    return [
        (outer, field)
        for outer in (found.fields if found else ())
        if isinstance(outer.shape, Nested)
        for field in outer.shape.row.fields
        if isinstance(field.shape, Computed) and field.shape.column
    ]


def _rule(field: Field, table: str, way: Expression, service: Service) -> tuple[Expression, tuple[Expression, ...]]:
    """What holds where the field of the row at the end of a way is shown, and that it has anything to show."""
    name, span = _column(field), field.span
    rule = said_of(way, service.policies[table].visible[name].expression)
    column = service.table(table).column(name)
    if not column.nullable:
        return rule, ()
    value = ColumnOf(way, name, Value(column.type, nullable=True), span)
    null = Literal(None, Value(None, nullable=True), span)
    return rule, (Binary(Operator.NOT_EQUAL, value, null, BOOLEAN, span),)


def _there(nested: Nested, way: Expression) -> list[Expression]:
    """That the row which belongs to another one may be seen at all."""
    return [said_of(way, nested.visible.expression)] if nested.visible is not None else []


def seen(sight: Sight, endpoint: Endpoint, rows: PathRows, service: Service, key: Field | None) -> str:
    """The assertion that a field is shown, or is null; `key` tells the row in a list. Empty where nothing does."""
    table = service.table(endpoint.table or "")
    at, first = row_at(endpoint.success.body)[0], literal((sight.outer or sight.field).name)
    shown = f"reply.json{at}[{first}]"
    if endpoint.operation is Operation.LIST:
        if key is None:
            return ""
        by_key = f"{{row[{literal(key.name)}]: row[{first}] for row in reply.json{at}}}"
        shown = f"{by_key}[{wire(table.column(column_of(key)), rows.own_word)}]"
    if sight.outer is not None:
        field, nested = literal(sight.field.name), sight.outer.shape
        if isinstance(nested, Nested) and nested.relation.many:
            return f"[one[{field}] is None for one in {shown}] == [{not sight.shown}]"
        shown = f"{shown}[{field}]"
    if not sight.shown:
        return f"{shown} is None"
    column = table.column(_column(sight.field)) if sight.outer is None else None
    if column is None or endpoint.operation is Operation.CREATE or column.type.kind in UNCOMPARED:
        return f"{shown} is not None"
    return f"{shown} == {wire(column, rows.own_word)}"


def _column(field: Field) -> str:
    assert isinstance(field.shape, Computed)
    return field.shape.column
