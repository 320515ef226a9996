"""Lengths of time, as documents have them: `minute`, `15 minutes`."""

from __future__ import annotations

import re

SECONDS = {
    "second": 1,
    "sec": 1,
    "s": 1,
    "minute": 60,
    "min": 60,
    "m": 60,
    "hour": 3600,
    "hr": 3600,
    "h": 3600,
    "day": 86400,
    "d": 86400,
    "week": 604800,
    "w": 604800,
}
TIME = r"(?:(?P<count>\d{1,9})\s*)?(?P<unit>[a-z]+?)s?"
"""The text of a length of time; its unit may be none."""
MOST_SECONDS = 31 * 86400

_TIME = re.compile(TIME, re.IGNORECASE)


def seconds_of(match: re.Match[str]) -> int | None:
    """The seconds that what `TIME` matched means; None where its unit is none."""
    size = SECONDS.get(match["unit"].lower())
    return int(match["count"] or 1) * size if size is not None else None


def read_seconds(text: str) -> int | None:
    """The seconds of a length of time; None where the text is none."""
    match = _TIME.fullmatch(text.strip())
    return seconds_of(match) if match else None
