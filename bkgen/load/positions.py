"""From offsets in a text to lines and columns."""

from __future__ import annotations

import re
from bisect import bisect_right

from bkgen.source import SourceFile, Span


class Positions:
    """Finds the span of a range of characters of `file`."""

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self._starts = [0, *(match.end() for match in re.finditer("\n", file.text))]

    def span(self, start: int, end: int) -> Span:
        """The characters from offset `start` up to but not including `end`."""
        starts = self._starts
        line = bisect_right(starts, start)
        offset = starts[line - 1]
        # Most ranges end on the line that they begin on: spare them the second search.
        if line == len(starts) or end <= starts[line]:
            return Span(self.file, line, start - offset + 1, line, end - offset + 1)
        end_line = bisect_right(starts, end)
        return Span(self.file, line, start - offset + 1, end_line, end - starts[end_line - 1] + 1)
