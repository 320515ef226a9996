"""Error bodies of the contract: exact texts, or the service's one shape."""

from __future__ import annotations

import json
from typing import Any

from bkgen.diagnostics import Diagnostics
from bkgen.model.errors import ErrorShape
from bkgen.resolve.error_shape import fits, is_typed, shape_of
from bkgen.resolve.literals import quoted
from bkgen.resolve.texts import check_text
from bkgen.resolve.types import parse_type
from bkgen.source import Entry, List, Map, Node, Scalar, plain


def error_literal(node: Node, shape: ErrorShape, diagnostics: Diagnostics) -> dict[str, Any] | None:
    """The exact body that the contract gives; None where it leaves the body to the service's error shape."""
    if isinstance(node, Scalar) and node.value is None:
        return None
    if not isinstance(node, Map):
        text = str(node.value) if isinstance(node, Scalar) else "..."
        fix = f'write {{"error": "{text}"}}' if isinstance(node, Scalar) else 'write {"error": "..."}'
        diagnostics.add("BK512", node.span, "the body of an error is an object", fix)
        return None
    if not node.entries or plain(node) == shape.body:
        return None
    if is_typed(node):
        if not fits(plain(node), shape.body):
            keys = ", ".join(f"`{key}`" for key in shape.body)
            message = f"all errors of a service have one shape, here with {keys}: {shape.reason}"
            diagnostics.add("BK512", node.span, message, _agree(node))
        return None
    return _exact(node, diagnostics)


def _agree(node: Map) -> str:
    """How an error body and the one shape of the service can be made the same."""
    own = shape_of(node)
    if own is None:
        return "write `{}`, which is that shape"
    service = json.dumps({"service": {"errors": {"body": own}}}, ensure_ascii=False)
    return f"write `{{}}`, which is that shape; or give all errors the shape of this one: {service}"


def _exact(node: Map, diagnostics: Diagnostics) -> dict[str, Any]:
    for entry in node:
        check_text("name", entry.key, entry.key_span, diagnostics)
    return {entry.key: _literal(entry, diagnostics) for entry in node}


def _literal(entry: Entry, diagnostics: Diagnostics) -> Any:
    """An exact value. A type in it is refused: one part of a body cannot be exact and another one open."""
    value = entry.value
    match value:
        case Map():
            return _exact(value, diagnostics)
        case Scalar(value=str(text)):
            check_text("literal", text, value.span, diagnostics)
            if (exact := quoted(text)) is not None:
                return exact
            if parse_type(text) is not None:
                message = f"`{entry.key}` is a type in a body whose other texts are exact"
                diagnostics.add(
                    "BK512", value.span, message, f"write the exact text, or \"'{text}'\" for that very word"
                )
            return text
        case List() | Scalar():
            return plain(value)
