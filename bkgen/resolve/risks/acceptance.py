"""That a document accepts a risk, and which acceptance is for which risk: the narrowest one around it.

One that stands in an object is for what is found within that object, or about it; one of the service is for all.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass

from bkgen.resolve.risks.risk import Risk
from bkgen.source import Span

Position = tuple[int, int]
"""Line and column."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """That a document accepts a code; `around` is the object in which it does, None for all documents.

    Attributes:
        end: of that object, which is behind its span where it is written behind its name.
    """

    code: str
    reason: str
    said: Span
    around: Span | None
    end: Position = (0, 0)

    @property
    def begin(self) -> Position:
        return (self.around.line, self.around.column) if self.around is not None else (0, 0)

    @property
    def width(self) -> Position:
        """How many lines it stands around, and how many columns more."""
        return (self.end[0] - self.begin[0], self.end[1] - self.begin[1])


class _InOneFile:
    """Acceptances of one code in one document. Of two objects one is within the other, or they are apart."""

    def __init__(self, acceptances: list[Acceptance]) -> None:
        self._sorted = sorted(acceptances, key=lambda one: (one.begin, (-one.end[0], -one.end[1])))
        self._begins = [one.begin for one in self._sorted]
        self._outer: list[int] = []  # the index of the next one around each; -1 for none
        within: list[int] = []
        for index, one in enumerate(self._sorted):
            while within and self._sorted[within[-1]].end < one.end:
                within.pop()
            self._outer.append(within[-1] if within else -1)
            within.append(index)

    def around(self, place: Span) -> Acceptance | None:
        """The narrowest around a place."""
        index = bisect_right(self._begins, (place.line, place.column)) - 1
        while index >= 0 and self._sorted[index].end < (place.end_line, place.end_column):
            index = self._outer[index]
        return self._sorted[index] if index >= 0 else None


class Acceptances:
    """All of one code."""

    def __init__(self, acceptances: list[Acceptance]) -> None:
        of_file: defaultdict[str, list[Acceptance]] = defaultdict(list)
        for one in acceptances:
            if one.around is not None:
                of_file[one.around.file.name].append(one)
        self._everywhere = next((one for one in acceptances if one.around is None), None)
        self._in_file = {name: _InOneFile(found) for name, found in of_file.items()}

    def of(self, risk: Risk) -> Acceptance | None:
        """The narrowest that is for a risk."""
        files = ((self._in_file.get(place.file.name), place) for place in risk.places)
        found = [one for file, place in files if file is not None and (one := file.around(place)) is not None]
        return min(found, key=lambda one: one.width, default=self._everywhere)
