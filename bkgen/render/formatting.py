"""Lays out rendered Python files the way their owner's tools will want them.

Ruff's formatter is used because it is some hundred times as fast as black and writes what black leaves alone; the
tests hold black to that. See specs/decisions/0003-formatting.md.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ruff import find_ruff_bin

LINE_LENGTH = 100
_RUFF = find_ruff_bin()  # found before threads are: on Python 3.11 two that look for it first fail in `sysconfig`
# Templates import what they may need; F401 takes out those that this backend does not use.
# What is left of a long line then fits on one: the comma that was put behind its last name says nothing.
_ONE_LINE = "--config=lint.isort.split-on-trailing-comma=false"
_FIXES = ("--select=I,F401,RUF022,RUF036", "--fix-only", "--unsafe-fixes", _ONE_LINE)

# Files that live for a second are best kept in memory, where the system has a folder for that.
_MEMORY = Path("/dev/shm")  # noqa: S108 (a folder with a random name is made in it)


class RenderError(Exception):
    """The renderer wrote text that is no Python: a fault of bkgen's, never of a document's."""


def formatted(files: Mapping[str, str], settings: str) -> dict[str, str]:
    """`files` (path -> Python text), each formatted, imports sorted and unused ones gone; the order is kept.

    `settings` is the pyproject.toml of the backend, so that Ruff sees what the owner's Ruff will see.
    """
    with tempfile.TemporaryDirectory(prefix="bkgen-", dir=_workshop(files)) as folder:
        root = Path(folder)
        (root / "pyproject.toml").write_text(settings, encoding="utf-8")
        for parent in {(root / path).parent for path in files}:
            parent.mkdir(parents=True, exist_ok=True)
        for path, text in files.items():
            target = root / path
            target.write_text(text, encoding="utf-8", newline="\n")
        _ruff(root, "check", *_FIXES)
        _ruff(root, "format")
        return {path: (root / path).read_text(encoding="utf-8") for path in files}


def _workshop(files: Mapping[str, str]) -> Path | None:
    """Where the files are formatted: in memory, or None for the usual place if there is little room."""
    block = 4096
    needed = sum(2 * block + 2 * len(text.encode()) for text in files.values())
    roomy = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > needed
    return _MEMORY if roomy else None


def _ruff(root: Path, command: str, *options: str) -> None:
    done = subprocess.run(
        [_RUFF, command, "--quiet", "--no-cache", *options, "."], cwd=root, capture_output=True, text=True
    )
    if done.returncode not in (0, 1) or "error" in done.stderr:
        raise RenderError(f"ruff {command} failed: {done.stderr.strip()}")
