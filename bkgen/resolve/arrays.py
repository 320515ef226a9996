"""Columns that hold arrays of single values, and what contracts say of them."""

from __future__ import annotations

from dataclasses import replace

from bkgen.diagnostics import Diagnostics
from bkgen.model.tables import Column
from bkgen.model.types import ArrayForm, Kind, Type
from bkgen.resolve.json_forms import MOST_ITEMS
from bkgen.resolve.nodes import is_array, number, span_of
from bkgen.resolve.types import Written
from bkgen.source import List, Map, Node, plain

_LIMITS = ("minItems", "maxItems")
_ITEMS = frozenset({Kind.STRING, Kind.EMAIL, Kind.URL, Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN})
"""What JSON holds as it is."""


def array_type(node: Map, name: str, items: Written, diagnostics: Diagnostics) -> Type:
    """The type of a column that is an array; of type `any`, with `BK313`, where it cannot be one."""
    message = fix = ""
    place = span_of(node, "type")
    least, most = number(node, "minItems") or 0, number(node, "maxItems") or MOST_ITEMS
    if items.type.kind is Kind.UUID:
        message = f"column `{name}` is an array of UUIDs"
        fix = "make a table of links, whose references are checked"
    elif items.type.kind not in _ITEMS or items.serial:
        message = f"column `{name}` is an array of the type `{items.type.kind}`"
        fix = 'its items are texts, numbers or booleans; use "type": "json" for others'
    elif items.type.is_tidied:
        message, fix = f"the items of `{name}` are tidied, and those of arrays cannot be", "remove it"
    elif items.optional and _has_optional_items(node.get("type")):
        message, fix = (
            f"the items of `{name}` may be null, and those of arrays never are",
            'write "string[]?" for an array that may be null',
        )
    elif least > most:
        message, fix = f"column `{name}` has {least} items at least, and {most} at most", 'say more in "maxItems"'
        place = span_of(node, "minItems")
    if message:
        diagnostics.add("BK313", place, message, fix)
        return Type(Kind.ANY)
    return Type(Kind.JSON, form=ArrayForm(items.type, least, most))


def _has_optional_items(written: Node | None) -> bool:
    """Whether it is the items of an array that may be null, and not the array: `["T?"]`, `T?[]`."""
    return isinstance(written, List) or str(plain(written) if written else "").rstrip().endswith("[]")


def refuse_limits(node: Map, name: str, diagnostics: Diagnostics) -> None:
    """Adds `BK313` where a column that is no array says how many items it has."""
    for key in _LIMITS:
        if key in node:
            message = f"`{key}` is for arrays, and column `{name}` is none"
            diagnostics.add("BK313", span_of(node, key), message, 'write "type": ["string"] for an array of texts')


def says_array(node: Node, column: Column | None) -> bool:
    """Whether a contract writes a field as an array, which is a column that holds one."""
    return column is not None and not column.path and isinstance(column.type.form, ArrayForm) and is_array(node)


def as_value(written: Written) -> Written:
    """What is written as `T[]`, as the one value that such a column holds."""
    if not written.array:
        return written
    return replace(written, type=Type(Kind.JSON, form=ArrayForm(written.type, 0, MOST_ITEMS)), array=False)
