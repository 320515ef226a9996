"""Files before they are formatted, and where their definitions came from."""

from __future__ import annotations

from dataclasses import dataclass, field

from bkgen.source import Span


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a definition in a generated file came from, and by which rule."""

    span: Span
    rule: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A file before it is formatted.

    Attributes:
        origins: name of a definition (`read_post`, `Post`, `Post.title`) -> where it came from.
        documents: further places that the file depends on as a whole.
    """

    text: str
    origins: dict[str, Origin] = field(default_factory=dict)
    documents: tuple[Origin, ...] = ()
