"""Which lines of a generated file came from where: what `bkgen explain FILE:LINE` reads."""

from __future__ import annotations

from collections.abc import Iterator

from bkgen.render.drafts import Draft, Origin
from bkgen.render.formatting import RenderError
from bkgen.render.symbols import in_python, in_text

Range = dict[str, object]


def ranges(path: str, text: str, draft: Draft) -> list[Range]:
    """The ranges of lines of a finished file: its definitions, and the whole file for each document behind it.

    Raises:
        RenderError: the text does not compile, or lacks a definition that the draft promised.
    """
    return [*_definitions(path, text, draft), *_whole(text, draft)]


def _definitions(path: str, text: str, draft: Draft) -> Iterator[Range]:
    if not draft.origins:
        return
    found = in_python(text, draft.origins) if path.endswith(".py") else in_text(text)
    missing = [name for name in draft.origins if "." not in name and name not in found]
    if missing:
        raise RenderError(f"{path} does not define {', '.join(missing)}")
    for name, origin in draft.origins.items():
        if name in found:
            yield _range(*found[name], origin)


def _whole(text: str, draft: Draft) -> Iterator[Range]:
    """The first place in each document, for the lines outside of definitions."""
    first: dict[str, Origin] = {}
    for origin in (*draft.documents, *draft.origins.values()):
        first.setdefault(origin.span.file.name, origin)
    for origin in first.values():
        yield _range(1, text.count("\n"), Origin(origin.span, "the file as a whole"))


def _range(first: int, last: int, origin: Origin) -> Range:
    return {
        "from": first,
        "to": last,
        "document": origin.span.file.name,
        "line": origin.span.line,
        "rule": origin.rule,
    }
