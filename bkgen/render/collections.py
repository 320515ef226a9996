"""What statements write of collections: documents, where those of tables write values of columns."""

from __future__ import annotations

from bkgen.model.endpoints import Endpoint, Operation
from bkgen.model.tables import Table


def to_write(values: str, endpoint: Endpoint, table: Table, asked: bool) -> str:
    """The expression of what an insert or a replacement writes; `asked` says that conditions look at values before."""
    return values if asked and endpoint.operation is Operation.REPLACE else as_document(values, endpoint, table)


def as_document(values: str, endpoint: Endpoint, table: Table) -> str:
    """What is written where `values` of columns are given: of a collection, its document."""
    if not table.is_collection:
        return values
    return f"{'new' if endpoint.operation is Operation.CREATE else 'changed'}_document({table.class_name}, {values})"
