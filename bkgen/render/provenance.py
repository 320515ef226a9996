"""Where the parts of generated files came from: what `bkgen explain FILE:LINE` reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from json.encoder import encode_basestring as quoted

from bkgen.render.drafts import Draft, Origin

THE_FILE = ""
"""What a record calls the file as a whole."""


def record(drafts: Mapping[str, Draft]) -> str:
    """The content of `.bkgen/provenance.json`; files that no document has anything to do with have no entry.

    It is as `json.dumps` would write it, which takes ten times as long.
    """
    entries = ",\n".join(
        f" {quoted(path)}: [\n{entries}\n ]"
        for path, draft in sorted(drafts.items())
        if (entries := ",\n".join(_entry(part, origin) for part, origin in _parts(draft)))
    )
    return f"{{\n{entries}\n}}\n" if entries else "{}\n"


def _parts(draft: Draft) -> Iterable[tuple[str, Origin]]:
    yield from draft.origins.items()
    yield from ((THE_FILE, origin) for origin in _whole(draft))


def _whole(draft: Draft) -> Iterator[Origin]:
    """The first place in each document, for the lines outside of parts."""
    first: dict[str, Origin] = {}
    for origin in (*draft.documents, *draft.origins.values()):
        first.setdefault(origin.span.file.name, origin)
    for origin in first.values():
        yield Origin(origin.span, "the file as a whole")


def _entry(part: str, origin: Origin) -> str:
    return (
        f'  {{\n   "part": {quoted(part)},\n   "document": {quoted(origin.span.file.name)},\n'
        f'   "line": {origin.span.line},\n   "rule": {quoted(origin.rule)}\n  }}'
    )
