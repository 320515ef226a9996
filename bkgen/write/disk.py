"""Changes to single files that either happen whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path


def read_bytes(path: Path) -> bytes | None:
    """The content of the file, or None where nothing is there; other errors are raised."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def staged(path: Path) -> Path:
    """Where the next content of `path` waits: in the same folder, so that putting it in place is one rename."""
    return path.with_name(f".{path.name}.bkgen-new")


def stage(path: Path, data: bytes) -> None:
    """Write the next content of `path` beside it, with the mode that `path` has."""
    waiting = staged(path)
    try:
        waiting.write_bytes(data)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        waiting.write_bytes(data)
    with suppress(FileNotFoundError):
        shutil.copymode(path, waiting)


def flush(paths: Iterable[Path]) -> None:
    """Have the files and folders at `paths` reach the disk; those that do not exist are passed over."""
    # Each call waits for the disk: many at once share the waiting.
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(_flush, paths))


def put_in_place(path: Path) -> None:
    """Make what was staged the content of `path`, in one step."""
    staged(path).replace(path)


def replace(path: Path, data: bytes) -> None:
    """Give `path` its new content in one step."""
    stage(path, data)
    flush([staged(path)])
    put_in_place(path)


def set_aside(path: Path) -> Path:
    """Rename `path` to `name.orig`, or to `name.orig2` and so on where that exists, and return the new path."""
    number = 1
    while os.path.lexists(aside := path.with_name(f"{path.name}.orig{number if number > 1 else ''}")):
        number += 1
    return path.rename(aside)


def remove(path: Path) -> None:
    """Remove the file, and the byte code that Python made of it."""
    path.unlink(missing_ok=True)
    if path.suffix == ".py":
        for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
            compiled.unlink(missing_ok=True)


def prune(folder: Path, root: Path) -> None:
    """Remove `folder` and those above it, up to but not including `root`, as far as they are empty."""
    while folder != root and folder.is_relative_to(root):
        for empty in (folder / "__pycache__", folder):
            with suppress(OSError):
                empty.rmdir()
        if folder.exists():
            return
        folder = folder.parent


def _flush(path: Path) -> None:
    with suppress(FileNotFoundError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
