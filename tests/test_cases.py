"""Golden tests: each folder of `cases` has documents in `input` and what bkgen says of them in `diagnostics.txt`.

`explain` has what `bkgen explain` says of the examples; in `lint`, `diagnostics.txt` is what `bkgen lint` says.

A folder may name the paths to read, relative to `input`, one on each line of `paths.txt`; without it, `input` is read.
`pytest tests/test_cases.py --update` rewrites what is expected.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bkgen.assets import folder
from bkgen.codes import CODES
from bkgen.diagnostics import Diagnostics
from bkgen.explain import explain
from bkgen.load import load
from bkgen.pipeline import compile_documents, lint
from bkgen.report import report
from bkgen.resolve import resolve

CASES = Path(__file__).parent / "cases"
INPUTS = sorted(CASES.rglob("input"))

# Their documents do not belong into a repository: too large, called what cannot be shown, with too many mistakes.
TESTED_ELSEWHERE = {"BK106", "BK107", "BK125"}


def findings(documents: Path) -> str:
    """What is found in the documents of a case, as text."""
    listed = documents.parent / "paths.txt"
    names = listed.read_text(encoding="utf-8").split() if listed.exists() else ["."]
    paths = [documents / name for name in names]
    diagnostics = lint(paths) if documents.is_relative_to(CASES / "lint") else compile_documents(paths)[1]
    return report(diagnostics).replace(str(documents), "input")


@pytest.mark.parametrize("documents", INPUTS, ids=lambda path: path.parent.relative_to(CASES).as_posix())
def test_case(documents: Path, update: bool) -> None:
    expected = documents.parent / "diagnostics.txt"
    found = findings(documents)
    if update:
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["login", "minimal", "blog"])
def test_explain(name: str, update: bool) -> None:
    expected = CASES / "explain" / f"{name}.txt"
    service = resolve(load([folder("examples") / name], Diagnostics()), Diagnostics())
    assert service is not None
    found = explain(service)
    if update:
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")


def test_every_code_of_documents_has_a_case() -> None:
    texts = (path.read_text(encoding="utf-8") for path in CASES.rglob("diagnostics.txt"))
    pinned = {code for text in texts for code in re.findall(r"\[(BK\d+)\]", text)}
    assert {code for code in CODES if not "BK7" <= code < "BK9"} - pinned - TESTED_ELSEWHERE == set()
