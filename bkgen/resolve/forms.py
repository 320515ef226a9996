"""Bodies with files: they are forms (`multipart/form-data`), which have no objects and no lists."""

from __future__ import annotations

from bkgen.diagnostics import Diagnostics
from bkgen.model.endpoints import CRUD
from bkgen.model.shapes import ColumnValue, Field, files_in
from bkgen.model.types import Kind
from bkgen.resolve.idempotency import idempotency_of
from bkgen.resolve.routes import Route
from bkgen.source import Entry

_STRUCTURED = (Kind.JSON, Kind.OBJECT, Kind.ANY)


def check_form(route: Route, fields: tuple[Field, ...], envelope: Entry | None, diagnostics: Diagnostics) -> None:
    """Adds `BK692` where a body with files has, or is within, what no form has."""
    file = next(iter(files_in(fields)), None)
    if file is None:
        return

    def refuse(message: str, fix: str, field: Field = file) -> None:
        diagnostics.add("BK692", field.span, message, fix)

    if route.operation not in CRUD:
        message = f"{route} is a `{route.operation}`, which takes no files: `{file.name}`"
        refuse(message, "remove it, and let `PATCH` on the path of the row take it, such as `/users/{id}`")
        return
    if envelope is not None:
        message = f"a body with files is a form, whose fields have nothing around them: `{envelope.key}`"
        refuse(message, f"write the fields without `{envelope.key}`")
    if idempotency_of(route, diagnostics) is not None:
        message = f"{route} takes files, and a form is never the same twice: it takes no Idempotency-Key"
        refuse(message, f"let one endpoint make the row by its key, and another one take `{file.name}`")
    for field in fields:
        if not isinstance(field.shape, ColumnValue) or field.shape.type.kind in _STRUCTURED:
            message = f"a body with files is a form, which has no objects and no lists: `{field.name}`"
            refuse(message, f"let another endpoint take `{field.name}`, or the file", field)


def check_item(fields: tuple[Field, ...], table: str, diagnostics: Diagnostics) -> None:
    """Adds `BK692` where rows within a body have files."""
    for file in files_in(fields):
        message = f"rows within a body bring no files: `{file.name}` of `{table}`"
        fix = f"make them without, and let an endpoint on the rows of `{table}` take `{file.name}`"
        diagnostics.add("BK692", file.span, message, fix)
