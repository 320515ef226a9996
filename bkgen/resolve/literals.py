"""Texts in responses that stand for themselves, where the name of a type could stand."""

from __future__ import annotations

from bkgen.diagnostics import Diagnostics
from bkgen.model.shapes import Constant
from bkgen.resolve import texts
from bkgen.resolve.scope import Scope
from bkgen.resolve.types import TYPE_NAMES, parse_type
from bkgen.source import Span


def quoted(text: str) -> str | None:
    """What stands between single quotes; None where there are none."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == "'" else None


def is_sentence(text: str) -> bool:
    """Whether a text without quotes has several words, and so names nothing."""
    return parse_type(text) is None and any(character.isspace() for character in text.strip())


def constant(text: str, span: Span, diagnostics: Diagnostics) -> Constant:
    """The text, which has to be one that can be printed (`BK416`)."""
    texts.check_text("literal", text, span, diagnostics)
    return Constant(text)


def report_unknown(word: str, span: Span, scope: Scope) -> None:
    """Adds `BK501` for a word that is no type, no view and no table."""
    choices = [*TYPE_NAMES, *scope.views, *(table.name for table in scope.tables)]
    fix = scope.diagnostics.nearest(span, word, choices)
    exact = f"to answer exactly this text, write \"'{word}'\""
    message = f"`{word[:60]}` is no type, no view and no table"
    scope.diagnostics.add("BK501", span, message, f"{fix} Otherwise, {exact}" if fix else exact)
