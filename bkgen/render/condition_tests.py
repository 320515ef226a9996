"""Views of the generated tests of query parameters with conditions on the rows of a list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bkgen.model.endpoints import Condition, Endpoint, QueryParameter
from bkgen.model.expressions import (
    Binary,
    Call,
    ColumnOf,
    Expression,
    Function,
    Literal,
    MemberOf,
    Name,
    Operator,
    Quantified,
    Quantifier,
    Related,
    Row,
    Value,
)
from bkgen.model.service import Service
from bkgen.model.tables import Column, Table
from bkgen.model.types import Kind, Type
from bkgen.render import samples
from bkgen.render.belonging import belongs, keywords, links, made, refers, shares
from bkgen.render.columns import from_json
from bkgen.render.literals import literal
from bkgen.render.naming import row_word
from bkgen.render.scenes import Scene, scene_of
from bkgen.render.test_bodies import wire
from bkgen.render.test_values import unknown
from bkgen.resolve.expressions.parts import rebuilt


@dataclass(frozen=True, slots=True)
class ConditionTest:
    """A query parameter with a condition.

    Attributes:
        before, after: lines that make what the row needs, before and behind it.
        row: keyword arguments of the row.
        hit, miss: a value with which it is listed, and one with which it is not.
    """

    name: str
    before: tuple[str, ...]
    row: str
    after: tuple[str, ...]
    hit: str
    miss: str | None


SAME = (Operator.EQUAL, Operator.LESS_EQUAL, Operator.GREATER_EQUAL, Function.CONTAINS, Function.STARTS_WITH)
"""What holds of a value and itself."""

_STRICT = (Operator.LESS, Operator.GREATER)


def comparison(expression: Expression) -> tuple[Operator | Function, ColumnOf] | None:
    """How a condition compares a column with a query parameter, where that is all that it does."""
    match expression:
        case Binary(operator=operator, left=ColumnOf() as column, right=MemberOf()) if operator in (*SAME, *_STRICT):
            return operator, column
        case Call(function=function, arguments=(ColumnOf() as column, MemberOf())) if function in SAME:
            return function, column
        case _:
            return None


def condition_tests(endpoint: Endpoint, table: Table, service: Service, fixed: set[str]) -> Iterator[ConditionTest]:
    """Those of a list, whose rows have to have what they have in the attributes `fixed`."""
    for query in endpoint.query:
        if isinstance(query.use, Condition) and not query.many:
            expression = query.use.where.expression
            found = _of_relation(query, expression, table, service) or _of_row(query, expression, table)
            for one in [found] if found is not None else _of_switch(query, expression, table, service):
                if not any(f", {one.row}".find(f", {name}=") >= 0 for name in fixed):
                    yield one


def _of_row(query: QueryParameter, expression: Expression, table: Table) -> ConditionTest | None:
    """The test of a condition on a column of the row itself."""
    found = comparison(expression)
    if found is None or not isinstance(found[1].row, Name):
        return None
    column = table.column(found[1].column)
    given = f"{column.attribute}={_another_than_null(column)}" if column.nullable else ""
    return _compared(query, found[0], (), given, (), wire(column, row_word(table)))


def _compared(
    query: QueryParameter,
    operator: Operator | Function,
    before: tuple[str, ...],
    row: str,
    after: tuple[str, ...],
    own: str,
) -> ConditionTest | None:
    """The test of a condition that compares a value of the row, `own` in JSON, with the parameter."""
    other = _miss(operator, query.type)
    hit, miss = (other, own) if operator in _STRICT else (own, other)
    return ConditionTest(literal(query.name), before, row, after, hit, miss) if hit is not None else None


def _of_switch(
    query: QueryParameter, expression: Expression, table: Table, service: Service
) -> Iterator[ConditionTest]:
    """The tests of any other condition on the row alone, of which a boolean parameter decides whether it holds."""
    if query.type.kind is not Kind.BOOLEAN:
        return
    on, off = (_with(query, value, expression) for value in (True, False))
    for hit, held, miss, broken in (("true", on, "false", off), ("false", off, "true", on)):
        both = _scene([(held, True), (broken, False)], table, service)
        if both is not None:
            yield ConditionTest(
                literal(query.name), (), keywords(dict(both.arguments)), (), literal(hit), literal(miss)
            )
        elif (alone := _scene([(held, True)], table, service)) is not None:
            yield ConditionTest(literal(query.name), (), keywords(dict(alone.arguments)), (), literal(hit), None)


def _with(query: QueryParameter, value: bool, expression: Expression) -> Expression:
    """The condition where the parameter has a value."""
    if isinstance(expression, MemberOf) and expression.member.attribute == query.attribute:
        return Literal(value, Value(query.type), expression.span)
    return rebuilt(expression, lambda part: _with(query, value, part))


def _scene(conditions: list[tuple[Expression, bool]], table: Table, service: Service) -> Scene | None:
    """A row alone of which the conditions hold or not; None where that takes more."""
    scene = scene_of(conditions, table, row_word(table), service, signed_in=False)
    takes_more = scene is None or scene.first or scene.before or scene.after or scene.given
    return None if takes_more else scene


def _of_relation(query: QueryParameter, expression: Expression, table: Table, service: Service) -> ConditionTest | None:
    """The test of a condition on a row that belongs to the row."""
    match expression:
        case Quantified(
            quantifier=Quantifier.EXISTS, source=Related(row=Name(), relation=relation), condition=condition
        ):
            found = comparison(condition)
        case _:
            found = comparison(expression)
            related = found[1].row if found is not None else None
            if not isinstance(related, Related) or not isinstance(related.row, Name):
                return None
            relation = related.relation
    if found is None or not isinstance(found[1].row.gives, Row) or found[1].row.gives.table != relation.target:
        return None
    target = service.table(relation.target)
    column = target.column(found[1].column)
    if relation.target == table.name or column.nullable or column.name in target.referring:
        return None
    word, its = row_word(table), f"its_{row_word(target)}"
    before, row, after = [], "", []
    if relation.through is not None:
        after = [f"{its} = {made(target, shares(relation, word, service))}", links(relation, word, its, service)]
    elif relation.many:
        after = [f"{its} = {made(target, belongs(target, relation, word))}"]
    else:
        before = [f"{its} = {made(target, {})}"]
        row = keywords(refers(table, relation.pairs, its))
    return _compared(query, found[0], tuple(before), row, tuple(after), wire(column, its))


def _another_than_null(column: Column) -> str:
    return from_json(column.type, literal(samples.valid(column.type, column.attribute)))


def _miss(operator: Operator | Function, type_: Type) -> str | None:
    """A value that no row of a test compares so with, or for a strict comparison one that every row does."""
    if operator in (Operator.LESS_EQUAL, Operator.GREATER):
        return _LEAST.get(type_.kind)
    if operator in (Operator.GREATER_EQUAL, Operator.LESS):
        return _GREATEST.get(type_.kind)
    return unknown(type_) if not type_.enum and type_.kind is not Kind.BOOLEAN else None


_LEAST = {
    Kind.INTEGER: "-2147483648",
    Kind.NUMBER: "-987654",
    Kind.DECIMAL: "-987654",
    Kind.DATE: literal("1000-01-01"),
    Kind.DATETIME: literal("1000-01-01T00:00:00Z"),
}
_GREATEST = {
    Kind.INTEGER: "2147483647",
    Kind.NUMBER: "987654",
    Kind.DECIMAL: "987654",
    Kind.DATE: literal("9000-01-01"),
    Kind.DATETIME: literal("9000-01-01T00:00:00Z"),
}
