"""Views of the generated tests of what only lists have, but for their conditions: orders, searches and cursors."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from bkgen.model.endpoints import Condition, Endpoint, Filter, Paging, QueryParameter, Search, Sort
from bkgen.model.expressions import (
    Name,
)
from bkgen.model.service import Service
from bkgen.model.shapes import Fact
from bkgen.model.tables import Column, Table
from bkgen.model.types import Kind, Type
from bkgen.render import samples
from bkgen.render.columns import from_json
from bkgen.render.condition_tests import SAME, ConditionTest, comparison, condition_tests
from bkgen.render.literals import literal
from bkgen.render.test_values import most_rows, stands_alone

_NEEDLE, _LIKE_IT = "Alpha 50%_off", "Alpha 50xyoff"
_WALKED = 4


@dataclass(frozen=True, slots=True)
class OrderTest:
    """An order by one column.

    Attributes:
        column: its attribute; `values`: three of its values, ascending.
        ascending, descending: what asks for it, as an item of a dictionary; empty where nothing has to, None where
            nothing can.
    """

    column: str
    values: tuple[str, ...]
    ascending: str | None
    descending: str | None


@dataclass(frozen=True, slots=True)
class SearchTest:
    """A search; `column` is the attribute of a column that it searches."""

    name: str
    column: str
    needle: str
    like_it: str


@dataclass(frozen=True, slots=True)
class CursorTest:
    """A walk over all pages.

    Attributes:
        orders: queries, each with an order of its own.
        next: where the cursor is in an answer.
        nulls: the values of a row that has none where it need not, as a dictionary.
        made: how many rows there are at first.
    """

    name: str
    orders: tuple[str, ...]
    next: str
    nulls: str
    made: int


@dataclass(frozen=True, slots=True)
class ListTests:
    """What is tested of a list beyond its rows and pages.

    Attributes:
        shown: keyword arguments of rows that it shows where a call says `required` and nothing else; None where these
            tests do not know any.
        required: (parameter, value) of what has to be in each call.
    """

    shown: str | None
    required: tuple[tuple[str, str], ...]
    conditions: tuple[ConditionTest, ...] = ()
    orders: tuple[OrderTest, ...] = ()
    searches: tuple[SearchTest, ...] = ()
    cursor: CursorTest | None = None


def without(tests: ListTests, given: Collection[str]) -> ListTests:
    """The tests but for those that need other values of the attributes that all rows are `given`."""
    named = re.compile(rf"\b({'|'.join(map(re.escape, given))})=") if given else None
    if named is None:
        return tests
    return replace(
        tests,
        shown=None if tests.shown is not None and named.search(tests.shown) else tests.shown,
        conditions=tuple(one for one in tests.conditions if not named.search(one.row)),
        orders=tuple(one for one in tests.orders if one.column not in given),
        searches=tuple(one for one in tests.searches if one.column not in given),
        cursor=replace(tests.cursor, nulls="{}") if tests.cursor is not None else None,
    )


def list_tests(endpoint: Endpoint, table: Table, service: Service, next_at: str, key: bool) -> ListTests:
    """`next_at` is where the answer has its cursor, and `key` whether it has the key of its rows."""
    required = tuple((literal(query.name), valid_value(query)) for query in endpoint.query if query.required)
    shown = _shown(endpoint, table)
    if shown is None or not key:
        return ListTests(None if shown is None else ", ".join(shown), required)
    rows = most_rows(table, service)
    fixed = {name.partition("=")[0] for name in shown}
    above = {name for parent in endpoint.parents[-1:] if endpoint.link is None for name in parent.child_columns}
    free = [column for column in table.columns if column.attribute not in fixed and column.name not in above]
    return ListTests(
        shown=", ".join(shown),
        required=required,
        conditions=tuple(condition_tests(endpoint, table, service, fixed)),
        orders=tuple(_orders(endpoint, table, free)) if rows >= 3 else (),
        searches=tuple(_searches(endpoint, free, table)) if rows >= 2 else (),
        cursor=_cursor(endpoint, free, next_at, int(min(_WALKED, rows - 1))) if rows >= 3 else None,
    )


def valid_value(query: QueryParameter) -> str:
    """A value that a query parameter takes, as a client sends it."""
    return literal(str(samples.valid(query.type, query.attribute)))


def bad_values(query: QueryParameter) -> Iterator[str | list[str]]:
    """Values that a query parameter refuses: one that it takes, where it is sent twice, among them."""
    if not query.many and query.fact is not Fact.CURSOR:
        yield [str(samples.valid(query.type, query.attribute))] * 2
    match query.use:
        case Sort(keys=keys):
            first = next(iter(keys))
            yield from ("no_such_key", f"{first},{first}", f"{first},", f"--{first}")
            return
        case Paging(fact=Fact.CURSOR):
            yield from ("no cursor!", "AAAA", "W10", "W1tdLFtdXQ", "W1sieCJdLFsxXV0")
            return
        case Search():
            yield "x" * ((query.type.max_length or 0) + 1)
    if query.type.enum:
        yield "no-such-value"
    elif (word := samples.impossible(query.type)) is not None:
        yield str(word)
    if query.fact is not None and query.type.minimum is not None:
        yield str(int(query.type.minimum) - 1)
    if query.fact is not None and query.type.maximum is not None:
        yield str(int(query.type.maximum) + 1)


def _shown(endpoint: Endpoint, table: Table) -> list[str] | None:
    """Keyword arguments of rows that are listed without a word in the query beyond what has to be there."""
    if endpoint.where is not None:
        return None
    found = {}
    for query in endpoint.query:
        if query.optional or isinstance(query.use, Paging | Sort) or (query.many and query.default is None):
            continue
        column = _compared(query, table)
        if column is None or column.name in table.referring or stands_alone(column, table):
            return None
        default = query.default[0] if isinstance(query.default, tuple) else query.default
        value = samples.valid(query.type, query.attribute) if default is None else default
        found[column.attribute] = f"{column.attribute}={from_json(column.type, literal(value))}"
    return list(found.values())


def _compared(query: QueryParameter, table: Table) -> Column | None:
    """The column of the row that may be just what the parameter says."""
    match query.use:
        case Filter(column=name):
            return table.column(name)
        case Condition(where=where):
            found = comparison(where.expression)
            is_own = found is not None and found[0] in SAME and isinstance(found[1].row, Name)
            return table.column(found[1].column) if found is not None and is_own else None
        case _:
            return None


def _orders(endpoint: Endpoint, table: Table, free: list[Column]) -> Iterator[OrderTest]:
    for query in endpoint.query:
        for name, column in query.use.keys.items() if isinstance(query.use, Sort) else ():
            found = table.column(column)
            if found in free and (values := three_values(found, table)):
                queries = (f"{literal(query.name)}: {literal(minus + name)}" for minus in ("", "-"))
                yield OrderTest(found.attribute, values, *queries)
    chosen = any(isinstance(query.use, Sort) and query.default for query in endpoint.query)
    for key in endpoint.sort[:1] if not chosen else ():
        found = table.column(key.column)
        if found in free and (values := three_values(found, table)):
            yield OrderTest(found.attribute, values, *((None, "") if key.descending else ("", None)))


def three_values(column: Column, table: Table) -> tuple[str, ...]:
    """Three values of a column, ascending in every database; none where these tests know no such."""
    type_ = column.type
    if column.name in table.referring or type_.enum or type_.pattern is not None:
        return ()
    match type_.kind:
        case Kind.INTEGER | Kind.NUMBER | Kind.DECIMAL:
            values = sorted(samples.few(type_) or ("1", "2", "10"), key=lambda value: float(str(value)))
            return tuple(
                from_json(type_, literal(value) if samples.few(type_) else _number(type_, value))
                for value in values[:3]
            )
        case Kind.STRING if (type_.max_length or 1) >= (type_.min_length or 1):
            return tuple(literal(letter * (type_.min_length or 1)) for letter in "abc")
        case Kind.DATE:
            return tuple(f"date(2026, 1, {day})" for day in (1, 2, 3))
        case Kind.DATETIME:
            zone = "" if type_.timezone else ".replace(tzinfo=None)"
            return tuple(f"(utc_now() + timedelta(days={days})){zone}" for days in (1, 2, 3))
        case Kind.UUID:
            return tuple(f"UUID(int={number})" for number in (1, 2, 3))
        case _:
            return ()


def _number(type_: Type, digits: object) -> str:
    return literal(str(digits)) if type_.kind is Kind.DECIMAL else str(digits)


def _searches(endpoint: Endpoint, free: list[Column], table: Table) -> Iterator[SearchTest]:
    for query in endpoint.query:
        if not isinstance(query.use, Search) or (query.type.max_length or 0) < len(_NEEDLE) or query.type.pattern:
            continue
        for name in query.use.columns:
            column = table.column(name)
            fits = (column.type.max_length or 1000) >= len(_NEEDLE) >= (column.type.min_length or 0)
            if column in free and column.type.kind is Kind.STRING and column.type.pattern is None and fits:
                yield SearchTest(literal(query.name), column.attribute, literal(_NEEDLE), literal(_LIKE_IT))
                break


def _cursor(endpoint: Endpoint, free: list[Column], next_at: str, made: int) -> CursorTest | None:
    cursor = next((query for query in endpoint.query if query.fact is Fact.CURSOR), None)
    if cursor is None:
        return None
    orders = ["{}"]
    for query in endpoint.query:
        for name in query.use.keys if isinstance(query.use, Sort) else ():
            orders += [f"{{{literal(query.name)}: {literal(minus + name)}}}" for minus in ("", "-")]
    nulls = literal({column.attribute: None for column in free if column.nullable})
    return CursorTest(literal(cursor.name), tuple(orders), next_at, nulls, made)
