"""The patterns of all that a service asks its database for, endpoint by endpoint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bkgen.model.actions import Delete, Load, Terms, Update, every
from bkgen.model.endpoints import Condition, Endpoint, Filter, Operation, Sort
from bkgen.model.expressions import Expression
from bkgen.model.service import Service
from bkgen.model.shapes import SortKey, groups_in
from bkgen.model.tables import ColumnTest, Table
from bkgen.resolve.indexes.conditions import Said, reached_in, said_of
from bkgen.resolve.indexes.pattern import Pattern, is_few, is_one_row, narrowed, one_way
from bkgen.resolve.list_order import chosen_keys, last_keys, order_keys
from bkgen.resolve.vocabulary import ROW, entry_expressions, expressions_of


def patterns_of(service: Service) -> list[Pattern]:
    """What the declared endpoints find rows by; what nothing narrows or orders is no pattern."""
    found = [pattern for endpoint in service.endpoints for pattern in endpoint_patterns(endpoint, service)]
    return [pattern for pattern in found if pattern.equal or pattern.order]


def endpoint_patterns(endpoint: Endpoint, service: Service) -> Iterator[Pattern]:
    """What one endpoint finds rows by, as it is written, and then without what makes no difference."""
    for pattern in _of_endpoint(endpoint, service):
        yield narrowed(pattern, service.table(pattern.table))


def _of_endpoint(endpoint: Endpoint, service: Service) -> Iterator[Pattern]:
    called = f"{endpoint.method} {endpoint.path}"
    if endpoint.operation in (Operation.LIST, Operation.CLEAR) and endpoint.table is not None:
        yield from _of_list(endpoint, service.table(endpoint.table), service, called)
    for step in every(endpoint.steps):
        if isinstance(step, Load | Update | Delete) and not step.which.named:
            table = service.table(step.table)
            conditions = [step.which.condition.expression, *_terms(step.terms)]
            keys = order_keys(table, step.which.first) if step.which.first else ()
            yield from _found_by(table, said_of(ROW, table, conditions), called, keys)
    for expression in (*expressions_of(endpoint), *entry_expressions(endpoint)):
        for reached in reached_in(expression):
            table = service.table(reached.table)
            said = [said_of(variable, table, [condition]) for variable, condition in reached.conditions]
            # The value first: a database may begin with it, and go over to the rows that refer to it.
            equal = (*(name for one in said for name in one.equal), *reached.equal)
            yield Pattern(table.name, equal, (), (), called)


def _terms(terms: Terms) -> Iterator[Expression]:
    yield from (one.expression for one in (terms.visible, *terms.restricting) if one is not None)


def _of_list(endpoint: Endpoint, table: Table, service: Service, called: str) -> Iterator[Pattern]:
    if endpoint.link is not None:
        above = service.table(endpoint.link.table)
        yield Pattern(above.name, endpoint.parents[-1].child_columns, (), (), called)
        return  # the link leads to few rows, and to each by its key
    said = said_of(ROW, table, _always(endpoint))
    said.equal += endpoint.parents[-1].child_columns if endpoint.parents else ()
    by_filter: list[tuple[str, Said]] = []
    for query in endpoint.query:
        match query.use:
            case Filter(column=name):
                one = Said(equal=[name])
            case Condition(where=where):
                one = said_of(ROW, table, [where.expression])
            case _:
                continue
        if query.optional:
            by_filter.append((f"{called} with ?{query.name}", one))
        else:
            said.equal += one.equal
            said.ranges += one.ranges
    is_page = endpoint.operation is Operation.LIST and groups_in(endpoint.success.body) is None
    orders = list(_orders(endpoint, table, called)) if is_page else [(called, [])]
    for used, keys in orders:
        yield from _found_by(table, said, used, keys)
        said = replace(said, maybe=[], ranges=[])  # once is enough
    for used, one in by_filter:
        if said.equal:  # there are few rows of one value among those
            one = Said([name for name in one.equal if not is_few(table.column(name))], [], one.ranges)
        if one.equal or one.ranges or one.kept:
            both = Said([*said.equal, *one.equal], [], one.ranges, [*said.kept, *one.kept])
            by_range = not (one.equal or one.kept)
            yield from _found_by(table, both, used, orders[0][1], by_range=by_range)


def _always(endpoint: Endpoint) -> Iterator[Expression]:
    """What holds of all rows of a list."""
    grouping = shape.grouping if (shape := groups_in(endpoint.success.body)) is not None else None
    conditions = (endpoint.where, endpoint.visible, grouping.where if grouping is not None else None)
    yield from (one.expression for one in conditions if one is not None)
    if endpoint.operation is Operation.CLEAR and endpoint.allowed is not None:
        yield endpoint.allowed.expression


def _orders(endpoint: Endpoint, table: Table, called: str) -> Iterator[tuple[str, list[SortKey]]]:
    """The orders of a list: the one where clients choose none, and each that they can choose."""
    last = last_keys(endpoint, table)
    yield called, [*chosen_keys(endpoint), *last]
    for query in endpoint.query:
        if isinstance(query.use, Sort):
            for name, column in query.use.keys.items():
                yield f"{called} with ?{query.name}={name}", [SortKey(column, last[0].descending), *last]


def _found_by(
    table: Table, said: Said, use: str, keys: Sequence[SortKey] = (), *, by_range: bool = False
) -> Iterator[Pattern]:
    """The patterns of a statement: of those who see all rows, of those who see a few, and of each range.

    `by_range` is whether a range is all that it says beyond another statement.
    """
    kept = tuple(said.kept)
    if not keys and not said.equal:  # all rows of one state
        said = replace(said, equal=[one.column for one in kept if one.test is ColumnTest.EQUAL])
    several = [said.equal, [*said.equal, *said.maybe]] if said.maybe else [said.equal]
    for equal in map(tuple, several) if not by_range else ():
        yield Pattern(table.name, equal, one_way(list(keys), table, equal), kept, use)
    for name in dict.fromkeys(said.ranges):
        if not is_one_row(table, tuple(said.equal)):
            yield Pattern(table.name, tuple(said.equal), (name,), kept, use)


def uses_of(patterns: Iterable[Pattern]) -> tuple[str, ...]:
    """Whose patterns they are, each once."""
    return tuple(dict.fromkeys(pattern.use for pattern in patterns))
