"""Golden tests of migrations: each folder of `cases/migrations` has documents `before.json` and `after.json`.

`diagnostics.txt` is what bkgen says of the change, or else `revision.py` is the migration that it writes; `allow.txt`
names what may be lost, one on each line. `pytest tests/unit/test_revisions.py --update` rewrites what is expected.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bkgen.codes.migrations import MIGRATIONS
from bkgen.diagnostics import Diagnostics
from bkgen.migrate.history import INITIAL, History
from bkgen.migrate.snapshot import read, schema_of, written
from bkgen.migrate.step import Step, next_step
from bkgen.pipeline import compile_documents
from bkgen.render import render
from bkgen.render.migrations import revision_path
from bkgen.report import report

CASES = Path(__file__).parents[1] / "cases" / "migrations"
FOLDERS = sorted(path.parent for path in CASES.rglob("before.json"))
TOLD_OF_FOLDERS = {"BK720", "BK721", "BK722"}
"""Findings about the folder of a backend: tests/unit/test_history.py has them."""


def step_of(case: Path, diagnostics: Diagnostics) -> tuple[Step | None, str]:
    """The step of a case, and the migrations that it writes; empty where it writes none."""
    before, found = compile_documents([case / "before.json"])
    assert before is not None, list(found)
    after, found = compile_documents([case / "after.json"])
    assert after is not None, list(found)
    schema, revision = read(written(schema_of(before), "0001"))
    assert schema == schema_of(before)
    allow = case / "allow.txt"
    allowed = allow.read_text(encoding="utf-8").splitlines() if allow.exists() else []
    history = History(schema, revision, "0001", 2, {INITIAL: ""}, "")
    step = next_step(after, history, allowed, lambda _: None, diagnostics, in_two=(case / "two-step").exists())
    if step is None or not step.passages:
        return step, ""
    files = render(after, step=step)
    return step, "\n\n".join(files[revision_path(passage)] for passage in step.passages)


@pytest.mark.parametrize("case", FOLDERS, ids=lambda path: path.name)
def test_migration(case: Path, update: bool) -> None:
    diagnostics = Diagnostics()
    _, script = step_of(case, diagnostics)
    found = {
        "revision.py": script,
        "diagnostics.txt": report(diagnostics).replace(f"{case}/", "") if len(diagnostics) else "",
    }
    for name, text in found.items():
        expected = case / name
        if update:
            expected.write_text(text, encoding="utf-8") if text else expected.unlink(missing_ok=True)
        assert (expected.read_text(encoding="utf-8") if expected.exists() else "") == text


def test_every_code_of_changes_has_a_case() -> None:
    texts = (path.read_text(encoding="utf-8") for path in CASES.rglob("diagnostics.txt"))
    pinned = {code for text in texts for code in re.findall(r"\[(BK\d+)\]", text)}
    assert set(MIGRATIONS) - pinned == TOLD_OF_FOLDERS
