"""Where a document has what statements name: a column beside it, a field, or a value within one."""

from typing import Any

from sqlalchemy import BinaryExpression, Column, Label, Table
from sqlalchemy.sql.elements import AsBoolean, ColumnClause, Grouping, WrapsColumnExpression
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.visitors import ExternallyTraversible, iterate

from app.expressions import as_number
from app.models import Base
from app.models.json_documents import JsonDocument, as_uuid
from app.mongodb.values import escaped

KEY = "_id"
DOCUMENT = "document"

COLLECTIONS = {
    table.name: table
    for table in Base.metadata.tables.values()
    if any(isinstance(column.type, JsonDocument) for column in table.columns)
}


def collections_in(statement: ExternallyTraversible) -> set[str]:
    """The collections that a statement, or a part of one, names."""
    tables = [one if isinstance(one, Table) else _table(one) for one in iterate(statement)]
    return {table.name for table in tables if table is not None} & COLLECTIONS.keys()


def _table(element: object) -> Table | None:
    table = element.table if isinstance(element, Column) else None
    return table if isinstance(table, Table) else None


def path_of(element: Any) -> str | None:
    """The path of a value in documents, with dots between its steps; None where it is something else."""
    steps = _steps(element)
    return None if not steps else ".".join(steps)


def own_path(column: Column[Any]) -> str:
    """The field that a column beside the document is."""
    return KEY if column.primary_key else escaped(column.name)


def _steps(element: Any) -> list[str] | None:
    match element:
        case Column():
            if element.table is None or element.table.name not in COLLECTIONS:
                return None
            return [] if element.name == DOCUMENT else [own_path(element)]
        case Label() | Grouping():
            return _steps(element.element)
        case WrapsColumnExpression() if not isinstance(element, AsBoolean):
            return _steps(element.wrapped_column_expression)
        case FunctionElement() if isinstance(element, as_uuid | as_number):
            return _steps(next(iter(element.clauses)))
        case BinaryExpression(left=left, right=ColumnClause(is_literal=True) as step):
            before = _steps(left)
            return None if before is None else [*before, escaped(step.name[1:-1])]
    return None
