"""The record of what bkgen wrote into a folder.

`.bkgen/manifest.json` names every file with its SHA-256. While files are being written, `.bkgen/pending.json` lists
for every path the hash it had and the one it gets: by these, what an interrupted run left is known as bkgen's own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from bkgen import __version__
from bkgen.write.disk import read_bytes, replace
from bkgen.write.paths import path_problem

FOLDER = ".bkgen"
MANIFEST = f"{FOLDER}/manifest.json"
PENDING = f"{FOLDER}/pending.json"
_FORMAT = 1

T = TypeVar("T")


class DamagedRecordError(ValueError):
    """A record that was edited, merged or cut off, or that another version of bkgen wrote."""


@dataclass(frozen=True)
class Manifest:
    """What the last complete run wrote.

    Attributes:
        fingerprint: of everything that the files were made from (`bkgen.write.fingerprint`).
        files: the hash of each file by its path, relative and with `/`.
        findings: how many warnings and other findings there were, in words; empty where there were none.
    """

    fingerprint: str
    files: Mapping[str, str] = field(repr=False)
    findings: str = ""


Known = Mapping[str, frozenset[str]]
"""For each path the hashes of all texts that bkgen wrote, or was about to write, there."""


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def read_manifest(root: Path) -> Manifest | None:
    """The manifest of `root`, or None where it has none; raises DamagedRecordError."""
    record = _read(root, MANIFEST)
    if record is None:
        return None
    return Manifest(str(record.get("fingerprint")), _files(MANIFEST, record, str), str(record.get("findings", "")))


def read_pending(root: Path) -> Known | None:
    """What an interrupted run left in `root`, or None where none was interrupted; raises DamagedRecordError."""
    record = _read(root, PENDING)
    if record is None:
        return None
    return {path: frozenset(hashes) for path, hashes in _files(PENDING, record, list).items()}


def write_manifest(root: Path, manifest: Manifest) -> None:
    content = {"fingerprint": manifest.fingerprint, "findings": manifest.findings}
    _write(root, MANIFEST, {**content, "files": dict(sorted(manifest.files.items()))})


def write_pending(root: Path, known: Known) -> None:
    _write(root, PENDING, {"files": {path: sorted(known[path]) for path in sorted(known)}})


def _read(root: Path, name: str) -> dict[str, Any] | None:
    data = read_bytes(root / name)
    if data is None:
        return None
    try:
        record = json.loads(data)
    except ValueError as error:
        raise DamagedRecordError(f"`{name}` is no valid JSON") from error
    if not isinstance(record, dict) or record.pop("checksum", None) != _checksum(record):
        raise DamagedRecordError(f"`{name}` was changed since bkgen wrote it")
    if record.get("format") != _FORMAT:
        raise DamagedRecordError(
            f"`{name}` was written by bkgen {record.get('bkgen')}, in a format that is not known here"
        )
    return record


def _files(name: str, record: dict[str, Any], kind: type[T]) -> dict[str, T]:
    files = record.get("files")
    if not isinstance(files, dict):
        raise DamagedRecordError(f"`{name}` lists no files")
    for path, value in files.items():
        # Whoever can compute a checksum must not have bkgen remove files elsewhere.
        if path_problem(path) or not isinstance(value, kind):
            raise DamagedRecordError(f"`{name}` lists `{path}`, which bkgen cannot have written")
    return files


def _write(root: Path, name: str, content: dict[str, Any]) -> None:
    record = {"format": _FORMAT, "bkgen": __version__, **content}
    text = json.dumps({**record, "checksum": _checksum(record)}, indent=1, ensure_ascii=False)
    replace(root / name, text.encode() + b"\n")


def _checksum(record: dict[str, Any]) -> str:
    return digest(json.dumps(record, sort_keys=True).encode())
