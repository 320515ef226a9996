"""Findings are collected once each, in order, and not without limit."""

from __future__ import annotations

from pathlib import Path

from bkgen.diagnostics import Diagnostics, Severity
from bkgen.source import SourceFile, Span

FILE, OTHER = (SourceFile(Path(name), name, "a\n" * 1000) for name in ("a.json", "b.json"))
MOST = Diagnostics.MOST


def at(line: int, file: SourceFile = FILE) -> Span:
    return Span(file, line, 1, line, 2)


def test_of_many_errors_the_rest_is_counted() -> None:
    diagnostics = Diagnostics()
    for line in [*range(1, MOST + 51), *range(1, MOST + 51)]:
        diagnostics.add("BK204", at(line), "an unknown key")
    found = list(diagnostics)
    assert len(found) == len(diagnostics) == MOST + 1
    assert (found[-1].code, found[-1].message) == (
        "BK125",
        "`a.json` has 50 more errors like these, the last one here",
    )
    assert found[-1].span == at(MOST + 50)


def test_each_severity_and_document_has_a_limit_of_its_own() -> None:
    diagnostics = Diagnostics()
    for line in range(1, MOST + 2):
        diagnostics.add("BK321", at(line), "a column is added")
    diagnostics.add("BK204", at(1), "an unknown key")
    diagnostics.add("BK321", at(1, OTHER), "a column is added")
    assert diagnostics.has_errors
    assert [found.code for found in diagnostics if found.code != "BK321"] == ["BK204", "BK125"]
    assert [found.span.file.name for found in diagnostics if found.span][-1] == "b.json"


def test_hints_have_no_limit() -> None:
    diagnostics = Diagnostics()
    for line in range(1, MOST + 51):
        diagnostics.add("BK213", at(line), "another spelling")
    assert {found.severity for found in diagnostics} == {Severity.HINT}
    assert len(diagnostics) == MOST + 50


def test_what_is_only_counted_gets_no_fix() -> None:
    diagnostics = Diagnostics()
    assert diagnostics.nearest(at(1), "nmae", ["name"]) == "did you mean `name`?"
    for line in range(1, MOST + 1):
        diagnostics.add("BK204", at(line), "an unknown key")
    assert diagnostics.nearest(at(1), "nmae", ["name"]) is None
    assert diagnostics.nearest(at(1, OTHER), "nmae", ["name"]) == "did you mean `name`?"
