"""Paths of endpoints as segments."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bkgen.diagnostics import Diagnostics
from bkgen.resolve.texts import is_parameter, is_segment, shown
from bkgen.source import Span

MAX_PATH = 400
"""Characters in a path: well below what servers and clients take."""


_PARAMETER = re.compile(r"\{[^{}/]*\}")

# First words of paths that FastAPI answers itself.
_DOCUMENTATION = frozenset({"docs", "openapi.json"})


@dataclass(frozen=True, slots=True)
class Segment:
    """What stands between two slashes: `users`, or `{id}` with `parameter` set and `text` being `id`."""

    text: str
    parameter: bool


def parse_path(path: str, span: Span, diagnostics: Diagnostics) -> tuple[Segment, ...] | None:
    """The segments of a path (a slash at its end makes none); None, with `BK401`, where it cannot be served."""
    found = [_segment(part) for part in path.removeprefix("/").removesuffix("/").split("/") if path != "/"]
    names = [segment.text for segment in found if segment and segment.parameter]
    twice = next((name for name in names if names.count(name) > 1), None)
    if not path.startswith("/"):
        problem, fix = "does not begin with a slash", f'write "/{path[:60]}"'
    elif len(path) > MAX_PATH:
        problem, fix = f"is longer than {MAX_PATH} characters", "shorten it"
    elif twice:
        problem, fix = f"has the parameter `{twice}` twice", "give each parameter its own name"
    elif found and found[0] and not found[0].parameter and found[0].text in _DOCUMENTATION:
        problem = "is where every backend has its documentation"
        fix = f'put something before it, such as "/api{path[:60]}"'
    elif None in found:
        problem = "has a part that is neither a word nor a `{parameter}`"
        fix = "a part is made of letters, digits and `-._~@`, or is a whole `{name}`"
    else:
        return tuple(segment for segment in found if segment)
    diagnostics.add("BK401", span, f"the path {shown(path)} {problem}", fix)
    return None


def pattern(segments: tuple[Segment, ...]) -> str:
    """The path with all parameters called the same: equal for paths that match the same requests."""
    return "/" + "/".join("{}" if segment.parameter else segment.text for segment in segments)


def pattern_of(path: str) -> str:
    """The same of a path as it is written, down to a slash at its end."""
    return _PARAMETER.sub("{}", path)


def _segment(part: str) -> Segment | None:
    if part.startswith("{") and part.endswith("}"):
        return Segment(part[1:-1], True) if is_parameter(part[1:-1]) else None
    return Segment(part, False) if is_segment(part) else None
