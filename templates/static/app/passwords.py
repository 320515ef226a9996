"""What a new password may not be: one of those that are tried first (NIST SP 800-63B)."""

import re
from collections.abc import Sequence

from fastapi.exceptions import RequestValidationError
from zxcvbn.frequency_lists import FREQUENCY_LISTS

COMMON: frozenset[str] = frozenset(FREQUENCY_LISTS["passwords"])
AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")  # what people put around a name


def weakness(password: str, names: Sequence[str | None]) -> str | None:
    """Why `password` is too easy to guess, for who goes by `names`; None if it is not."""
    if password.casefold() in COMMON:
        return "is one of the most common passwords"
    parts = {part for name in names if name for part in (name, *name.split("@"))}
    if bare(password) in {bare(part) for part in parts} - {""}:
        return "is hardly more than a name that goes with it"
    return None


def bare(text: str) -> str:
    """A text without the digits and signs around it, in small letters."""
    return AROUND.sub("", text).casefold()


def refuse_weak(field: Sequence[str], password: str, names: Sequence[str | None]) -> None:
    """Refuse a `password` that is too easy to guess, which came in `field` of the body.

    Raises:
        RequestValidationError: it says why, without the password.
    """
    if reason := weakness(password, names):
        problem = {"type": "weak_password", "loc": ("body", *field), "msg": reason, "input": "***"}
        raise RequestValidationError([problem])
