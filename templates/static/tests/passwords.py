"""Passwords that nobody should choose."""

from app.passwords import COMMON


def easy_passwords(least: int, name: str) -> list[str]:
    """Some with so many characters: one of the most common, where any is that long, and a name."""
    common = sorted(password for password in COMMON if len(password) >= least)
    return [*common[:1], f"{name}{'1' * least}"]
