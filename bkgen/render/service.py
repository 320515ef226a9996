"""View of the whole service: `main.py`, settings, errors, README."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from bkgen.model.service import PLACEHOLDERS, Service
from bkgen.render.json_schema import EMPTY_IS_NULL
from bkgen.render.literals import docstring, literal
from bkgen.resolve import names
from bkgen.resolve.words import phrase

# placeholder -> the argument that fills it
_ARGUMENTS = {f"{{{name}}}": name for name in PLACEHOLDERS}


@dataclass(frozen=True, slots=True)
class ServiceView:
    """What the templates at the top of the backend need.

    Attributes:
        packages: the folders under `app/` that have a router, `health` last.
        tags: (tag, description) for OpenAPI.
        empties: the keyword of fields that read an empty text as null; empty where there are none.
        error_models: the classes that describe the error body, `ErrorBody` last.
        error_body: the expression that builds it.
    """

    name: str
    slug: str
    version: str
    description: str
    init_docstring: str
    packages: tuple[str, ...]
    tags: tuple[tuple[str, str], ...]
    rate_limits: bool
    max_body_bytes: int
    cors_origins: tuple[str, ...]
    empties: str
    error_models: str
    error_body: str
    error_reason: str
    error_example: str
    problem: bool


def service_view(service: Service) -> ServiceView:
    packages = [package for package in service.packages if package != "health"]
    return ServiceView(
        name=service.name,
        slug=service.slug,
        version=service.version,
        description=service.description or f"The {service.name} API.",
        init_docstring=docstring(f"The {service.name} backend: `python -m app` starts it.", indent=0),
        packages=(*packages, "health"),
        tags=(
            *((package, _tag(package, service)) for package in packages),
            ("health", "For load balancers and orchestrators."),
        ),
        rate_limits=any(endpoint.rate_limit for endpoint in service.endpoints),
        max_body_bytes=service.max_body_bytes,
        cors_origins=service.cors_origins,
        empties=EMPTY_IS_NULL if any(c.empty_is_null for table in service.tables for c in table.columns) else "",
        error_models="\n\n".join(_error_models("ErrorBody", service.errors.body).values()),
        error_body=_filled(service.errors.body),
        error_reason=service.errors.reason,
        error_example=json.dumps(service.errors.body, ensure_ascii=False),
        problem=service.errors.problem,
    )


def _tag(package: str, service: Service) -> str:
    if package == "auth":
        return "Signing in and out."
    table = next((table for table in service.tables if table.package == package), None)
    if table and table.description:
        return table.description
    return f"{phrase(table.plural if table else package).capitalize()}."


def _filled(value: Any) -> str:
    """The expression that fills the placeholders of the error shape."""
    match value:
        case str() if value in _ARGUMENTS:
            return _ARGUMENTS[value]
        case str() if any(placeholder in value for placeholder in _ARGUMENTS):
            parts = (part for part in re.split(r"(\{\w+\})", value) if part)
            return " + ".join(f"str({_ARGUMENTS[p]})" if p in _ARGUMENTS else literal(p) for p in parts)
        case dict():
            return "{" + ", ".join(f"{literal(key)}: {_filled(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(_filled(item) for item in value) + "]"
        case _:
            return literal(value)


def placeholder_type(text: str) -> str:
    """The Python type of a string in the error shape, once it is filled."""
    return PLACEHOLDERS.get(_ARGUMENTS.get(text, ""), "str")


def _error_models(name: str, body: dict[str, Any]) -> dict[str, str]:
    """Pydantic models of the error shape, inner ones first: they tell OpenAPI, nothing validates by them."""
    models: dict[str, str] = {}
    fields: dict[str, str] = {}
    for key, value in body.items():
        attribute = names.unique(names.attribute(key), fields)
        alias = "" if attribute == key else f" = Field(alias={literal(key)})"
        fields[attribute] = f"    {attribute}: {_annotation(name, key, value, models)}{alias}"
    text = docstring("What went wrong, in a sentence for people." if name == "ErrorBody" else "A part of an error.")
    lines = [f"class {name}(Answer):", f"    {text}", "", *fields.values()]
    return {**models, name: "\n".join(lines) + "\n"}


def _annotation(name: str, key: str, value: Any, models: dict[str, str]) -> str:
    match value:
        case str():
            return placeholder_type(value)
        case dict():
            inner = names.unique(f"{name}{names.pascal(key)}", models, "")
            models.update(_error_models(inner, value))
            return inner
        case list():
            return f"list[{_annotation(name, key, value[0], models)}]" if value else "list[Any]"
        case bool() | int() | float():
            return type(value).__name__
        case _:
            return "None"
