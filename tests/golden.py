"""Comparison of generated trees with expected ones."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path


def check_golden_tree(files: Mapping[str, str], expected: Path, update: bool) -> None:
    """Fail unless `expected` holds exactly `files`; with `update`, make it so."""
    if update:
        shutil.rmtree(expected, ignore_errors=True)
        for name, text in files.items():
            path = expected / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    found = {path.relative_to(expected).as_posix() for path in expected.rglob("*") if path.is_file()}
    assert found == set(files)
    for name, text in files.items():
        assert (expected / name).read_text(encoding="utf-8") == text, name
