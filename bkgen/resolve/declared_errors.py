"""What `service.errors` declares: the body of errors, and the words for what can be wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bkgen.diagnostics import Diagnostics, did_you_mean
from bkgen.model.errors import KEYS, OF_LIMIT, OF_ROW, PLACEHOLDERS, keyed
from bkgen.model.tables import Table
from bkgen.resolve.lookup import Tables
from bkgen.resolve.nodes import child
from bkgen.resolve.texts import check_text
from bkgen.source import List, Map, Node, Scalar, Span, plain

_PLACEHOLDER = re.compile(r"\{(\w*)\}")


def check_body(body: Map, diagnostics: Diagnostics) -> None:
    """Adds `BK601` for what no failure could fill."""
    used: set[str] = set()
    for text, span in _texts(body):
        check_text("error body", text, span, diagnostics)
        for name in _PLACEHOLDER.findall(text):
            used.add(name)
            if name not in PLACEHOLDERS:
                _refuse(name, "an error body", PLACEHOLDERS, span, diagnostics)
    if used <= set(PLACEHOLDERS) - {"message"}:
        diagnostics.add(
            "BK601", body.span, "the error body has no place for the message", 'add it, such as {"error": "{message}"}'
        )
    _check_keys(body, None, diagnostics)


def _check_keys(node: Node, above: str | None, diagnostics: Diagnostics) -> None:
    """Adds `BK606` for keys with placeholders that cannot be; `above` is the one that the node is below."""
    if isinstance(node, List):
        for item in node:
            _check_keys(item, above, diagnostics)
    if not isinstance(node, Map):
        return
    for entry in node:
        placeholder = _PLACEHOLDER.search(entry.key)
        if placeholder is not None and entry.key not in KEYS:
            message = f"`{entry.key}` cannot be a key: only a placeholder of an input can, and it alone"
            diagnostics.add("BK606", entry.key_span, message, 'write "{field}" or "{path}"')
        elif placeholder is not None and len(node.entries) > 1:
            message = f"`{entry.key}` stands beside other keys, which a field of that name would overwrite"
            fix = f'give it an object of its own, such as "errors": {{"{entry.key}": ["{{message}}"]}}'
            diagnostics.add("BK606", entry.key_span, message, fix)
        elif placeholder is not None and above is not None:
            message = f"`{entry.key}` stands below `{above}`, which has told the problems apart already"
            diagnostics.add("BK606", entry.key_span, message, "use one of the two")
        _check_keys(entry.value, above or (keyed(plain(node)) and entry.key), diagnostics)


def read_messages(errors: Map, diagnostics: Diagnostics) -> dict[str, str]:
    """The text of each cause."""
    return dict(_words(errors, "messages", {"limit": OF_LIMIT}, diagnostics))


def read_fields(errors: Map, diagnostics: Diagnostics) -> dict[str, str]:
    """What stands for `{field}` where no input is at fault, by cause."""
    return dict(_words(errors, "fields", {}, diagnostics))


def _words(
    errors: Map, key: str, placeholders: dict[str, Iterable[str]], diagnostics: Diagnostics
) -> Iterator[tuple[str, str]]:
    placeholders = {"resource": OF_ROW, **placeholders}
    for entry in child(errors, key) or ():
        if not (isinstance(entry.value, Scalar) and isinstance(entry.value.value, str)):
            continue
        text, span = entry.value.value, entry.value.span
        check_text("text", text, span, diagnostics)
        for name in _PLACEHOLDER.findall(text):
            if name not in placeholders:
                _refuse(name, f"`{key}`", placeholders, span, diagnostics)
            elif entry.key not in placeholders[name]:
                able = " and ".join(f"`{cause}`" for cause in placeholders[name])
                diagnostics.add("BK601", span, f"`{entry.key}` has no {{{name}}}: only {able} have", "remove it")
        yield entry.key, text


def read_resources(errors: Map, tables: Iterable[Table], diagnostics: Diagnostics) -> dict[str, str]:
    """What `{resource}` calls the rows of tables."""
    known = Tables(tables)
    found: dict[str, str] = {}
    for entry in child(errors, "resources") or ():
        if (table := known.find(entry.key)) is None:
            fix = known.nearest(entry.key, entry.key_span, diagnostics)
            diagnostics.add(
                "BK607", entry.key_span, f"no table is called `{entry.key}`", fix or "name one of the tables"
            )
        elif isinstance(entry.value, Scalar) and isinstance(entry.value.value, str):
            check_text("text", entry.value.value, entry.value.span, diagnostics)
            found[table.name] = entry.value.value
    return found


def _refuse(name: str, where: str, known: Iterable[str], span: Span, diagnostics: Diagnostics) -> None:
    fix = did_you_mean(name, known) or "one of: " + ", ".join(f"{{{word}}}" for word in known)
    diagnostics.add("BK601", span, f"`{{{name}}}` is no placeholder of {where}", fix)


def _texts(node: Node) -> Iterator[tuple[str, Span]]:
    match node:
        case Map():
            for entry in node:
                yield entry.key, entry.key_span
                yield from _texts(entry.value)
        case List():
            for item in node:
                yield from _texts(item)
        case Scalar(value=str(text)):
            yield text, node.span
