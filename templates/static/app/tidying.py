"""Steps that tidy what clients send, before it is checked and stored; the last one comes first."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any
from unicodedata import category, combining, normalize

from nh3 import Cleaner
from pydantic import BeforeValidator

from app.schemas import storable

# What nobody sees: Unicode's Default_Ignorable_Code_Point, C1 controls and marks between lines of
# annotations. Among them are signs that turn the direction of what stands behind them.
INVISIBLE = re.compile(
    "[\x80-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
# How a sign is drawn, and joiners: parts of emoji, and of words in Persian or Hindi.
JOINING = re.compile("[\ufe0e\ufe0f]?[\u200c\u200d]?")

MAX_HTML = 100_000  # characters that are sent: more would take too long to read

VIRAMA = 9  # the class of signs that join letters in scripts of India

HTML = Cleaner(
    tags={
        *("a", "b", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr"),
        *("i", "li", "ol", "p", "pre", "s", "strong", "sub", "sup", "u", "ul"),
    },
    attributes={"a": {"href", "title"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer nofollow",
)


def none_if_empty(value: Any) -> Any:
    """None in place of an empty text."""
    return None if value == "" else value


def step(change: Callable[[str], str]) -> BeforeValidator:
    """A step that changes texts; what is no text is left to the checks."""

    def changed(value: Any) -> Any:
        return change(value) if isinstance(value, str) else value

    return BeforeValidator(changed)


def visible(text: str) -> str:
    """The text without what nobody sees; joiners stay behind signs that are joined."""
    return INVISIBLE.sub(_joining, text)


def _joining(invisible: re.Match[str]) -> str:
    """What stays of invisible signs: how the one before is drawn, and that it is joined."""
    start = invisible.start()
    before = invisible.string[start - 1 : start] or " "
    joins = category(before) in {"Lo", "So", "Sk"} or combining(before) == VIRAMA
    found = JOINING.match(invisible[0])
    return found[0] if found and joins else ""


def plain(text: str) -> str:
    """The text as people see it, in the normal form NFC."""
    return normalize("NFC", visible(text))


def safe_html(text: str) -> str:
    """The HTML with harmless tags and links alone; whatever else there is stays as text, or goes.

    Raises:
        ValueError: there is a control character, or it is too long.
    """
    if len(text) > MAX_HTML:
        raise ValueError(f"must have at most {MAX_HTML} characters")
    # References such as `&#x200b;` become signs in the first round, and markup may come of these.
    storable(text)
    return HTML.clean(plain(HTML.clean(text)))


EmptyIsNull = BeforeValidator(none_if_empty)
Trimmed = step(str.strip)
Nfc = step(partial(normalize, "NFC"))
Nfkc = step(partial(normalize, "NFKC"))
PlainText = step(plain)
SafeHtml = step(safe_html)
