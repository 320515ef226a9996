"""Annotations with constraints: of parameters in paths and queries, and of fields."""

from __future__ import annotations

from collections.abc import Iterable

from bkgen.model.types import ArrayForm, Kind, Type
from bkgen.render.columns import python_type
from bkgen.render.json_schema import text_steps, url_steps
from bkgen.render.literals import literal

# A parameter is checked by its annotation alone; a field also by the model that it is in.
_FIELD = {
    Kind.STRING: "str",
    Kind.EMAIL: "EmailStr",
    Kind.URL: "str",
    Kind.DATE: "CalendarDate",
    Kind.TIME: "ClockTime",
    Kind.DECIMAL: "ExactDecimal",
    Kind.BYTES: "Base64",
    Kind.JSON: "Json",
    Kind.ANY: "Json",
}
_PARAMETER = {
    Kind.STRING: "Text",
    Kind.EMAIL: "Text",
    Kind.URL: "Text",
    Kind.DATE: "CalendarDate",
    Kind.TIME: "ClockTime",
    Kind.DECIMAL: "ExactDecimal",
}

_LONG = 40  # of an annotation that may not fit on a line with the parameter and its default


def constrained(type_: Type, marker: str, others: Iterable[str] = (), optional: bool = False) -> str:
    """The annotation of a value: `Annotated[int, Query(ge=1)]`.

    Args:
        marker: `Field`, `Path` or `Query`.
        others: further arguments of the marker: `alias="perPage"`.
        optional: whether None stands for absence.
    """
    arguments = [*others, *_limits(type_)]
    python = _array(type_.form) if isinstance(type_.form, ArrayForm) else _text_or_other(type_, marker)
    union = f"{python} | None" if optional else python
    # Bare, Ruff would break a long union over lines in another way than Black.
    marked = [f"{marker}({', '.join(arguments)})"] if arguments or (optional and len(union) > _LONG) else []
    marks = [*marked, *_marks(type_, marker)]
    return f"Annotated[{union}, {', '.join(marks)}]" if marks else union


def repeated(type_: Type) -> str:
    """The annotation of a value of a query that is one of several."""
    python, arguments = _text_or_other(type_, "Query"), _limits(type_)
    marks = [*([f"Field({', '.join(arguments)})"] if arguments else []), *_marks(type_, "Query")]
    return f"Annotated[{python}, {', '.join(marks)}]" if marks else python


def _array(form: ArrayForm) -> str:
    return f"list[{constrained(form.items, 'Field')}]"


def _text_or_other(type_: Type, marker: str) -> str:
    python = python_type(type_)
    if type_.enum:
        return python
    if type_.kind is Kind.DATETIME:
        return "Moment" if type_.timezone else "LocalMoment"
    if marker == "Field":
        return _FIELD.get(type_.kind, python)
    return _PARAMETER.get(type_.kind, python)


def _marks(type_: Type, marker: str) -> list[str]:
    """What checks and tidies a value; a parameter is compared with URLs, and need not be one."""
    return [*(url_steps(type_) if marker == "Field" else ()), *text_steps(type_)]


def _limits(type_: Type) -> list[str]:
    """Arguments of a marker that say what values are allowed."""
    if isinstance(form := type_.form, ArrayForm):
        return [*([f"min_length={form.least}"] if form.least else []), f"max_length={form.most}"]
    limits: dict[str, object] = {
        "min_length": type_.min_length,
        "max_length": type_.max_length,
        "pattern": type_.pattern,
        "ge": type_.minimum,
        "le": type_.maximum,
        "gt": type_.exclusive_minimum,
        "lt": type_.exclusive_maximum,
    }
    if type_.enum:
        return []
    if type_.kind is Kind.NUMBER:
        limits["allow_inf_nan"] = False
    if type_.kind is Kind.DECIMAL:
        limits["max_digits"] = type_.precision
    return [f"{name}={literal(value)}" for name, value in limits.items() if value is not None]
