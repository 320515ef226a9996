"""Which characters names and texts of a document may have.

Names travel into SQL, Python, URLs and file names: each kind has a list of what may stand in it, and all else is
refused. Free texts may hold anything that can be printed.
"""

from __future__ import annotations

import re
import unicodedata

from bkgen.diagnostics import Diagnostics
from bkgen.resolve.nodes import span_of, text
from bkgen.source import Map, Span

NAME_BYTES = 63
"""PostgreSQL's limit for the names of tables and columns."""

_FIELD = re.compile(r"[\w\-.$@ ]{1,100}")
_SEGMENT = re.compile(r"[A-Za-z0-9._~@-]+")
_PARAMETER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,62}")
_RESERVED_TABLES = ("sqlite_", "pg_", "alembic_version")


def check_sql_name(kind: str, name: str, span: Span, diagnostics: Diagnostics) -> bool:
    """Whether a table or column may have this name; else adds `BK304`."""
    if not name.strip():
        reason = "is empty"
    elif len(name.encode("utf-8", "replace")) > NAME_BYTES:
        reason = f"is longer than {NAME_BYTES} bytes, the limit of PostgreSQL"
    elif bad := [character for character in name if not _in_sql_name(character)]:
        reason = f"has the character {visible(bad[0])}"
    elif name != name.strip():
        reason = "begins or ends with a space"
    elif kind == "table" and name.casefold().startswith(_RESERVED_TABLES):
        reason = "belongs to the database or to Alembic"
    else:
        return True
    fix = "use letters, digits, `_`, `-` and single spaces between them"
    diagnostics.add("BK304", span, f"the {kind} name {shown(name)} {reason}", fix)
    return False


def check_field_name(name: str, span: Span, diagnostics: Diagnostics) -> bool:
    """Whether a body field or query parameter may have this name; else adds `BK513`."""
    if _FIELD.fullmatch(name) and name.strip():
        return True
    diagnostics.add(
        "BK513", span, f"the field name {shown(name)} cannot be used", "use letters, digits, `_`, `-`, `.`, `$`, `@`"
    )
    return False


def check_text(what: str, written: str, span: Span, diagnostics: Diagnostics) -> bool:
    """Whether a free text holds only what can be printed (tabs and newlines included); else adds `BK416`."""
    bad = [character for character in written if character not in "\t\n\r" and _invisible(character)]
    if bad:
        diagnostics.add("BK416", span, f"the {what} has the character {visible(bad[0])}", "remove it")
    return not bad


def free_text(node: Map, key: str, diagnostics: Diagnostics) -> str:
    """The free text at `key`, without white space around it; empty where there is none that can be used."""
    found = text(node, key) or ""
    return found.strip() if check_text(key, found, span_of(node, key), diagnostics) else ""


def is_segment(part: str) -> bool:
    return bool(_SEGMENT.fullmatch(part)) and part not in (".", "..")


def is_parameter(name: str) -> bool:
    return bool(_PARAMETER.fullmatch(name))


def shown(name: str) -> str:
    """A name for a message: in backticks, without what a terminal would act on, cut when it is long."""
    safe = "".join(f"\\u{ord(character):04x}" if _invisible(character) else character for character in name[:80])
    return f"`{safe}`" + ("..." if len(name) > 80 else "")


def visible(character: str) -> str:
    return f"U+{ord(character):04X}" if _invisible(character) or character.isspace() else f"`{character}`"


def _in_sql_name(character: str) -> bool:
    # Not `$`: SQLAlchemy leaves it unquoted, and then cannot read back the unique rules that SQLite has.
    return character in "_- " or unicodedata.category(character)[0] in "LMN"


def _invisible(character: str) -> bool:
    """Control and format characters (bidirectional marks among them), surrogates, and line separators."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
