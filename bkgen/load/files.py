"""Finds and reads the files of documents."""

from __future__ import annotations

import errno
import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bkgen.diagnostics import Diagnostics
from bkgen.load.limits import MAX_BYTES
from bkgen.source import SourceFile, Span

SUFFIXES = (".json", ".yaml", ".yml")
_BOMS = {b"\xef\xbb\xbf": "UTF-8", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


@dataclass(frozen=True, slots=True)
class _Found:
    """A file to read.

    Attributes:
        depth: how many parts at the end of the path are its name.
    """

    path: Path
    depth: int

    @property
    def name(self) -> str:
        return "/".join(self.path.parts[-self.depth :])


def read_files(paths: Sequence[Path], diagnostics: Diagnostics) -> list[SourceFile]:
    """The documents at `paths`, each once, in the order of their names."""
    found: dict[str, _Found] = {}
    for path in paths:
        for file in _find(path, diagnostics):
            found.setdefault(os.path.realpath(file.path), file)
    named = sorted(_unique_names(list(found.values())), key=lambda file: file.name)
    return [source for file in named if (source := _read(file, diagnostics)) is not None]


def _find(path: Path, diagnostics: Diagnostics) -> Iterator[_Found]:
    """The documents that one argument names."""
    # The functions of `os.path` answer False where those of `Path` raise (no permission, links in a circle).
    if os.path.isdir(path):
        files = list(_walk(path, 1, (os.path.realpath(path),), diagnostics))
        if not files:
            diagnostics.add("BK104", None, f"`{path}` holds no document", "documents end in .json, .yaml or .yml")
        yield from files
    elif not os.path.lexists(path):
        diagnostics.add("BK101", None, f"`{path}` does not exist")
    elif path.suffix.lower() not in SUFFIXES:
        diagnostics.add("BK103", None, f"`{path}` is no document by its ending", "name it .json, .yaml or .yml")
    else:
        yield _Found(path.absolute(), 1)


def _walk(folder: Path, depth: int, inside: tuple[str, ...], diagnostics: Diagnostics) -> Iterator[_Found]:
    """The documents below `folder`; hidden files and folders are none of them.

    Args:
        inside: the folder and all that it stands in, without links: a link to one of these would never end.
    """
    try:
        children = sorted(folder.iterdir())
    except OSError as error:
        diagnostics.add("BK102", None, f"`{folder}` cannot be read: {error.strerror}")
        return
    for child in children:
        if child.name.startswith("."):
            continue
        if os.path.isdir(child):
            target = os.path.realpath(child)
            if target in inside:
                diagnostics.add("BK105", None, f"`{child}` is a link to a folder that it stands in", "remove the link")
            else:
                yield from _walk(child, depth + 1, (*inside, target), diagnostics)
        elif child.suffix.lower() in SUFFIXES:
            yield _Found(child.absolute(), depth)


def _unique_names(files: list[_Found]) -> list[_Found]:
    """The files with as many folders in front of their names as it takes to tell them apart."""
    while True:
        counts = Counter(file.name for file in files)
        if all(counts[file.name] == 1 or file.depth > len(file.path.parts) for file in files):
            return files
        files = [_Found(file.path, file.depth + (counts[file.name] > 1)) for file in files]


def _read(file: _Found, diagnostics: Diagnostics) -> SourceFile | None:
    """The content of a file, or None where it is none that a document can have."""
    if not file.name.isprintable():
        diagnostics.add("BK107", None, f"the file name {file.name!a} cannot be shown", "rename the file")
        return None
    try:
        content = _bytes(file.path)
    except OSError as error:
        if error.errno == errno.ELOOP:
            diagnostics.add("BK105", None, f"`{file.path}` is a link that leads back to itself", "remove the link")
        else:
            diagnostics.add("BK102", None, f"`{file.path}` cannot be read: {error.strerror}")
        return None
    return _decode(file, content, diagnostics)


def _bytes(path: Path) -> bytes:
    """The bytes of a regular file, at most one more than a document may have. A pipe might never end."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(0, "it is no regular file")
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def _decode(file: _Found, content: bytes, diagnostics: Diagnostics) -> SourceFile | None:
    start = Span(SourceFile(file.path, file.name, ""), 1, 1, 1, 1)
    if len(content) > MAX_BYTES:
        diagnostics.add("BK106", start, f"the document has more than {MAX_BYTES // 1_000_000} MB", "split it")
        return None
    for mark, encoding in _BOMS.items():
        if content.startswith(mark):
            fix = "save it as UTF-8 without a byte order mark"
            diagnostics.add("BK109", start, f"the document begins with the byte order mark of {encoding}", fix)
            return None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        source = SourceFile(file.path, file.name, content.decode("utf-8", "replace"))
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        message = f"the byte 0x{content[error.start]:02X} is no UTF-8"
        diagnostics.add("BK108", Span(source, line, column, line, column + 1), message, "save the document as UTF-8")
        return None
    if not text.strip():
        diagnostics.add("BK110", start, "the document is empty", "fill it, or remove the file")
        return None
    return SourceFile(file.path, file.name, text)
