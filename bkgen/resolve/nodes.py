"""Reads keys of canonical objects whose structure the JSON Schemas have already checked."""

from __future__ import annotations

from typing import TypeGuard

from bkgen.source import List, Map, Node, Scalar, Span


def text(node: Map, key: str) -> str | None:
    """The string at `key`; None where it is absent."""
    value = node.get(key)
    return value.value if isinstance(value, Scalar) and isinstance(value.value, str) else None


def flag(node: Map, key: str) -> bool | None:
    value = node.get(key)
    return value.value if isinstance(value, Scalar) and isinstance(value.value, bool) else None


def number(node: Map, key: str) -> int | None:
    value = node.get(key)
    return value.value if isinstance(value, Scalar) and is_integer(value.value) else None


def is_integer(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def strings(node: Node | None) -> list[tuple[str, Span]]:
    """The strings of an array, or a single string as an array of one."""
    if isinstance(node, Scalar) and isinstance(node.value, str):
        return [(node.value, node.span)]
    items = node.items if isinstance(node, List) else ()
    return [(item.value, item.span) for item in items if isinstance(item, Scalar) and isinstance(item.value, str)]


def is_array(node: Node) -> bool:
    """Whether a body's part is written as an array: `["object"]`, `"object[]"` or `"array"`."""
    if isinstance(node, Scalar) and isinstance(node.value, str):
        return node.value.rstrip("?").endswith("[]") or node.value == "array"
    return isinstance(node, List)


def child(node: Map, key: str) -> Map | None:
    value = node.get(key)
    return value if isinstance(value, Map) else None


def span_of(node: Map, key: str) -> Span:
    """Where the value of `key` stands; the object itself where it has no such key."""
    value = node.get(key)
    return value.span if value else node.span
