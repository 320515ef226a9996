"""Where a line of a generated file came from.

The renderer records it in `.bkgen/provenance.json`: for each generated file its parts that come from a place in a
document, by the names that `bkgen.symbols` gives them, such as
`{"app/posts/router.py": [{"part": "read_post", "document": "contract.json", "line": 4, "rule": "..."}]}`.
Which lines a part has is read from the file as it is now. Lines in no part are the same in every backend. The part `""`
is the file, for what depends on a document as a whole.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bkgen.load.files import SUFFIXES
from bkgen.symbols import symbols
from bkgen.write.disk import read_bytes
from bkgen.write.manifest import FOLDER, DamagedRecordError, Manifest, digest, read_manifest

PROVENANCE = f"{FOLDER}/provenance.json"
_PLACE = re.compile(r"(?P<file>.+?):(?P<line>[0-9]+)(:[0-9]+)?")


class NotGeneratedError(ValueError):
    """The place is in no file that bkgen wrote; the message says why."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A place in a document that lines `first` to `last` of a generated file came from, and by which rule."""

    first: int
    last: int
    document: str
    line: int
    rule: str


@dataclass(frozen=True, slots=True)
class Trace:
    """What is known of a line in a generated file, or of all of them.

    Attributes:
        path: of the file, relative to the generated folder.
        line: None for all of them.
        origins: from the narrowest to the widest; those of the whole file only where there are no others; none where
            the line is the same in every backend. Of all lines: in their order, what is around others first.
        edited: whether a person changed the file since, so that parts may be gone.
    """

    path: str
    line: int | None
    origins: tuple[Origin, ...]
    edited: bool


def parse_place(text: str) -> tuple[Path, int | None] | None:
    """The file and line of `FILE:LINE` (a column behind is ignored) or `FILE`, where that exists and is no document."""
    if Path(text).is_file() and Path(text).suffix.lower() not in SUFFIXES:
        return Path(text), None
    match = _PLACE.fullmatch(text)
    if match is None or Path(text).exists() or not Path(match["file"]).is_file():
        return None
    return Path(match["file"]), int(match["line"])


def trace(file: Path, line: int | None) -> Trace:
    """What the line, or each, came from; raises NotGeneratedError."""
    root, manifest = _home(file)
    path = file.resolve().relative_to(root).as_posix()
    if path not in manifest.files or path.startswith(f"{FOLDER}/"):
        raise NotGeneratedError(f"`{path}` is no file of the backend that bkgen generated")
    content = file.read_bytes()
    origins = _placed(_recorded(root, manifest, path), path, content.decode(errors="replace"))
    if line is None:
        origins.sort(key=lambda origin: (origin.first, -origin.last, origin.document, origin.line))
    elif 1 <= line <= len(content.splitlines()):
        origins = _around(line, origins)
    else:
        raise NotGeneratedError(f"`{path}` has no line {line}")
    return Trace(path, line, tuple(origins), edited=digest(content) != manifest.files[path])


def _recorded(root: Path, manifest: Manifest, path: str) -> list[dict[str, Any]]:
    """What is recorded of a file; raises NotGeneratedError."""
    record = read_bytes(root / PROVENANCE)
    if record is None or digest(record) != manifest.files.get(PROVENANCE):
        raise NotGeneratedError(
            f"`{PROVENANCE}` in `{root}` is not as bkgen wrote it: remove it and run `bkgen generate` again"
        )
    entries: list[dict[str, Any]] = json.loads(record).get(path, [])
    return entries


def _placed(entries: list[dict[str, Any]], path: str, text: str) -> list[Origin]:
    """The entries whose parts the text has, with the lines of these."""
    try:
        lines = symbols(path, text, [entry["part"] for entry in entries])
    except (SyntaxError, ValueError):  # a person is at work on it
        lines = {}
    lines[""] = (1, text.count("\n"))
    return [
        Origin(*lines[entry["part"]], entry["document"], entry["line"], entry["rule"])
        for entry in entries
        if entry["part"] in lines
    ]


def _around(line: int, origins: list[Origin]) -> list[Origin]:
    """Those of `line`, from the narrowest; those of the whole file only where there are no others."""
    around = [origin for origin in origins if origin.first <= line <= origin.last]
    last = max((origin.last for origin in origins), default=0)
    narrow = [origin for origin in around if (origin.first, origin.last) != (1, last)]
    return sorted(narrow or around, key=lambda origin: (origin.last - origin.first, origin.document, origin.line))


def _home(file: Path) -> tuple[Path, Manifest]:
    for root in file.resolve().parents:
        try:
            manifest = read_manifest(root)
        except DamagedRecordError as error:
            raise NotGeneratedError(f"in `{root}`, {error}") from error
        if manifest is not None:
            return root, manifest
    raise NotGeneratedError(f"`{file}` is in no folder that bkgen generated")
