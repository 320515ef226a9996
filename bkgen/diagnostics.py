"""What bkgen finds in documents: one type, collected over a whole stage, printed by `bkgen.report`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from typing import ClassVar

from bkgen.codes import CODES
from bkgen.source import Span

_MOST_CHOICES = 1000
"""Comparing words is slow: of more choices, only those that begin alike are compared."""


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
        lines: whole lines of code to write, shown as they stand; empty for none.
    """

    code: str
    message: str
    span: Span | None
    fix: str | None = None
    lines: tuple[str, ...] = ()

    @property
    def severity(self) -> Severity:
        return Severity(CODES[self.code].severity)

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        place = self.span.sort_key if self.span else ("", 0, 0)
        return (*place, self.code, self.message)


@dataclass
class _LeftOut:
    """Findings over the limit: their hashes, to count each once, and the place of the last one."""

    hashes: set[int]
    last: Span


@dataclass
class Diagnostics:
    """The findings of one run, in the order of the documents, each once.

    Of one severity, a document has at most `MOST` findings, and one more (`BK125`) that counts the others: nobody reads
    thousands, and a hostile document could have millions. Hints, which are told on request only, have no limit.
    """

    MOST: ClassVar[int] = 200

    _found: defaultdict[tuple[str, Severity], set[Diagnostic]] = field(default_factory=lambda: defaultdict(set))
    _left_out: dict[tuple[str, Severity], _LeftOut] = field(default_factory=dict)

    def add(
        self, code: str, span: Span | None, message: str, fix: str | None = None, lines: tuple[str, ...] = ()
    ) -> None:
        diagnostic = Diagnostic(code, message, span, fix, lines)
        key = (span.file.name if span else "", diagnostic.severity)
        found = self._found[key]
        if len(found) < self.MOST or span is None or diagnostic.severity is Severity.HINT:
            found.add(diagnostic)
        elif diagnostic not in found:
            left_out = self._left_out.setdefault(key, _LeftOut(set(), span))
            left_out.hashes.add(hash(diagnostic))
            left_out.last = max(left_out.last, span, key=lambda place: place.sort_key)

    def meant(self, span: Span, word: str, choices: Iterable[str]) -> str | None:
        """The choice that `word` is `closest` to; None where an error at `span` is only counted, since it is slow."""
        is_full = len(self._found.get((span.file.name, Severity.ERROR), ())) >= self.MOST
        return None if is_full else closest(word, choices)

    def nearest(self, span: Span, word: str, choices: Iterable[str]) -> str | None:
        """The fix `did_you_mean` for an error at `span`; None where that error is only counted."""
        meant = self.meant(span, word, choices)
        return f"did you mean `{meant}`?" if meant else None

    def __iter__(self) -> Iterator[Diagnostic]:
        found = [diagnostic for group in self._found.values() for diagnostic in group]
        return iter(sorted([*found, *self._counted()], key=lambda diagnostic: diagnostic.sort_key))

    def __len__(self) -> int:
        return sum(map(len, self._found.values())) + len(self._left_out)

    @property
    def has_errors(self) -> bool:
        return any(group for (_, severity), group in self._found.items() if severity is Severity.ERROR)

    def _counted(self) -> Iterator[Diagnostic]:
        for (name, severity), left_out in self._left_out.items():
            count = len(left_out.hashes)
            message = f"`{name}` has {count:,} more {severity}{'s' * (count > 1)} like these, the last one here"
            yield Diagnostic("BK125", message, left_out.last)


def did_you_mean(word: str, choices: Iterable[str]) -> str | None:
    """A fix that names the choice nearest to `word`, or None where none is near."""
    meant = closest(word, choices)
    return f"did you mean `{meant}`?" if meant else None


def closest(word: str, choices: Iterable[str]) -> str | None:
    """The choice nearest to `word`, or None where none is near."""
    folded = word.casefold()
    by_folded = {choice.casefold(): choice for choice in choices}
    among = list(by_folded)
    if len(among) > _MOST_CHOICES:
        among = [choice for choice in among if choice[:2] == folded[:2]][:_MOST_CHOICES]
    near = get_close_matches(folded, among, n=1, cutoff=0.65)
    return by_folded[near[0]] if near else None
