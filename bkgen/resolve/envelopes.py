"""Envelopes: request bodies that have one field, with the fields of the operation in it."""

from __future__ import annotations

from bkgen.resolve.constraints import is_definition
from bkgen.source import Entry, Map, Node, Scalar


def envelope_of(body: Node | None) -> Entry | None:
    """The one entry of a body that is an object of fields; None where the body has no envelope."""
    if not isinstance(body, Map) or len(body.entries) != 1:
        return None
    (entry,) = body.entries
    is_field = is_definition(entry.value) or says_what_it_writes(entry.value)
    return entry if isinstance(entry.value, Map) and not is_field else None


def says_what_it_writes(node: Node) -> bool:
    """Whether it is a field that writes rows of another table: `{"type": ["string"], "writes": "tags.name"}`."""
    return isinstance(node, Map) and "type" in node and isinstance(node.get("writes"), Scalar)


def fields_in(body: Node | None) -> Map | None:
    """The object whose keys are the fields that the operation takes."""
    envelope = envelope_of(body)
    inner = envelope.value if envelope is not None else body
    return inner if isinstance(inner, Map) else None
