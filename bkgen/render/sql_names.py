"""Names as they stand in SQL that no library writes."""

from __future__ import annotations


def quoted(name: str) -> str:
    """A name in SQL."""
    return '"' + name.replace('"', '""') + '"'
