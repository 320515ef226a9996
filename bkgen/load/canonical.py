"""Rewrites objects into their canonical form, as the table in `synonyms` says."""

from __future__ import annotations

from bkgen.diagnostics import Diagnostics
from bkgen.load.spellings import hint
from bkgen.load.synonyms import Key, Shape, fold
from bkgen.source import Entry, List, Map, Node, Scalar


def canonical(node: Map, shape: Shape, diagnostics: Diagnostics) -> Map:
    """The object with canonical keys and values; unknown keys stay as they are, for the schema to refuse."""
    entries: dict[str, Entry] = {}
    for written in node:
        entry = _entry(written, shape, diagnostics)
        if entry is None:
            continue
        if (first := entries.get(entry.key)) is not None:
            message = f"`{written.key}` says again what is said on line {first.key_span.line}"
            diagnostics.add("BK208", written.key_span, message, f"keep one of the two, as `{entry.key}`")
            continue
        entries[entry.key] = entry
    result = Map(tuple(entries.values()), node.span)
    return shape.finish(result, diagnostics) if shape.finish else result


def _entry(written: Entry, shape: Shape, diagnostics: Diagnostics) -> Entry | None:
    """One key in canonical form, or None where it is dropped."""
    if (key := shape.keys.get(written.key)) is not None:
        return _with_value(written, written.value, key, diagnostics)
    folded = fold(written.key)
    if (name := shape.spelled.get(folded)) is not None:
        value = _opposite(written.value) if folded in shape.opposites else written.value
        shown = f"`{written.key}`" if value is written.value else f"`{written.key}: {_word(written.value)}`"
        told = f"`{name}`" if value is written.value else f"`{name}: {_word(value)}`"
        key = shape.keys[name]
        if not key.interim:
            hint(diagnostics, written.key_span, shown, told)
        return _with_value(Entry(name, written.key_span, value), value, key, diagnostics)
    if folded in shape.dropped:
        diagnostics.add(
            "BK212", written.key_span, f"`{written.key}` has no effect: {shape.dropped[folded]}", "remove it"
        )
        return None
    if folded in shape.elsewhere:
        diagnostics.add("BK203", written.key_span, f"`{written.key}` is not supported here", shape.elsewhere[folded])
        return None
    if folded in shape.later:
        diagnostics.add("BK203", written.key_span, f"`{written.key}` is not supported by this version", "remove it")
        return None
    return written


def _with_value(entry: Entry, value: Node, key: Key, diagnostics: Diagnostics) -> Entry:
    if key.value is not None:
        value = key.value(value, diagnostics)
    if key.shape is not None and isinstance(value, Map):
        value = canonical(value, key.shape, diagnostics)
    if key.items is not None and isinstance(value, List):
        items = (canonical(item, key.items, diagnostics) if isinstance(item, Map) else item for item in value)
        value = List(tuple(items), value.span)
    if key.named is not None and isinstance(value, Map):
        value = Map(tuple(_named(one, key.named, diagnostics) for one in value), value.span)
    return entry if value is entry.value else Entry(entry.key, entry.key_span, value)


def _named(entry: Entry, shape: Shape, diagnostics: Diagnostics) -> Entry:
    if not isinstance(entry.value, Map):
        return entry
    return Entry(entry.key, entry.key_span, canonical(entry.value, shape, diagnostics))


def _opposite(value: Node) -> Node:
    return Scalar(not value.value, value.span) if isinstance(value, Scalar) and isinstance(value.value, bool) else value


def _word(value: Node) -> str:
    return str(value.value).lower() if isinstance(value, Scalar) else "..."
