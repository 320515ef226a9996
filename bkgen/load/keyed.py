"""Rewrites objects that are keyed by a name or path into arrays of objects that say it.

Each function takes a value and returns it in the canonical form, with a hint where that is another one, as those of
`bkgen.load.spellings` do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from bkgen.diagnostics import Diagnostics, closest
from bkgen.load.spellings import entry, hint
from bkgen.source import Entry, List, Map, Node, Scalar


def named(value: Node, diagnostics: Diagnostics, short: str) -> Node:
    """`{"id": {"type": "uuid"}}` → `[{"name": "id", "type": "uuid"}]`.

    Args:
        short: the key for a value that is no object: `{"id": "uuid"}` → `[{"name": "id", "<short>": "uuid"}]`.
    """
    if not isinstance(value, Map):
        return value
    items: list[Node] = []
    for item in value:
        items.append(_with_name(item, short))
    hint(diagnostics, value.span, "an object keyed by names", '`[{"name": ..., ...}, ...]`')
    return List(tuple(items), value.span)


def short_columns(
    value: Node, diagnostics: Diagnostics, spelled: Callable[[str], str | None], keys: Iterable[str]
) -> Node:
    """`named`, and `[{"id": "uuid"}, ...]` → `[{"name": "id", "type": "uuid"}, ...]`.

    Args:
        spelled: the key of a column that a word means; an item with such a key alone is short where all items are.
        keys: all keys of a column; an item with a misspelt one alone is short where another item is.
    """
    if not isinstance(value, List):
        return named(value, diagnostics, short="type")
    all_short = all(_single(item) for item in value)
    short = [item for item in value if (word := _single(item)) and (all_short or not spelled(word.key))]
    # Comparing words is slow, and a list has one style.
    if not any(all_short or closest(word.key, keys) is None for item in short[:20] if (word := _single(item))):
        return value
    hint(diagnostics, short[0].span, "a column with its name as its key", '`{"name": ..., "type": ...}`')
    rewritten = {id(item): _with_name(word, "type") for item in short if (word := _single(item))}
    return List(tuple(rewritten.get(id(item), item) for item in value), value.span)


def _single(item: Node) -> Entry | None:
    """The one key of an object that has no other."""
    return item.entries[0] if isinstance(item, Map) and len(item.entries) == 1 else None


def named_tables(value: Node, diagnostics: Diagnostics, spelled: Callable[[str], str | None]) -> Node:
    """`{"users": {"columns": [...]}}`, `{"users": {"id": "uuid"}}` → `[{"name": "users", "columns": [...]}]`.

    Args:
        spelled: the key of a table that a word means.
    """
    if not isinstance(value, Map):
        return value
    whole = tuple(Entry(item.key, item.key_span, _with_columns(item.value, diagnostics, spelled)) for item in value)
    return named(Map(whole, value.span), diagnostics, "columns")


def _with_columns(table: Node, diagnostics: Diagnostics, spelled: Callable[[str], str | None]) -> Node:
    """A table that has its columns directly as its keys, with `columns` around them.

    Columns are objects and strings. So an array is a rule of the table, and so is what stands beside `columns`.
    """
    if not isinstance(table, Map) or any(spelled(one.key) == "columns" and _is_nested(one.value) for one in table):
        return table
    rules = tuple(one for one in table if isinstance(one.value, List) and spelled(one.key))
    columns = Map(tuple(one for one in table if one not in rules), table.span)
    if not columns.entries:
        return table
    hint(diagnostics, table.span, "an object keyed by the names of columns", '`{"columns": [...]}`')
    return Map((entry("columns", columns), *rules), table.span)


def _with_name(item: Entry, short: str) -> Map:
    rest = item.value.entries if isinstance(item.value, Map) else (entry(short, item.value),)
    return Map((entry("name", Scalar(item.key, item.key_span)), *rest), item.key_span)


def _is_nested(value: Node) -> bool:
    return isinstance(value, List | Map)


def endpoints(value: Node, diagnostics: Diagnostics) -> Node:
    """`{"GET /users": {...}}`, `{"/users": {"get": {...}}}` → `[{"method": "GET", "path": "/users", ...}]`.

    `{"method": ...}` → `[{"method": ...}]`.
    """
    if isinstance(value, Map) and value.entries and all("/" in item.key for item in value):
        hint(diagnostics, value.span, "an object keyed by paths", '`[{"method": ..., "path": ..., ...}, ...]`')
        return List(tuple(one for item in value for one in _keyed_endpoints(item)), value.span)
    if isinstance(value, Map):
        hint(diagnostics, value.span, "a single object", "`[{...}]`")
        return List((value,), value.span)
    return value


def _keyed_endpoints(item: Entry) -> Iterator[Node]:
    """The endpoints under one key, which is a path, or a method and a path."""
    word, _, path = item.key.strip().rpartition(" ")
    if word:
        yield _keyed_endpoint(item, Scalar(word, item.key_span), path, item.value)
    elif isinstance(item.value, Map):
        for inner in item.value:
            yield _keyed_endpoint(item, Scalar(inner.key, inner.key_span), path, inner.value)
    else:
        yield item.value


def _keyed_endpoint(item: Entry, verb: Scalar, path: str, rest: Node) -> Node:
    if not isinstance(rest, Map):
        return rest
    place = Scalar(path, item.key_span)
    return Map((entry("method", replace(verb, value=str(verb.value).upper())), entry("path", place), *rest), verb.span)
