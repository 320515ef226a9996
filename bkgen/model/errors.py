"""The one body of errors, and what the contract calls whatever can be wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# What the placeholders `{message}` ... of an error shape are filled with, and the Python type of that.
PLACEHOLDERS = {
    "message": "str",
    "status": "int",
    "kind": "str",
    "field": "str | None",
    "path": "str | None",
    "request_id": "str",
}
# Those that can be keys: a body has one entry for each field, or for each path.
KEYS = ("{field}", "{path}")
# Those that each of several problems has its own of.
EACH = ("message", "field", "path")

# What can be wrong, and the wider name that has the words for it where it has none of its own.
CAUSES = {
    "unauthenticated": "",
    "bad_token": "unauthenticated",
    "bad_credentials": "unauthenticated",
    "code_needed": "unauthenticated",
    "bad_code": "code_needed",
    "bad_refresh_token": "unauthenticated",
    "forbidden": "",
    "unverified": "forbidden",
    "not_found": "",
    "method_not_allowed": "",
    "conflict": "",
    "taken": "conflict",
    "bad_reference": "conflict",
    "referred_to": "conflict",
    "second_factor_on": "conflict",
    "changed": "",
    "version_missing": "",
    "malformed": "",
    "bad_mailed_token": "malformed",
    "bad_state": "malformed",
    "too_large": "",
    "unsupported_media_type": "",
    "invalid": "",
    "blank": "invalid",
    "missing": "blank",
    "null": "blank",
    "too_short": "invalid",
    "too_long": "invalid",
    "pattern": "invalid",
    "enum": "invalid",
    "range": "invalid",
    "format": "invalid",
    "type": "invalid",
    "weak": "invalid",
    "unknown": "invalid",
    "rate_limited": "",
    "unavailable": "",
    "internal": "",
}
# Those that only services with second factors have.
OF_SECOND_FACTOR = ("code_needed", "bad_code", "second_factor_on")
# Those that only services with versions of rows have.
OF_VERSIONS = ("changed", "version_missing")
# Those where an input is at fault, which names itself.
OF_INPUT = frozenset(cause for cause, wider in CAUSES.items() if wider in ("invalid", "blank")) | {
    "taken",
    "bad_reference",
}
# Those where a row is at fault, which `{resource}` stands for.
OF_ROW = ("not_found", "forbidden")
# Those of a limit, which `{limit}` stands for.
OF_LIMIT = ("too_short", "too_long", "range")


@dataclass(frozen=True, slots=True)
class ErrorShape:
    """The one body of errors that no contract fixes.

    Attributes:
        body: JSON with the placeholders `{message}`, `{status}` ... in its strings, and `{field}` or `{path}` as a key.
        problem: whether it is RFC 9457 problem details (then `body` is the standard one and the media type
            `application/problem+json`).
        reason: where it was taken from: a sentence for `explain` and the README.
        messages: the contract's text for a cause.
        fields: what stands for `{field}` where no input is at fault, by cause.
        resources: what `{resource}` calls the rows of a table, where that is not its singular.
    """

    body: dict[str, Any]
    problem: bool
    reason: str
    messages: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    resources: Mapping[str, str] = field(default_factory=dict)

    @property
    def detailed(self) -> bool:
        """Whether failures are told apart by cause and by input, and not only by status."""
        return bool(self.messages or self.fields) or _is_detailed(self.body)

    @property
    def names_rows(self) -> bool:
        """Whether some text says what the row at fault is called."""
        return any("{resource}" in text for text in (*self.messages.values(), *self.fields.values()))

    def message_of(self, cause: str) -> str | None:
        """The contract's text for a cause, or for the wider one."""
        return _widened(self.messages, cause)

    def field_of(self, cause: str) -> str | None:
        """What stands for `{field}` where the cause is no input's."""
        return _widened(self.fields, cause)


def _widened(found: Mapping[str, str], cause: str) -> str | None:
    while cause and cause not in found:
        cause = CAUSES[cause]
    return found.get(cause)


def keyed(body: dict[str, Any]) -> str | None:
    """The placeholder that is the one key of an object."""
    return next((key for key in KEYS if key in body), None)


def repeats(items: list[Any]) -> bool:
    """Whether an array of an error shape has one item for each problem."""
    return len(items) == 1 and any(f"{{{name}}}" in str(items[0]) for name in EACH)


def _is_detailed(body: Any) -> bool:
    match body:
        case dict():
            return keyed(body) is not None or any(map(_is_detailed, body.values()))
        case list():
            return repeats(body) or any(map(_is_detailed, body))
        case _:
            return "{path}" in str(body)
