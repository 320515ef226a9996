"""What is called like a secret, or like what tells who and where somebody is: the words that bkgen knows.

A name is read word by word, and its last words count: `resetToken`, `home_phone`, `BillingAddress`.
"""

from __future__ import annotations

from functools import lru_cache

from bkgen.model.tables import Column
from bkgen.model.types import Kind
from bkgen.resolve import names
from bkgen.resolve.words import listed

_SECRETS = listed("password passwd pwd passphrase passcode secret token otp totp cvv cvc apikey")
_SECRET_PAIRS = frozenset(
    {
        *((word, "hash") for word in ("password", "passwd", "pwd", "token", "secret", "key", "otp", "code")),
        *((word, "digest") for word in ("password", "token", "secret")),
        *((word, "key") for word in ("api", "secret", "private", "access", "signing", "encryption", "session")),
        *((word, "code") for word in ("reset", "recovery", "backup", "verification", "confirmation", "pin")),
        ("password", "salt"),
    }
)
_TO_OTHER_PAGES = listed("next previous prev page cursor continuation sync")
"""Before `token`: it says where a page begins."""

_PERSONAL = listed(
    "email phone telephone mobile cellphone fax address street birthday birthdate dob ssn iban passport ip"
)
_PERSONAL_PAIRS = frozenset(
    {
        ("e", "mail"),
        *((word, "number") for word in ("phone", "telephone", "mobile", "passport", "card", "security", "account")),
        *(("birth", word) for word in ("date", "day", "year")),
        *(("of", word) for word in ("birth",)),
        *(("address", word) for word in ("line", "line1", "line2")),
        ("tax", "id"),
        ("national", "id"),
    }
)
_OF_THINGS = listed("contract wallet token mac memory web site bus")
"""Before `address`: it is nobody's."""

_CAN_BE_SECRET = (Kind.STRING, Kind.UUID, Kind.BYTES)


def is_secret(column: Column) -> bool:
    """Whether a column is called like a secret, and can hold one."""
    return column.type.kind in _CAN_BE_SECRET and not column.type.enum and named_secret(column.name)


def named_secret(name: str) -> bool:
    """Whether something is called like a password, a token or a key."""
    before, last = _last_words(name)
    if last == "token" and before in _TO_OTHER_PAGES:
        return False
    return last in _SECRETS or (before, last) in _SECRET_PAIRS


def is_personal(column: Column) -> bool:
    """Whether a column holds what tells who somebody is, or where: by its type, or by what it is called."""
    if column.type.kind is Kind.EMAIL:
        return True
    before, last = _last_words(column.name)
    if column.type.kind is Kind.BOOLEAN or column.type.enum or column.reference is not None:
        return False
    if last == "address" and before in _OF_THINGS:
        return False
    return last in _PERSONAL or (before, last) in _PERSONAL_PAIRS


@lru_cache(maxsize=4096)
def _last_words(name: str) -> tuple[str, str]:
    """The last word of a name and the one before it, which may be none; numbers at the end do not count."""
    words = [word.rstrip("0123456789") or word for word in names.words(name)]
    while len(words) > 1 and words[-1].isdigit():
        words.pop()
    return (words[-2] if len(words) > 1 else "", words[-1] if words else "")
