"""Whatever documents say, they give diagnostics, or a backend that tools accept and that migrates and starts.

BKGEN_EXAMPLES=200 draws that many other document sets each time, and runs the whole suite of every tenth backend, on
PostgreSQL too where TEST_DATABASE_URL names one.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import mkdtemp

import black
import pytest
from hypothesis import HealthCheck, given, settings

from tests.behaviour.generated import Backend, generate
from tests.behaviour.hostile_documents import Document
from tests.behaviour.property_documents import document_sets

MORE = int(os.environ.get("BKGEN_EXAMPLES", "0"))
MODE = black.Mode(line_length=100)


def bounded(examples: int, more: int) -> settings:
    """So many examples, the same ones each time; or `more` that are always others, where there are to be more."""
    return settings(
        max_examples=more or examples,
        derandomize=not MORE,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For all examples; those that passed leave nothing behind."""
    return tmp_path_factory.mktemp("property")


def made(folder: Path, document: Document) -> Backend | None:
    return generate(Path(mkdtemp(dir=folder)), document)[0]


def remove(backend: Backend) -> None:
    shutil.rmtree(backend.folder.parent)


@bounded(20, MORE)
@given(document=document_sets())
def test_backends_are_as_black_and_ruff_want_them(folder: Path, document: Document) -> None:
    backend = made(folder, document)
    if backend is None:
        return
    backend.check_compiles()
    backend.check_ruff()
    for path, text in backend.files.items():
        if path.endswith(".py"):
            assert text == black.format_str(text, mode=MODE) or not text, path
    remove(backend)


@bounded(4, MORE // 5)
@given(document=document_sets())
def test_backends_migrate_and_start(folder: Path, document: Document) -> None:
    backend = made(folder, document)
    if backend is None:
        return
    backend.check_migrates()
    backend.check_starts()
    remove(backend)


@pytest.mark.skipif(MORE < 10, reason="takes minutes: BKGEN_EXAMPLES=100")
@bounded(1, MORE // 10)
@given(document=document_sets())
def test_backends_pass_their_own_tests(folder: Path, document: Document) -> None:
    backend = made(folder, document)
    if backend is None:
        return
    backend.check_types()
    backend.check_suite()
    remove(backend)
