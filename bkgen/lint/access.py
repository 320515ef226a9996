"""How endpoints find rows: by columns that an index begins with, or by reading the table.

What a path names has an index always, as references have: a path leads to one row, by a key or unique rule (`BK407`).
"""

from __future__ import annotations

from collections.abc import Iterator

from bkgen.lint.declared import declared_tables, is_few
from bkgen.model.endpoints import Condition, Endpoint, Filter, Operation
from bkgen.model.expressions import Binary, ColumnOf, Name, Operator
from bkgen.model.service import Service
from bkgen.model.tables import Column, Table
from bkgen.resolve.expressions.parts import walk
from bkgen.resolve.risks.risk import Risk, called
from bkgen.resolve.vocabulary import ACTOR, QUERY, ROW, mentions

_FOUND_BY = (Operator.EQUAL, Operator.LESS, Operator.LESS_EQUAL, Operator.GREATER, Operator.GREATER_EQUAL, Operator.IN)


def rows_found_without_index(service: Service) -> Iterator[Risk]:
    """`BK960`, told once of a column."""
    told: set[tuple[str, str]] = set()
    for endpoint in service.endpoints:
        for table, column, how in _sought(endpoint, service):
            if (table.name, column.name) in told or table.added or column.added or _is_indexed(table, column):
                continue
            told.add((table.name, column.name))
            message = f"{called(endpoint)} finds rows of `{table.name}` by {how}, and no index begins with it"
            fix = 'add "index": true, or "unique": true where no two rows share it'
            yield Risk("BK960", column.span, message, fix, (table.span, endpoint.span), endpoint.name)


def _sought(endpoint: Endpoint, service: Service) -> Iterator[tuple[Table, Column, str]]:
    """The columns that rows are found by, each with its table, and how."""
    if endpoint.operation is not Operation.LIST or endpoint.table is None or _is_narrow(endpoint):
        return
    table = service.table(endpoint.table)
    for query in endpoint.query:
        asked: set[str] = set()
        match query.use:
            case Filter(column=name):
                asked = {name}
            case Condition(where=where):
                asked = {name for part in walk(where.expression) for name in _compared(part)}
        for column in table.columns:
            if column.name in asked and not is_few(column):
                yield table, column, f"`{column.name}` (`?{query.name}=`)"


def _is_narrow(endpoint: Endpoint) -> bool:
    """Whether something else has narrowed the rows: those below one row, or of who asks."""
    conditions = (one for one in (endpoint.where, endpoint.visible) if one is not None)
    return bool(endpoint.parents) or any(mentions(one.expression, ACTOR) for one in conditions)


def _compared(part: object) -> Iterator[str]:
    """The column of the row that is compared with what the query says."""
    if isinstance(part, Binary) and part.operator in _FOUND_BY:
        for side, other in ((part.left, part.right), (part.right, part.left)):
            if isinstance(side, ColumnOf) and isinstance(side.row, Name) and side.row.name == ROW:
                yield from (side.column,) if mentions(other, QUERY) else ()


def covered_indexes(service: Service) -> Iterator[Risk]:
    """`BK969` of indexes that the documents declare; references have theirs anyway."""
    for table in declared_tables(service):
        others = [*table.unique_rules, *(index.columns for index in table.indexes)]
        alone = [((column.name,), column.span) for column in table.columns if column.index and not column.reference]
        joint = {reference.columns for reference in table.joint}
        plain = [(one.columns, one.span) for one in table.indexes if not one.unique and one.columns not in joint]
        for columns, span in (*alone, *plain):
            longer = next((one for one in others if one != columns and one[: len(columns)] == columns), None)
            if longer is not None:
                message = f"the index of {_in_words(columns)} is the beginning of that of {_in_words(longer)}"
                yield Risk("BK969", span, message, "remove it", (table.span,))


def _in_words(columns: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in columns)


def _is_indexed(table: Table, column: Column) -> bool:
    """Whether an index, a key or a unique rule begins with it."""
    begun = {columns[0] for columns in (*table.unique_rules, *(index.columns for index in table.indexes)) if columns}
    return column.index or column.name in begun
