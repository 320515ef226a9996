"""What ends the reading of an expression."""

from __future__ import annotations

from bkgen.resolve.expressions.syntax import Place
from bkgen.source import Span


class MistakeError(Exception):
    """A mistake in an expression, at a place in its text or in the document.

    `choices` are what the misspelt `word` may mean, where no `fix` says what to write.
    """

    def __init__(
        self,
        code: str,
        place: Place | Span,
        message: str,
        fix: str | None = None,
        *,
        word: str = "",
        choices: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.place = place
        self.message = message
        self.fix = fix
        self.word = word
        self.choices = choices
