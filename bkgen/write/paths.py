"""Which paths may be written below a folder."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

# A generated tree can be checked out on any system, so what Windows forbids is forbidden everywhere.
_FORBIDDEN_CHARACTERS = re.compile(r'[<>:"|?*\\\x00-\x1f\x7f]')
_DEVICE_NAME = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_LONGEST_NAME = 200  # bytes: leaves room for what is appended to temporary and kept files


def path_problem(path: str) -> str | None:
    """Why `path` (relative, with `/`) must not be written, or None where it may."""
    if path.startswith("/") or any(part in ("", ".", "..") for part in path.split("/")):
        return "leads out of the folder"
    for name in path.split("/"):
        if _FORBIDDEN_CHARACTERS.search(name):
            return "has a character that file names must not have"
        if _DEVICE_NAME.fullmatch(name):
            return f"has the name `{name}`, which Windows keeps for a device"
        if name.endswith((".", " ")):
            return "has a name that ends with a dot or a space"
        if len(name.encode()) > _LONGEST_NAME:
            return "has a name that is too long"
    return None


def collisions(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Pairs of paths that cannot both exist where case or Unicode form does not count, or where one is a folder."""
    files: dict[str, str] = {}
    for path in sorted(paths):
        if (other := files.setdefault(_folded(path), path)) != path:
            yield other, path
    folders: dict[str, str] = {}
    for path in sorted(paths):
        for parent in list(PurePosixPath(path).parents)[:-1]:
            if (other := folders.setdefault(_folded(str(parent)), str(parent))) != str(parent):
                yield f"{other}/", f"{parent}/"
            elif (file := files.get(_folded(str(parent)))) is not None:
                yield file, path


def escapes(root: Path, paths: Iterable[str]) -> Iterator[str]:
    """Those folders of `paths` that a symbolic link on disk leads out of `root`."""
    real_root = root.resolve()
    for parent in sorted({str(PurePosixPath(path).parent) for path in paths}):
        if not (root / parent).resolve().is_relative_to(real_root):
            yield parent


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()
