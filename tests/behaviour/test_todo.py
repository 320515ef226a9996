"""Todo-Backend: the generated backend does what the public tests of that project ask of every implementation."""

from __future__ import annotations

from pathlib import Path

from tests.behaviour.test_examples import POSTGRES, run, written

TESTS = Path(__file__).with_name("todo_tests.py")


def test_it_is_a_todo_backend(tmp_path: Path) -> None:
    folder = written("todo", tmp_path)
    (folder / "tests" / "test_todo_backend.py").write_text(TESTS.read_text(encoding="utf-8"), encoding="utf-8")
    for url in ("", POSTGRES):
        assert " passed" in run(folder, "pytest", "tests/test_todo_backend.py", "-n", "0", TEST_DATABASE_URL=url)
