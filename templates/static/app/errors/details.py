"""What is wrong with a request: its cause, the input at fault, and the contract's words for both."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.errors.texts import FIELDS, MESSAGES

# What the types of Pydantic's errors mean; of all others the beginning or the value tells.
REASONS = {
    "missing": "missing",
    "extra_forbidden": "unknown",
    "string_pattern_mismatch": "pattern",
    "literal_error": "enum",
    "greater_than": "range",
    "greater_than_equal": "range",
    "less_than": "range",
    "less_than_equal": "range",
    "multiple_of": "range",
    "finite_number": "range",
    "int_parsing_size": "range",
    "decimal_max_digits": "range",
    "decimal_max_places": "range",
    "decimal_whole_digits": "range",
    "value_error": "format",
    "weak_password": "weak",
    "cursor": "format",
}
FORMATS = ("date", "time", "url", "uuid")  # with which types of errors begin


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        message: what it is, without the name of the input.
        parts: names of the input at fault, from the outside in; none where no input is.
        name: what stands for the input where none is at fault.
    """

    message: str
    parts: Sequence[str] = ()
    name: str | None = None

    @property
    def field(self) -> str | None:
        """The input at fault, by its own name alone."""
        return self.parts[-1] if self.parts else self.name

    @property
    def path(self) -> str | None:
        """The input at fault, as `address.city`."""
        return ".".join(self.parts) if self.parts else self.name

    @property
    def sentence(self) -> str:
        """The message behind the name of the input."""
        return f"{self.path}: {self.message}" if self.parts else self.message


def worded(
    cause: str,
    message: str,
    parts: Sequence[str] = (),
    *,
    resource: str = "resource",
    limit: object = "",
) -> Problem:
    """The problem in the contract's words, or with `message` where it has none for the cause.

    `resource` is what the row at fault is called, `limit` the one that the input breaks.
    """
    if cause in MESSAGES:
        message = MESSAGES[cause].replace("{resource}", resource).replace("{limit}", str(limit))
    name = FIELDS[cause].replace("{resource}", resource) if cause in FIELDS else None
    return Problem(message, parts, name)


def reason(problem: Mapping[str, Any]) -> str:
    """The cause of an error of Pydantic."""
    kind: str = problem["type"]
    if kind not in ("missing", "extra_forbidden"):
        if problem["input"] is None:
            return "null"
        if problem["input"] == "":
            return "blank"
    for end in ("too_short", "too_long", "type"):
        if kind.endswith(f"_{end}"):
            return end
    return REASONS.get(kind, "format" if kind.startswith(FORMATS) else "type")


def limit(problem: Mapping[str, Any]) -> object:
    """The limit that an error of Pydantic is about; empty where it is about none."""
    return next(iter(problem.get("ctx", {}).values()), "")


def sentences(problems: Iterable[Problem]) -> str:
    """All of them in one text."""
    return "; ".join(problem.sentence for problem in problems)


def grouped(
    problems: Iterable[Problem], key: Callable[[Problem], str]
) -> Iterable[tuple[str, list[Problem]]]:
    """The problems of each key, in their order."""
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        found.setdefault(key(problem), []).append(problem)
    return found.items()
