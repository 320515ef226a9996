"""Prints diagnostics: as text for people; as JSON, SARIF 2.1.0 or GitHub annotations for programs.

Documents are not trusted: no character of theirs reaches a terminal that could move its cursor or turn its text.
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bkgen import __version__
from bkgen.codes import CODES
from bkgen.diagnostics import Diagnostic, Severity
from bkgen.source import Span

FORMATS = ("text", "json", "sarif", "github")

_WIDTH = 110  # of a source line in messages; a longer one is cut around the marker
_LONGEST = 600  # characters of a message: one that repeats what a document says may be as long as that
_RESET, _BOLD, _DIM = "\x1b[0m", "\x1b[1m", "\x1b[2m"
_COLOURS = {
    Severity.ERROR: "\x1b[31m",
    Severity.WARNING: "\x1b[33m",
    Severity.INFO: "\x1b[36m",
    Severity.HINT: "\x1b[34m",
}
_SARIF_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note", Severity.HINT: "note"}
_GITHUB_LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
    Severity.HINT: "notice",
}


def report(diagnostics: Iterable[Diagnostic], form: str = "text", *, colour: bool = False) -> str:
    """The findings in one of `FORMATS`; ends with a newline unless it is empty. Only text has colours."""
    found = list(diagnostics)
    match form:
        case "text":
            return "\n".join(_text(diagnostic, colour) for diagnostic in found)
        case "json":
            return _json([_record(diagnostic) for diagnostic in found])
        case "sarif":
            return _json(_sarif(found))
        case "github":
            return "".join(_annotation(diagnostic) for diagnostic in found)
    raise ValueError(f"{form!r} is none of {', '.join(FORMATS)}")


def shown(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """What is told without being asked for: all but hints."""
    return [diagnostic for diagnostic in diagnostics if diagnostic.severity is not Severity.HINT]


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """How many findings there are: `2 errors, 1 warning`."""
    counts = Counter(diagnostic.severity for diagnostic in diagnostics)
    parts = [f"{count} {severity}{'s' * (count > 1)}" for severity in Severity if (count := counts[severity])]
    return ", ".join(parts) or "no findings"


def _text(diagnostic: Diagnostic, colour: bool) -> str:
    """
    api.json:3:5: error[BK204]: an endpoint has no key `respons`
        3 |     "respons": {
          |     ^^^^^^^^^
          = did you mean `response`?
    """
    paint = _COLOURS[diagnostic.severity] if colour else ""
    bold, dim, reset = (_BOLD, _DIM, _RESET) if colour else ("", "", "")
    place = f"{bold}{visible(str(diagnostic.span))}:{reset} " if diagnostic.span else ""
    head = f"{paint}{diagnostic.severity}[{diagnostic.code}]{reset}: {bold}{_sentence(diagnostic.message)}{reset}"
    lines = [place + head]
    margin = "  "
    if diagnostic.span and (excerpt := _excerpt(diagnostic.span)):
        source, indent, length = excerpt
        number = str(diagnostic.span.line)
        margin = " " * max(len(number), 5)
        lines.append(f"{dim}{number.rjust(5)} |{reset} {source}".rstrip())
        lines.append(f"{dim}{margin} |{reset} {' ' * indent}{paint}{'^' * length}{reset}")
    if diagnostic.fix:
        lines.append(f"{dim}{margin} ={reset} {_sentence(diagnostic.fix)}")
    lines += map(visible, diagnostic.lines)
    return "\n".join(lines) + "\n"


def _excerpt(span: Span) -> tuple[str, int, int] | None:
    """The line that a span begins on, and where its marker begins and how long it is, in columns of a terminal."""
    if span.line > len(span.file.lines):
        return None
    line = span.file.lines[span.line - 1]
    start = min(span.column - 1, len(line))
    # A range over several lines is marked where it begins.
    end = min(span.end_column - 1, len(line)) if span.end_line == span.line else start + 1
    first = max(0, min(start - _WIDTH // 3, len(line) - _WIDTH))
    last = min(len(line), first + _WIDTH)
    before, marked, after = line[first:start], line[start : min(end, last)], line[max(start, min(end, last)) : last]
    head, tail = "…" * (first > 0), "…" * (last < len(line))
    source = head + visible(before) + visible(marked) + visible(after) + tail
    return source, _columns(head + visible(before)), max(1, _columns(visible(marked)))


def _sentence(text: str) -> str:
    return visible(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")


def visible(text: str) -> str:
    """The text with every character that is not seen, or that changes how others are seen, written as an escape."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else "    " if character == "\t" else f"\\u{ord(character):04x}"
        for character in text
    )


