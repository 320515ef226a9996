"""How texts are tidied, in words."""

from __future__ import annotations

from bkgen.model.types import Sanitize, Type

_SANITIZED = {Sanitize.TEXT: "without signs that nobody sees", Sanitize.HTML: "as HTML of a few harmless tags"}


def kept_as(type_: Type) -> str:
    """How a text that a client sends is kept, behind "kept": `without white space around it`; empty for as it is."""
    parts = [_SANITIZED[type_.sanitize]] if type_.sanitize is not None else []
    parts += [f"in the normal form {type_.normal_form}"] if type_.normal_form is not None else []
    parts += ["without white space around it"] if type_.is_trimmed else []
    parts += ["as browsers read it, where its host is a public one"] if type_.public else []
    return ", ".join(parts)
