"""What revisions do with documents that are in MongoDB: calls of `app/mongodb/migrations.py`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bkgen.migrate.compare import TableChange
from bkgen.model.schema import StoredField
from bkgen.render.literals import literal
from bkgen.render.stored_columns import default_value

_TYPED = ("decimal", "uuid")
"""Kinds of which MongoDB has a type, and JSON has texts."""


def in_mongodb(steps: Iterable[str]) -> Iterator[str]:
    """Lines that do these steps where documents are in MongoDB; none for no steps."""
    found = list(steps)
    if found:
        yield 'if documents := op.get_context().opts.get("documents"):  # in MongoDB'
        yield from (f"    documents.{step}" for step in found)


def mongodb_step(name: str, *arguments: object) -> str:
    return f"{name}({', '.join(map(literal, arguments))})"


def document_steps(change: TableChange) -> Iterator[str]:
    """What documents get, lose, or have as another type from now on; nothing for a table."""
    if not change.after.fields:
        return
    for column in change.added:
        if not column.nullable and change.is_given(column):
            yield f"give({literal(change.name)}, {literal(column.name)}, {default_value(column)})"
    for column in change.dropped:
        yield mongodb_step("take_out", change.name, column.name)
    before = {field.path: field for field in change.before.fields}
    for field in change.after.fields:
        was = before.get(field.path)
        if was is not None and {was.type, field.type} == {"uuid", "string"}:
            yield mongodb_step("retype", change.name, field.path, field.type)
    for field in change.given_fields:
        yield mongodb_step("give", change.name, field.path, field.default, *_kind(field))
    for field in change.gone_fields:
        if "[]" not in field.path:
            yield mongodb_step("take_out", change.name, *field.path.split("."))


def _kind(field: StoredField) -> list[str]:
    return [field.type] if field.type in _TYPED else []
