"""How endpoints find rows: by the indexes that bkgen derives for them, or by reading the table.

What a path names has an index always, as references have: a path leads to one row, by a key or unique rule (`BK407`).
"""

from __future__ import annotations

from collections.abc import Iterator

from bkgen.lint.declared import declared_tables, how_long
from bkgen.model.endpoints import Condition, Endpoint, Filter, Operation, QueryParameter, Search, Sort
from bkgen.model.expressions import Expression
from bkgen.model.service import Service
from bkgen.model.shapes import groups_in
from bkgen.model.tables import Column, Index, Table
from bkgen.model.types import Kind
from bkgen.resolve.expressions.parts import conjuncts
from bkgen.resolve.indexes import is_few, is_found, is_indexable, said_of
from bkgen.resolve.risks.risk import Risk, called
from bkgen.resolve.vocabulary import ACTOR, ROW, mentions


def rows_found_without_index(service: Service) -> Iterator[Risk]:
    """`BK960`, told once of a column that no index can have."""
    told: set[tuple[str, str]] = set()
    for endpoint, table in _wide_lists(service):
        for query, column, how in _asked(endpoint, table):
            if is_indexable(column) or (table.name, column.name) in told or column.added:
                continue
            told.add((table.name, column.name))
            message = f"{called(endpoint)} {how} `{column.name}` (`?{query.name}=`), which no index can have"
            yield Risk("BK960", column.span, message, how_long(table, 255), (table.span, endpoint.span), endpoint.name)


def conditions_without_index(service: Service) -> Iterator[Risk]:
    """`BK970`, told of each parameter."""
    for endpoint, table in _wide_lists(service):
        for query in endpoint.query if groups_in(endpoint.success.body) is None else ():
            match query.use:
                case Search(columns=columns):
                    why = f"looks for words within {_in_words(columns)} of `{table.name}`"
                case Condition(where=where) if not _finds(query, where.expression, table, service):
                    why = f"asks `{where.text}` of every row of `{table.name}`"
                case _:
                    continue
            message = f"`?{query.name}=` of {called(endpoint)} {why}: no index serves that"
            fix = "let another condition narrow the rows, or write an index of your own in a migration"
            yield Risk("BK970", query.span, message, fix, (endpoint.span,), endpoint.name)


def _wide_lists(service: Service) -> Iterator[tuple[Endpoint, Table]]:
    """The lists of declared tables of which nothing has narrowed the rows."""
    for endpoint in service.endpoints:
        if endpoint.operation is Operation.LIST and endpoint.table is not None and not _is_narrow(endpoint):
            table = service.table(endpoint.table)
            if table.added is None:
                yield endpoint, table


def _is_narrow(endpoint: Endpoint) -> bool:
    """Whether something else has narrowed the rows: those below one row, or of who asks."""
    conditions = (one for one in (endpoint.where, endpoint.visible) if one is not None)
    return bool(endpoint.parents) or any(mentions(one.expression, ACTOR) for one in conditions)


def _asked(endpoint: Endpoint, table: Table) -> Iterator[tuple[QueryParameter, Column, str]]:
    """The columns that rows are found or ordered by, and how."""
    for query in endpoint.query:
        match query.use:
            case Filter(column=name):
                yield query, table.column(name), f"finds rows of `{table.name}` by"
            case Condition(where=where):
                said = said_of(ROW, table, [where.expression])
                for name in (*said.equal, *said.ranges):
                    yield query, table.column(name), f"finds rows of `{table.name}` by"
            case Sort(keys=keys):
                for name in keys.values():
                    yield query, table.column(name), f"orders rows of `{table.name}` by"


def _finds(query: QueryParameter, condition: Expression, table: Table, service: Service) -> bool:
    """Whether an index finds the rows of a condition, or it has so few values that none would help."""
    if query.type.kind is Kind.BOOLEAN:
        return True
    parts = conjuncts(condition)
    said = said_of(ROW, table, parts)
    is_state = any(is_few(table.column(one.column)) for one in said.kept)
    return is_state or any(is_found(part, ROW, table, service.by_name) for part in parts)


def covered_indexes(service: Service) -> Iterator[Risk]:
    """`BK969` of indexes that the documents declare: those that bkgen adds are none of another."""
    for table in declared_tables(service):
        rules = table.unique_rules
        others = [*rules, *(index.columns for index in table.indexes if not index.where)]
        alone = [Index((column.name,), False, column.span) for column in table.columns if column.index]
        plain = [index for index in table.indexes if not index.unique and not index.where]
        for index in plain:
            if index.columns in rules:
                message = f"the index of {_in_words(index.columns)} is there already: a rule over these columns is one"
                yield Risk("BK969", index.span, message, "remove it", (table.span,))
        for index in (*alone, *plain):
            columns = index.columns
            longer = next((one for one in others if one != columns and one[: len(columns)] == columns), None)
            if longer is not None:
                message = f"the index of {_in_words(columns)} is the beginning of that of {_in_words(longer)}"
                yield Risk("BK969", index.span, message, "remove it", (table.span,))


def _in_words(columns: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in columns)
