"""Compiled templates are kept beside the compiled modules, and what is kept is never trusted blindly."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from bkgen.render import environment
from bkgen.render.environment import rendered


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder where they are kept, which is not there yet; templates have not been compiled."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    environment._environment.cache_clear()
    yield Path(cache_from_source(environment.__file__)).parent
    environment._environment.cache_clear()


def text() -> str:
    return rendered("app/create_key.py")


def test_a_template_is_compiled_once(cache: Path) -> None:
    cache.mkdir(parents=True)
    before = text()
    (kept,) = cache.iterdir()
    written = kept.stat()
    environment._environment.cache_clear()
    assert text() == before
    assert (kept.stat().st_ino, kept.stat().st_mtime_ns) == (written.st_ino, written.st_mtime_ns)


@pytest.mark.parametrize("keep", [0, 1, 40, -1])
def test_what_is_damaged_is_compiled_again(cache: Path, keep: int) -> None:
    cache.mkdir(parents=True)
    before = text()
    (kept,) = cache.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[:keep])
    environment._environment.cache_clear()
    assert text() == before
    assert kept.read_bytes() == whole


def test_nothing_is_kept_where_there_is_no_place_for_it(cache: Path) -> None:
    assert text()
    assert not cache.exists()


def test_nothing_is_kept_where_python_was_told_to_keep_nothing(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    cache.mkdir(parents=True)
    assert text()
    assert list(cache.iterdir()) == []
