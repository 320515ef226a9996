"""What the answers of actions and of handlers have in common: the contract alone says what they are."""

from __future__ import annotations

from bkgen.diagnostics import Diagnostics
from bkgen.model.tables import Table
from bkgen.resolve.nodes import text
from bkgen.resolve.scope import Scope
from bkgen.resolve.types import parse_type
from bkgen.source import Map, Node, Scalar, Span, plain


def is_empty(node: Node | None) -> bool:
    """Whether a response has nothing in it."""
    return node is None or (isinstance(node, Map | Scalar) and plain(node) in ({}, None))


def has_no_body(node: Node | None, status: int | None, span: Span, diagnostics: Diagnostics) -> bool:
    """Whether nothing is answered; something that is written for 204 is reported (`BK511`)."""
    if status != 204:
        return status is None and is_empty(node)
    if not is_empty(node):
        diagnostics.add("BK511", span, "a response with status 204 has no body", "use 200, or remove the body")
    return True


def table_of_word(word: str, scope: Scope) -> Table | None:
    """The table whose row a view or a table stands for; None for a type, and for all other words."""
    if parse_type(word) is not None:
        return None
    if (view := scope.views.find(word)) is not None:
        return scope.tables.find(text(scope.views[view], "from") or "")
    return scope.tables.find(word)
