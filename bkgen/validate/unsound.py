"""Tells which findings about the meaning of documents only follow from a mistake in their structure."""

from __future__ import annotations

from bisect import bisect_right

from bkgen.diagnostics import Diagnostics, Severity
from bkgen.load.documents import Documents
from bkgen.source import Map, Span

_UNKNOWN_KEY = "BK204"
_MORE_FINDINGS = "BK125"


class Objects:
    """Endpoints, tables, collections and views, found by the places in them."""

    def __init__(self, nodes: tuple[Map, ...]) -> None:
        self._spans = sorted((node.span for node in nodes), key=lambda span: span.sort_key)
        self._starts = [span.sort_key for span in self._spans]

    def around(self, place: Span) -> Span | None:
        """The object that `place` is in."""
        at = bisect_right(self._starts, place.sort_key) - 1
        span = self._spans[at] if at >= 0 else place
        inside = span.file is place.file and (place.line, place.column) < (span.end_line, span.end_column)
        return span if at >= 0 and inside else None


class Unsound:
    """The endpoints, tables, collections and views that have unknown keys.

    What an object with an unknown key means is not known, and more findings about it would mislead: a table without a
    primary key may only have misspelled it. All other objects can be checked in the same run.
    """

    def __init__(self, documents: Documents, diagnostics: Diagnostics) -> None:
        self._objects = Objects((*documents.endpoints, *documents.stored, *documents.views))
        mistakes = [found for found in diagnostics if found.severity is Severity.ERROR or found.code == _MORE_FINDINGS]
        around = [
            self._objects.around(found.span) if found.code == _UNKNOWN_KEY and found.span else None
            for found in mistakes
        ]
        self._spans = {span for span in around if span is not None}
        self.everything = None in around
        """Whether there are other errors, or unknown keys of whole documents, after which nothing can be checked."""

    def explains(self, place: Span | None) -> bool:
        """Whether a finding at `place` may only follow from an unknown key."""
        return place is not None and bool(self._spans) and self._objects.around(place) in self._spans
