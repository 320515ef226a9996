"""Forms that routes take in place of JSON, because there are files in them."""

from __future__ import annotations

from collections.abc import Iterable

from bkgen.model.endpoints import Endpoint
from bkgen.model.shapes import ColumnValue
from bkgen.render.answers import schema
from bkgen.render.homes import Homes
from bkgen.render.literals import literal
from bkgen.render.naming import snake


def form_constant(endpoint: Endpoint) -> str:
    """What the router calls the form that an endpoint takes: as the model of its fields."""
    return f"{snake(endpoint.request.name).upper()}_FORM" if endpoint.request is not None else ""


def forms(endpoints: Iterable[Endpoint], package: str, homes: Homes) -> list[tuple[str, str]]:
    """(name, code) of the forms that endpoints take, each once."""
    found: dict[str, str] = {}
    for endpoint in endpoints:
        if endpoint.request is None or not endpoint.files:
            continue
        limits = []
        for field in endpoint.files:
            assert isinstance(field.shape, ColumnValue)
            media_types = ", ".join(map(literal, field.shape.type.media_types))
            limits.append(f"{literal(field.name)}: Limits({field.shape.type.max_bytes}, {media_types})")
        model = schema(endpoint.request, package, homes)
        found[form_constant(endpoint)] = f"Form({model}, {{{', '.join(limits)}}})"
    return list(found.items())
