"""Who may write single columns, in the functions that write rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bkgen.model.endpoints import Endpoint, Operation
from bkgen.model.service import Service
from bkgen.model.shapes import ColumnValue
from bkgen.model.tables import Column, Table
from bkgen.render.columns import column_code
from bkgen.render.literals import literal
from bkgen.render.policies import may_stay, seen_call, sight_call, write_call


@dataclass(frozen=True, slots=True)
class WritableView:
    """A condition on the rows in which a column may be written.

    Attributes:
        given: the test that it is sent; empty where it always is.
        condition: of a new row, that it may be written; of another, that it may or stays as it is.
    """

    given: str
    condition: str


def writable_columns(endpoint: Endpoint, table: Table, service: Service) -> Iterator[WritableView]:
    """What policies say of the columns that the body writes."""
    for field in endpoint.body.fields if endpoint.body is not None else ():
        if not isinstance(field.shape, ColumnValue) or (rule := endpoint.writable.get(field.shape.column)) is None:
            continue
        column = table.column(field.shape.column)
        condition = write_call(table, column.name, rule, service)
        if endpoint.operation is not Operation.CREATE and (same := _unchanged(endpoint, column, table, service)):
            condition = f"or_({same}, {condition})"
        may_lack = not field.required and endpoint.operation is not Operation.REPLACE
        yield WritableView(f"body.{field.attribute} is not MISSING" if may_lack else "", condition)


def _unchanged(endpoint: Endpoint, column: Column, table: Table, service: Service) -> str:
    """The condition that a row has what is sent for a column already; empty where that is not asked.

    It is asked of what the caller sees: else it would tell what is hidden. Null can be the value, or stand for one that
    is hidden; where it can be the value, it is asked whether that is shown.
    """
    policies = service.policies[table.name]
    if not may_stay(column, endpoint.writable[column.name], policies):
        return ""
    sent = f"{'values' if endpoint.operation is Operation.REPLACE else 'changes'}[{literal(column.attribute)}]"
    own = column_code(table, column.name)
    sight = policies.visible.get(column.name)
    if sight is None:
        return f"{own}.is_not_distinct_from({sent})"
    if column.nullable:
        return f"and_({seen_call(table, column.name, sight.expression, service)}, {own}.is_not_distinct_from({sent}))"
    return f"{sight_call(table, column.name, sight.expression, service)} == {sent}"
