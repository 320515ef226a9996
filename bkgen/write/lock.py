"""One writer per folder."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class LockedError(Exception):
    """Another process is writing to the folder."""


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Hold the folder for this process, or raise LockedError.

    The folder itself is locked, not a file in it: nothing is left behind, and the lock ends with the process.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError from None
        yield
    finally:
        os.close(descriptor)
