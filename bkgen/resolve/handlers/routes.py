"""What `handler` names: a function in a file of the developer's."""

from __future__ import annotations

import keyword

from bkgen.diagnostics import Diagnostics
from bkgen.model.endpoints import Handler, Operation
from bkgen.report import visible
from bkgen.resolve.actions.routes import path_parameters
from bkgen.resolve.lookup import Tables
from bkgen.resolve.nodes import span_of, text
from bkgen.resolve.paths import Segment
from bkgen.resolve.routes import Route
from bkgen.source import Map

_LONGEST = 60
_BESIDE = ("do", "operation", "table", "where", "sort")


def handler_route(
    node: Map, method: str, path: str, segments: tuple[Segment, ...], tables: Tables, diagnostics: Diagnostics
) -> Route | None:
    """The route of a handler; None where its name or its path cannot be used, which is reported."""
    for key in _BESIDE:
        if (entry := node.entry(key)) is not None:
            message = f"`{key}` says nothing beside `handler`, whose code says all that {method} {path} does"
            diagnostics.add("BK470", entry.key_span, message, "remove it")
    handler = _handler(node, diagnostics)
    on_path = [table for segment in segments if not segment.parameter and (table := tables.find(segment.text))]
    likely = on_path[-1].name if on_path else next((table.name for table in tables), "things")
    parameters = path_parameters(node, segments, (), likely, tables, diagnostics)
    if handler is None or parameters is None:
        return None
    return Route(
        node,
        method,
        path,
        segments,
        Operation.HANDLER,
        on_path[-1] if on_path else None,
        f"the developer writes it: `{handler.function}` in {handler.path} (`handler`)",
        node.span,
        parameters=parameters,
        handler=handler,
    )


def _handler(node: Map, diagnostics: Diagnostics) -> Handler | None:
    written, span = text(node, "handler") or "", span_of(node, "handler")
    module, colon, function = written.partition(":")
    if colon and _is_name(module) and _is_name(function):
        return Handler(module, function, span)
    message = f"`{visible(written[:_LONGEST])}` names no function of a file in app/handlers/"
    fix = 'write "module:function", both plain words in Python, such as "checkout:place_order"'
    diagnostics.add("BK470", span, message, fix)
    return None


def _is_name(word: str) -> bool:
    """Whether a word can be the name of a module and of a function everywhere."""
    plain = word.isascii() and word.isidentifier() and len(word) <= _LONGEST
    return plain and not keyword.iskeyword(word) and not word.startswith("_") and word == word.lower()
