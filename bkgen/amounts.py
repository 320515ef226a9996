"""Amounts in words."""

from __future__ import annotations

_UNITS = {604_800: "week", 86_400: "day", 3600: "hour", 60: "minute", 1: "second"}


def count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def duration(seconds: int) -> str:
    """A time in the largest unit that tells it exactly: `15 minutes`."""
    size, unit = next((size, unit) for size, unit in _UNITS.items() if seconds % size == 0)
    return count(seconds // size, unit)
