"""What bkgen finds in documents: one type, collected over a whole stage, printed by `bkgen.report`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum

from bkgen.codes import CODES
from bkgen.source import Span


class Severity(StrEnum):
    """How much a finding matters: an `error` stops the generation, the others do not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    Attributes:
        code: a key of `bkgen.codes.CODES`, such as `BK101`.
        message: one sentence that says what is wrong, without a full stop at its end.
        span: where; None only for findings about no place in a document.
        fix: what to write instead, as a phrase or an example; None where the message says it all.
    """

    code: str
    message: str
    span: Span | None
    fix: str | None = None

    @property
    def severity(self) -> Severity:
        return Severity(CODES[self.code].severity)

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        place = self.span.sort_key if self.span else ("", 0, 0)
        return (*place, self.code, self.message)


@dataclass
class Diagnostics:
    """The findings of one run, in the order of the documents, each once."""

    _found: set[Diagnostic] = field(default_factory=set)

    def add(self, code: str, span: Span | None, message: str, fix: str | None = None) -> None:
        self._found.add(Diagnostic(code, message, span, fix))

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(sorted(self._found, key=lambda diagnostic: diagnostic.sort_key))

    def __len__(self) -> int:
        return len(self._found)

    @property
    def has_errors(self) -> bool:
        return any(diagnostic.severity is Severity.ERROR for diagnostic in self._found)


def did_you_mean(word: str, choices: Iterable[str]) -> str | None:
    """A fix that names the choice nearest to `word`, or None where none is near."""
    by_folded = {choice.casefold(): choice for choice in choices}
    near = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return f"did you mean `{by_folded[near[0]]}`?" if near else None
