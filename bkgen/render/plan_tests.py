"""Views of `tests/test_plans.py`: which statements find their rows by an index, of all that the contract asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bkgen.model.actions import Delete, Load, Update, every
from bkgen.model.endpoints import STEP_OPERATIONS, Condition, Endpoint, Filter, Operation, QueryParameter, Sort
from bkgen.model.expressions import (
    Binary,
    Expression,
    Literal,
    MemberOf,
    Operator,
    Quantified,
    Quantifier,
    Related,
    Row,
)
from bkgen.model.service import Service
from bkgen.model.shapes import Fact, FactValue, Object, groups_in
from bkgen.model.tables import Table
from bkgen.render.arguments import takes_account
from bkgen.render.columns import column_code
from bkgen.render.literals import literal
from bkgen.render.routes import default_value
from bkgen.render.versions import asks_version
from bkgen.resolve.expressions.parts import conjuncts, operands_of, walk
from bkgen.resolve.indexes import is_indexable, said_of
from bkgen.resolve.indexes.conditions import column_of, related_column
from bkgen.resolve.list_order import chosen_keys, last_keys
from bkgen.resolve.vocabulary import ROW, mentions

_BY_KEY = frozenset({Operation.READ, Operation.DELETE})
_UPPER = frozenset({Operator.GREATER, Operator.GREATER_EQUAL})
_LOWER = frozenset({Operator.LESS, Operator.LESS_EQUAL})


@dataclass(frozen=True, slots=True)
class PlanTest:
    """A test that one way to ask an endpoint reads no table.

    Attributes:
        name: of the endpoint's function, in `package`.
        suffix: what the test is called behind that.
        arguments: behind the connection.
        account: whether the first one of them is who asks.
        pages: whether nothing narrows the rows, so that only the pages are looked at.
        before: the arguments for the page before; empty where the list begins at its beginning.
    """

    name: str
    package: str
    suffix: str
    arguments: tuple[str, ...]
    account: bool
    pages: bool
    before: tuple[str, ...] = ()


def plan_tests(service: Service) -> list[PlanTest]:
    """Of each endpoint that finds rows by columns and takes no body.

    Left out is what no index can serve (`BK960`, `BK970`): words within texts, conditions on what other rows have,
    reports over whole tables.
    """
    return [test for endpoint in service.endpoints for test in _of_endpoint(endpoint, service)]


def _of_endpoint(endpoint: Endpoint, service: Service) -> Iterator[PlanTest]:
    takes_more = asks_version(endpoint) or endpoint.download is not None
    if endpoint.table is None or endpoint.body is not None or takes_more or endpoint.handler is not None:
        return
    table = service.table(endpoint.table)
    finds = any(isinstance(step, Load | Update | Delete) for step in every(endpoint.steps))
    if endpoint.operation in _BY_KEY or (endpoint.operation in STEP_OPERATIONS and finds):
        if not any(query.required for query in endpoint.query):
            yield _test(endpoint, service, "", {}, pages=False)
    elif endpoint.operation is Operation.LIST:
        yield from _of_list(endpoint, table, service)


def _of_list(endpoint: Endpoint, table: Table, service: Service) -> Iterator[PlanTest]:
    always = [one.expression for one in (endpoint.where, endpoint.visible) if one is not None]
    if not all(_is_served(part, table) for one in always for part in conjuncts(one)):
        return
    values: dict[str, str] = {}
    for query in endpoint.query:
        if query.required:
            value = _selective(query, table, service)
            if value is None:
                return
            values[query.attribute] = value
    said = said_of(ROW, table, always)
    is_narrow = bool(said.equal or said.maybe or endpoint.parents or values)
    is_narrow = is_narrow or any(isinstance(part, Quantified) for one in always for part in conjuncts(one))
    if groups_in(endpoint.success.body) is not None:
        if is_narrow:
            yield _test(endpoint, service, "", values, pages=False)
        return
    first = _test(endpoint, service, "", values, pages=not is_narrow)
    yield first
    if not is_narrow and (behind := _behind(endpoint, table, service, first)) is not None:
        yield behind
    for query in endpoint.query:
        if isinstance(query.use, Sort):
            for name, column in query.use.keys.items():
                if is_indexable(table.column(column)):
                    for order in (name, f"-{name}"):
                        chosen = {**values, query.attribute: f"[{literal(order)}]"}
                        suffix = f"_by_{table.column(column).attribute}{'_descending' if order != name else ''}"
                        yield _test(endpoint, service, suffix, chosen, pages=not is_narrow)
        elif query.optional and (value := _selective(query, table, service)) is not None:
            yield _test(endpoint, service, f"_with_{query.attribute}", {**values, query.attribute: value}, pages=False)


def _test(endpoint: Endpoint, service: Service, suffix: str, values: Mapping[str, str], *, pages: bool) -> PlanTest:
    path = [f"large.rarest({column_code(service.table(one.table), one.column)})" for one in endpoint.path_parameters]
    query = [values.get(one.attribute) or default_value(one) for one in endpoint.query]
    account = takes_account(endpoint)
    arguments = ((["account"] if account else []) + path) + query
    return PlanTest(endpoint.name, endpoint.package, suffix, tuple(arguments), account, pages)


def _behind(endpoint: Endpoint, table: Table, service: Service, first: PlanTest) -> PlanTest | None:
    """The page behind the first one, by its cursor; None where that is no range of an index, or there is none."""
    cursor = next((query for query in endpoint.query if query.fact is Fact.CURSOR), None)
    body = endpoint.success.body
    fields = body.fields if isinstance(body, Object) else ()
    is_next = (field for field in fields if isinstance(field.shape, FactValue) and field.shape.fact is Fact.NEXT)
    found = next(is_next, None)
    key = [*chosen_keys(endpoint), *last_keys(endpoint, table)][0]
    if cursor is None or found is None or (table.column(key.column).nullable and not key.descending):
        return None
    behind = _test(endpoint, service, "_behind_a_page", {cursor.attribute: f"page.{found.attribute}"}, pages=True)
    return replace(behind, before=first.arguments)


def _is_served(part: Expression, table: Table) -> bool:
    """Whether a condition, which always holds, is one that rows are found by, or does not speak of them."""
    if not mentions(part, ROW) or isinstance(part, Quantified | Literal):
        return True
    if isinstance(part, Binary) and part.operator is Operator.OR:
        about = [one for one in operands_of(Operator.OR, part) if mentions(one, ROW)]
        return len(about) == 1 and bool(said_of(ROW, table, about).equal)
    said = said_of(ROW, table, [part])
    return bool(said.equal or said.kept)


def _selective(query: QueryParameter, table: Table, service: Service) -> str | None:
    """A value that few rows have; None where no index finds them."""
    match query.use:
        case Filter(column=name) if is_indexable(table.column(name)):
            value = f"large.rarest({column_code(table, name)})"
        case Condition(where=where):
            found = [_compared(part, ROW, query, table, service) for part in conjuncts(where.expression)]
            if len(found) != 1 or found[0] is None:
                return None
            value = found[0]
        case _:
            return None
    return f"[{value}]" if query.many else value


def _compared(part: Expression, variable: str, query: QueryParameter, table: Table, service: Service) -> str | None:
    """A value for which few rows fulfil a comparison of a column with what the query says."""
    far = related_column(part, variable)
    if far is not None and isinstance(far.row.gives, Row) and _asks(part, query):
        there = service.table(far.row.gives.table)
        return f"large.rarest({column_code(there, far.column)})" if is_indexable(there.column(far.column)) else None
    match part:
        case Quantified(quantifier=Quantifier.EXISTS, source=Related(relation=relation), variable=inner, condition=one):
            return _compared(one, inner, query, service.table(relation.target), service)
        case Binary():
            pass
        case _:
            return None
    for one, other, turned in ((part.left, part.right, False), (part.right, part.left, True)):
        name = column_of(one, variable)
        if name is None or not is_indexable(table.column(name)):
            continue
        if not _asks(other, query):
            continue
        column = column_code(table, name)
        if part.operator is Operator.EQUAL or (part.operator is Operator.IN and not turned):
            return f"large.rarest({column})"
        if part.operator in (_LOWER if turned else _UPPER):
            return f"large.most({column})"
        if part.operator in (_UPPER if turned else _LOWER):
            return f"large.least({column})"
    return None


def _asks(part: Expression, query: QueryParameter) -> bool:
    """Whether a part of a condition is about what the query parameter says."""
    return any(isinstance(one, MemberOf) and one.member.attribute == query.attribute for one in walk(part))
