"""Names, and conditions on them, as they stand in SQL that no library writes."""

from __future__ import annotations


def quoted(name: str) -> str:
    """A name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def sql_text(text: str) -> str:
    """A text in SQL, within SQLAlchemy's `text`, which takes `:word` for a parameter."""
    return "'" + text.replace("'", "''").replace(":", "\\:") + "'"


def bounds_condition(name: str, is_decimal: bool, bounds: tuple[str, ...]) -> str:
    """The SQL of a check that a number is within bounds (`>= 0`)."""
    value = f"{quoted(name)} + 0" if is_decimal else quoted(name)  # SQLite keeps a decimal as a text
    return " AND ".join(f"{value} {bound}" for bound in bounds)
