"""Texts that match regular expressions."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from rstr import Rstr

from app.data.row import Patterned


@dataclass(frozen=True)
class Matching(Patterned):
    """A column whose texts match a pattern."""

    pattern: str

    def texts(self, random: Random) -> Iterator[str]:
        maker = Rstr(random)
        while True:
            yield maker.xeger(self.pattern)
