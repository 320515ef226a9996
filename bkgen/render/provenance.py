"""Which lines of a generated file came from where: what `bkgen explain FILE:LINE` reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from json.encoder import encode_basestring as quoted

from bkgen.render.drafts import Draft, Origin
from bkgen.render.formatting import RenderError
from bkgen.render.symbols import in_python, in_text

Range = tuple[int, int, Origin]


def record(files: Iterable[tuple[str, str]]) -> str:
    """The content of `.bkgen/provenance.json`, from paths and the ranges of each; files without ranges have no entry.

    It is as `json.dumps` would write it, which takes as long as parsing all files.
    """
    entries = ",\n".join(f" {quoted(path)}: {ranges}" for path, ranges in files if ranges)
    return f"{{\n{entries}\n}}\n" if entries else "{}\n"


def ranges(path: str, text: str, draft: Draft) -> str:
    """The ranges of lines of a finished file: its definitions, and the whole file for each document behind it.

    Raises:
        RenderError: the text does not compile, or lacks a definition that the draft promised.
    """
    found = ",\n".join(map(_entry, [*_definitions(path, text, draft), *_whole(text, draft)]))
    return f"[\n{found}\n ]" if found else ""


def _definitions(path: str, text: str, draft: Draft) -> Iterator[Range]:
    if not draft.origins:
        return
    found = in_python(text, draft.origins) if path.endswith(".py") else in_text(text)
    missing = [name for name in draft.origins if "." not in name and name not in found]
    if missing:
        raise RenderError(f"{path} does not define {', '.join(missing)}")
    for name, origin in draft.origins.items():
        if name in found:
            yield *found[name], origin


def _whole(text: str, draft: Draft) -> Iterator[Range]:
    """The first place in each document, for the lines outside of definitions."""
    first: dict[str, Origin] = {}
    for origin in (*draft.documents, *draft.origins.values()):
        first.setdefault(origin.span.file.name, origin)
    for origin in first.values():
        yield 1, text.count("\n"), Origin(origin.span, "the file as a whole")


def _entry(found: Range) -> str:
    first, last, origin = found
    return (
        f'  {{\n   "from": {first},\n   "to": {last},\n   "document": {quoted(origin.span.file.name)},\n'
        f'   "line": {origin.span.line},\n   "rule": {quoted(origin.rule)}\n  }}'
    )
