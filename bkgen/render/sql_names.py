"""Names as they stand in SQL that no library writes."""

from __future__ import annotations


def quoted(name: str) -> str:
    """A name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def sql_text(text: str) -> str:
    """A text in SQL, within SQLAlchemy's `text`, which takes `:word` for a parameter."""
    return "'" + text.replace("'", "''").replace(":", "\\:") + "'"
