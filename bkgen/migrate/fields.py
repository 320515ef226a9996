"""The fields of documents as their schema had them, and what a change of it asks of the documents that are there."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from bkgen.model.schema import StoredField
from bkgen.model.tables import Column, Default, Table
from bkgen.model.types import ArrayForm, ObjectForm, Type

_LEAST = ("min_length", "minimum", "exclusive_minimum", "least")
_MOST = ("max_length", "maximum", "exclusive_maximum", "most", "precision", "scale")
_EXACT = ("pattern", "multiple_of")
_KEPT_KINDS = {("integer", "number"), ("email", "string"), ("url", "string"), ("uuid", "string"), ("date", "string")}
"""Changes of kind that every value stays valid in."""


def fields_of(table: Table) -> tuple[StoredField, ...]:
    """The fields of a collection's documents, and behind each what is within it; none of a table."""
    return tuple(
        field
        for column in table.columns
        if column.path
        for field in _fields(
            column.name,
            column.type,
            not column.nullable,
            None if isinstance(column.default, Default) else column.default,
        )
    )


def form_of(column: Column) -> tuple[StoredField, ...]:
    """What an array in a column of a table is, and what its items are; nothing for all else."""
    return () if column.path or column.type.form is None else tuple(_fields("", column.type, True))


def _fields(path: str, type_: Type, required: bool, default: Any = None) -> Iterator[StoredField]:
    match type_.form:
        case ObjectForm(members=members):
            yield StoredField(path, "object", required, default, ())
            for one in members:
                yield from _fields(f"{path}.{one.name}", one.type, one.required)
        case ArrayForm(items=items, least=least, most=most):
            yield StoredField(path, "array", required, default, (("least", least), ("most", most)))
            yield from _fields(f"{path}[]", items, True)
        case None:
            yield StoredField(path, type_.kind.value, required, default, tuple(_rules(type_)))


def _rules(type_: Type) -> Iterator[tuple[str, Any]]:
    if type_.enum:
        yield "enum", type_.enum
        return
    for name in (*_LEAST, *_MOST, *_EXACT):
        value = getattr(type_, name, None)
        if value is not None:
            yield name, str(value) if isinstance(value, Decimal) else value


def narrowed(old: StoredField, new: StoredField) -> str:
    """What a value of `old` may be that `new` is not; empty where each value stays valid."""
    if old.type != new.type and (old.type, new.type) not in _KEPT_KINDS:
        return f"it becomes {new.type} from {old.type}"
    before, after = dict(old.rules), dict(new.rules)
    if "enum" in after:
        gone = [one for one in before.get("enum", ()) if one not in after["enum"]]
        if "enum" not in before:
            return "it may only be one of a few values"
        return f"it may no longer be {' or '.join(f'`{one}`' for one in gone)}" if gone else ""
    for name, value in after.items():
        was = before.get(name)
        if name in _EXACT and was != value:
            return f"it gets another `{_word(name)}`"
        if name in _LEAST and (was is None or Decimal(str(was)) < Decimal(str(value))):
            return f"`{_word(name)}` becomes {value}" if was is None else f"`{_word(name)}` becomes {value} from {was}"
        if name in _MOST and (was is None or Decimal(str(was)) > Decimal(str(value))):
            return f"`{_word(name)}` becomes {value}" if was is None else f"`{_word(name)}` becomes {value} from {was}"
    return ""


def _word(name: str) -> str:
    """The rule as a schema has it: `maxLength`, `minItems`."""
    first, *rest = {"least": "min_items", "most": "max_items"}.get(name, name).split("_")
    return first + "".join(word.capitalize() for word in rest)


def is_within(path: str, others: Iterator[str] | list[str]) -> bool:
    """Whether a field stands within one of the others."""
    return any(path.startswith((f"{other}.", f"{other}[]")) for other in others)
