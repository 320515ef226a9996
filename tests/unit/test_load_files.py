"""Files are found in any folder, named without it, and refused with a reason."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bkgen.diagnostics import Diagnostics
from bkgen.load import load
from bkgen.load.files import read_files
from bkgen.load.limits import MAX_BYTES


def _names(*paths: Path) -> list[str]:
    return [file.name for file in read_files(paths, Diagnostics())]


def _codes(path: Path) -> list[str]:
    diagnostics = Diagnostics()
    load([path], diagnostics)
    return [found.code for found in diagnostics]


def _write(path: Path, text: str = "[]") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_names_are_relative_to_the_folder(tmp_path: Path) -> None:
    for name in ("b.json", "a/c.yml", "a/B.YAML", "a/notes.md", ".git/config.json", "a/.hidden.json"):
        _write(tmp_path / name)
    assert _names(tmp_path) == ["a/B.YAML", "a/c.yml", "b.json"]
    assert _names(tmp_path / "a" / "c.yml") == ["c.yml"]


def test_order_of_arguments_does_not_matter(tmp_path: Path) -> None:
    first, second = _write(tmp_path / "x.json"), _write(tmp_path / "y.json")
    assert _names(first, second) == _names(second, first) == ["x.json", "y.json"]


def test_a_document_is_read_once(tmp_path: Path) -> None:
    file = _write(tmp_path / "docs" / "x.json")
    (tmp_path / "link.json").symlink_to(file)
    assert _names(tmp_path / "docs", file, tmp_path / "docs" / ".." / "docs", tmp_path / "link.json") == ["x.json"]


def test_equal_names_get_their_folders(tmp_path: Path) -> None:
    files = [_write(tmp_path / name) for name in ("a/x/api.json", "b/x/api.json", "b/other.json")]
    assert _names(*files) == ["a/x/api.json", "b/x/api.json", "other.json"]


def test_linked_folders_are_read(tmp_path: Path) -> None:
    _write(tmp_path / "real" / "x.json")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "linked").symlink_to(tmp_path / "real")
    assert _names(tmp_path / "docs") == ["linked/x.json"]


def test_too_large(tmp_path: Path) -> None:
    assert _codes(_write(tmp_path / "fits.json", "[" + " " * (MAX_BYTES - 2) + "]")) == []
    assert _codes(_write(tmp_path / "over.json", "[" + " " * (MAX_BYTES - 1) + "]")) == ["BK106"]


@pytest.mark.parametrize("name", ["a\nb.json", "a\u202eb.json", "a\x1bb.json"])
def test_names_that_cannot_be_shown(tmp_path: Path, name: str) -> None:
    assert _codes(_write(tmp_path / name).parent) == ["BK107"]


def test_names_that_are_no_text(tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.json"))).write_text("[]")
    assert _codes(tmp_path) == ["BK107"]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    assert _codes(tmp_path) == ["BK102"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path: Path) -> None:
    _write(tmp_path / "x.json").chmod(0)
    assert _codes(tmp_path) == ["BK102"]


def test_one_bad_document_does_not_hide_the_others(tmp_path: Path) -> None:
    _write(tmp_path / "a.json", "{")
    _write(tmp_path / "b.json", '{"tables": [{"name": "users", "columns": []}]}')
    diagnostics = Diagnostics()
    documents = load([tmp_path], diagnostics)
    assert len(documents.tables) == 1
    assert [file.name for file in documents.files] == ["a.json", "b.json"]
    assert diagnostics.has_errors
