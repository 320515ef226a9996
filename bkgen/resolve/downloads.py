"""Endpoints whose answer is the file of a row, and not JSON."""

from __future__ import annotations

from bkgen.model.shapes import Content
from bkgen.resolve.routes import Route
from bkgen.resolve.scope import Scope
from bkgen.source import Node, Scalar, Span


def file_answer(route: Route, node: Node | None, status: int | None, span: Span, scope: Scope) -> Content | None:
    """The file that the path names; None where it cannot be the answer, which is reported."""
    table = scope.table_of(route)
    assert table is not None
    column = table.column(route.file)
    if column.private:
        message = f"column `{table.name}.{column.name}` is private: its files never leave the server"
        scope.diagnostics.add("BK514", span, message, "remove the endpoint, or what makes the column private")
        return None
    said = node.value if isinstance(node, Scalar) else ""
    if status not in (None, 200) or (node is not None and said != "file"):
        message = f"{route} answers with the file in `{table.name}.{column.name}`, and not with JSON"
        fix = f'write "response": {{"200": "file"}}; `GET` of the row shows `{column.name}` as name, type and size'
        scope.diagnostics.add("BK693", span, message, fix)
        return None
    return Content(table.name, column.name, column.type)