def _columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)


def _json(value: Any) -> str:
    return json.dumps(value, indent=2) + "\n"


def _record(diagnostic: Diagnostic) -> dict[str, Any]:
    span = diagnostic.span
    return {
        "code": diagnostic.code,
        "severity": str(diagnostic.severity),
        "title": CODES[diagnostic.code].title,
        "message": diagnostic.message,
        "fix": diagnostic.fix,
        **({"lines": list(diagnostic.lines)} if diagnostic.lines else {}),
        "file": span.file.name if span else None,
        "path": _path(span) if span else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "end_line": span.end_line if span else None,
        "end_column": span.end_column if span else None,
    }


def _path(span: Span) -> str:
    """Where a document can be opened: relative to the present folder where it is below that, with `/`."""
    path = span.file.path.absolute()
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.as_posix()


def _full_message(diagnostic: Diagnostic) -> str:
    told = f"{diagnostic.message}: {diagnostic.fix}" if diagnostic.fix else diagnostic.message
    return "\n".join([told, *diagnostic.lines])


def _sarif(found: Sequence[Diagnostic]) -> dict[str, Any]:
    codes = sorted({diagnostic.code for diagnostic in found})
    rules = [
        {
            "id": code,
            "shortDescription": {"text": CODES[code].title},
            "fullDescription": {"text": CODES[code].help},
            "help": {"text": CODES[code].help},
            "defaultConfiguration": {"level": _SARIF_LEVELS[Severity(CODES[code].severity)]},
        }
        for code in codes
    ]
    driver = {"name": "bkgen", "semanticVersion": __version__, "rules": rules}
    results = [_sarif_result(diagnostic, codes.index(diagnostic.code)) for diagnostic in found]
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }


def _sarif_result(diagnostic: Diagnostic, rule: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": _SARIF_LEVELS[diagnostic.severity],
        "message": {"text": _full_message(diagnostic)},
    }
    if span := diagnostic.span:
        path = _path(span)
        uri = Path(path).as_uri() if os.path.isabs(path) else quote(path)
        region = {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": span.end_line,
            "endColumn": span.end_column,
        }
        result["locations"] = [{"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}]
    return result


def _annotation(diagnostic: Diagnostic) -> str:
    """A workflow command of GitHub Actions, which shows the finding beside the line in a pull request."""
    properties = {"title": f"{diagnostic.code} {CODES[diagnostic.code].title}"}
    if span := diagnostic.span:
        properties |= {"file": _path(span), "line": str(span.line), "endLine": str(span.end_line)}
        if span.end_line == span.line:  # GitHub refuses columns of a range over several lines
            properties |= {"col": str(span.column), "endColumn": str(span.end_column)}
    written = ",".join(f"{key}={_escaped(value, ':,')}" for key, value in properties.items())
    return f"::{_GITHUB_LEVELS[diagnostic.severity]} {written}::{_escaped(_full_message(diagnostic))}\n"


def _escaped(text: str, also: str = "") -> str:
    """Percent-escapes what would end a property or a command; `%` first, so that nothing is escaped twice."""
    for character in "%\r\n" + also:
        text = text.replace(character, f"%{ord(character):02X}")
    return visible(text)
