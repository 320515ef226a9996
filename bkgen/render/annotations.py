"""Annotations with constraints: of parameters in paths and queries, and of fields."""

from __future__ import annotations

from bkgen.model.types import Kind, Type
from bkgen.render.columns import python_type
from bkgen.render.literals import literal

# A parameter is checked by its annotation alone; a field also by the model that it is in.
_TEXTS = {
    "Field": {Kind.STRING: "str", Kind.EMAIL: "EmailStr", Kind.URL: "Url"},
    "Path": {Kind.STRING: "Text", Kind.EMAIL: "Text", Kind.URL: "Text"},
    "Query": {Kind.STRING: "Text", Kind.EMAIL: "Text", Kind.URL: "Text"},
}

_LONG = 40  # of an annotation that may not fit on a line with the parameter and its default


def constrained(type_: Type, marker: str, alias: str = "", optional: bool = False) -> str:
    """The annotation of a value: `Annotated[int, Query(ge=1)]`.

    Args:
        marker: `Field`, `Path` or `Query`.
        alias: `alias=...`, or another argument of the marker, as Python text.
        optional: whether None stands for absence.
    """
    limits = {
        "min_length": type_.min_length,
        "max_length": type_.max_length,
        "pattern": type_.pattern,
        "ge": type_.minimum,
        "le": type_.maximum,
        "gt": type_.exclusive_minimum,
        "lt": type_.exclusive_maximum,
    }
    arguments = [alias] if alias else []
    if not type_.enum:
        arguments += [f"{name}={literal(value)}" for name, value in limits.items() if value is not None]
    python = python_type(type_) if type_.enum else _TEXTS[marker].get(type_.kind, python_type(type_))
    union = f"{python} | None" if optional else python
    if optional and len(union) > _LONG:
        # Bare, Ruff would break this union over lines in another way than Black.
        return f"Annotated[{union}, {marker}({', '.join(arguments)})]"
    return f"Annotated[{union}, {marker}({', '.join(arguments)})]" if arguments else union
