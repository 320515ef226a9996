"""Jinja, set up so that a template can neither guess nor hide anything."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

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
