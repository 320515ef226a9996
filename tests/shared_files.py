"""The files that backends share, whole: a backend has of them what it uses."""

from __future__ import annotations

from bkgen.assets import folder

EXPRESSIONS = "app/expressions.py"


def whole(path: str) -> str:
    """The text of a shared file before anything is taken out of it."""
    return (folder("templates") / "static" / path).read_text(encoding="utf-8")


def with_all_helpers(files: dict[str, str]) -> dict[str, str]:
    """The files of a backend with all that expressions of any contract need."""
    return files | {path: whole(path) for path in (EXPRESSIONS, "app/models/metadata.py")}
