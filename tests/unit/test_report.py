"""Findings are printed exactly, cut to fit, and without anything in them that a terminal or a program would obey."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bkgen.codes import CODES
from bkgen.diagnostics import Diagnostic, Severity
from bkgen.pipeline import compile_documents
from bkgen.report import FORMATS, report, summary
from bkgen.source import SourceFile, Span

_ANY_TEXT = st.text(max_size=300)


def _found(text: str, *place: int, message: str = "something is wrong", fix: str | None = None) -> Diagnostic:
    return Diagnostic("BK204", message, Span(SourceFile(Path("a.json"), "a.json", text), *place), fix)


def test_text() -> None:
    found = _found(
        '{\n  "respons": {}\n}', 2, 3, 2, 12, message="an endpoint has no key `respons`", fix="write `response`"
    )
    assert report([found]) == (
        "a.json:2:3: error[BK204]: an endpoint has no key `respons`\n"
        '    2 |   "respons": {}\n'
        "      |   ^^^^^^^^^\n"
        "      = write `response`\n"
    )


def test_text_without_a_place() -> None:
    assert report([Diagnostic("BK101", "`x` does not exist", None)]) == "error[BK101]: `x` does not exist\n"


def test_a_range_over_several_lines_is_marked_where_it_begins() -> None:
    assert report([_found("a: {\n}", 1, 4, 2, 2)]).splitlines()[1:] == ["    1 | a: {", "      |    ^"]


@pytest.mark.parametrize(
    ("line", "column", "end", "shown"),
    [
        ("\tkey: x", 2, 5, ["        key: x"[4:], "    ^^^"]),
        ("日本: x", 5, 6, ["日本: x", "      ^"]),
        ("e\u0301é: x", 5, 6, ["e\u0301é: x", "   ^"]),
        ("a\x1b[31m: x", 1, 2, ["a\\u001b[31m: x", "^"]),
        ("\u202ea: x", 2, 3, ["\\u202ea: x", "      ^"]),
        ("abc", 10, 20, ["abc", "   ^"]),
        ("x\r", 1, 2, ["x", "^"]),
    ],
)
def test_the_marker_stands_below(line: str, column: int, end: int, shown: list[str]) -> None:
    lines = report([_found(line, 1, column, 1, end)]).splitlines()[1:]
    assert [text[8:] for text in lines] == shown


def test_long_lines_are_cut_around_the_marker() -> None:
    line = "".join(f"{number:05d}" for number in range(1000))
    _, source, marker = report([_found(line, 1, 2501, 1, 2506)]).splitlines()
    assert len(source) < 130
    assert source[marker.index("^") :].startswith("00500")


def test_long_messages_are_cut() -> None:
    assert len(report([_found("x", 1, 1, 1, 2, message="a" * 5000, fix="b" * 5000)])) < 1400


def test_colour_only_when_asked_for() -> None:
    found = [_found("x", 1, 1, 1, 2)]
    assert "\x1b" not in report(found)
    assert "\x1b[31m" in report(found, colour=True)


@given(line=_ANY_TEXT, message=_ANY_TEXT, fix=_ANY_TEXT, column=st.integers(1, 400), length=st.integers(0, 400))
def test_nothing_that_a_terminal_obeys(line: str, message: str, fix: str, column: int, length: int) -> None:
    found = [_found(line, 1, column, 1, column + length, message=message, fix=fix)]
    for form in ("text", "github"):
        assert all(character.isprintable() or character == "\n" for character in report(found, form))
    assert len(report(found).splitlines()) <= 4
    assert report(found, "github").count("\n") == 1


def test_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert json.loads(report([_found('{"x": 1}', 1, 2, 1, 5, fix="remove it")], "json")) == [
        {
            "code": "BK204",
            "severity": "error",
            "title": CODES["BK204"].title,
            "message": "something is wrong",
            "fix": "remove it",
            "file": "a.json",
            "path": "a.json",
            "line": 1,
            "column": 2,
            "end_line": 1,
            "end_column": 5,
        }
    ]


def test_github_escapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = SourceFile(Path("a,b:c.json"), "a,b:c.json", "x")
    found = Diagnostic("BK204", "100%\n::error::", Span(file, 1, 1, 1, 2))
    assert report([found], "github") == (
        "::error title=BK204 Unknown key,file=a%2Cb%3Ac.json,line=1,endLine=1,col=1,endColumn=2::100%25%0A::error::\n"
    )


def test_github_has_no_columns_of_a_range_over_several_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert ",line=1,endLine=2::" in report([_found("a: {\n}", 1, 4, 2, 2)], "github")


def test_positions_count_characters_whatever_they_and_the_line_ends_are(tmp_path: Path) -> None:
    text = '{"endpoints": [{"summary": "\U0001f600", "method": "GET",\r\n\t"path":\t"/\U0001f600", "auth": 5}]}'
    (tmp_path / "api.json").write_text(text, encoding="utf-8", newline="")
    diagnostics = compile_documents([tmp_path])[1]
    (found,) = [found for found in diagnostics if found.code == "BK206"]
    assert str(found.span) == "api.json:2:24"
    source, marker = report([found]).splitlines()[1:3]
    assert source[8:] == '    "path":    "/\U0001f600", "auth": 5}]}'
    # The face is two columns wide.
    assert marker[8:] == " " * (source[8:].index("5") + 1) + "^"


def test_sarif(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    here = Diagnostic("BK213", "read so", Span(SourceFile(Path("ä b.json"), "ä b.json", "x"), 1, 1, 1, 2), "write so")
    outside = Diagnostic("BK204", "no", Span(SourceFile(Path("/else where/c.json"), "c.json", "x"), 1, 1, 1, 2))
    log: dict[str, Any] = json.loads(report([here, outside, Diagnostic("BK101", "absent", None)], "sarif"))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["BK101", "BK204", "BK213"]
    assert [result["level"] for result in run["results"]] == ["note", "error", "error"]
    assert [run["tool"]["driver"]["rules"][it["ruleIndex"]]["id"] for it in run["results"]] == [
        "BK213",
        "BK204",
        "BK101",
    ]
    assert run["results"][0]["message"]["text"] == "read so: write so"
    uris = [it["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for it in run["results"][:2]]
    assert uris == ["%C3%A4%20b.json", "file:///else%20where/c.json"]
    assert "locations" not in run["results"][2]


@pytest.mark.parametrize("form", FORMATS)
def test_no_findings(form: str) -> None:
    assert report([], form).strip() in ("", "[]") or form == "sarif"


def test_unknown_format() -> None:
    with pytest.raises(ValueError, match="xml"):
        report([], "xml")


def test_summary() -> None:
    error, hint = _found("x", 1, 1, 1, 2), Diagnostic("BK213", "so", None)
    assert summary([error, hint, error]) == "2 errors, 1 hint"
    assert summary([]) == "no findings"


def test_every_code_is_whole() -> None:
    for code, about in CODES.items():
        assert about.severity in list(Severity)
        assert about.title
        assert not about.title.endswith(".")
        assert about.help.endswith("."), code
