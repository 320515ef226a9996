"""Jinja, set up so that a template can neither guess nor hide anything."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket

from bkgen.assets import folder
from bkgen.render.literals import comment, docstring, literal, markdown

_WORD = re.compile(r"[^\W\d]\w*")


def used_in(names: Iterable[str], text: str) -> list[str]:
    """Those of `names` that occur in Python text: what it has to import."""
    words = frozenset(_WORD.findall(text))
    return [name for name in names if name in words]


def enclosed(code: str, envelope: str) -> str:
    """The expression of a body with `code` in an envelope: a field of that name, which is a literal, or none."""
    return f"{{{envelope}: {code}}}" if envelope else code


class _CompiledTemplates(FileSystemBytecodeCache):
    """Templates are compiled once, and kept as Python keeps the compiled modules of this package: where it may."""

    def __init__(self) -> None:
        super().__init__(str(Path(cache_from_source(__file__)).parent), "%s.jinja")

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except Exception:  # unpickling what is damaged may raise anything
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                super().dump_bytecode(bucket)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder("templates") / "project"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 (Python, not HTML: values pass through `literal`)
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        bytecode_cache=_CompiledTemplates(),
    )
    environment.filters |= {
        "literal": literal,
        "docstring": docstring,
        "comment": comment,
        "markdown": markdown,
        "used_in": used_in,
        "enclosed": enclosed,
    }
    return environment


def rendered(template: str, **view: object) -> str:
    """The text of a template below templates/project/ with its view.

    Raises:
        jinja2.UndefinedError: the template names something that the view does not have.
    """
    return _environment().get_template(f"{template}.jinja").render(view)
