"""How far work is, for people who wait."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from click import progressbar


def is_watched() -> bool:
    """Whether a person sees what is said."""
    return sys.stderr.isatty()


@contextmanager
def progress(label: str, length: int) -> Iterator[Any]:
    """A bar on the standard error stream, where that is a terminal; `update(steps)` moves it."""
    with progressbar(
        length=length,
        label=label,
        file=sys.stderr,
        hidden=not is_watched(),
        update_min_steps=max(1, length // 500),
    ) as bar:
        yield bar


def tell(sentence: str) -> None:
    """Say something beside the data, which may go to the standard output."""
    print(sentence, file=sys.stderr)
