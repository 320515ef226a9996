"""`schemas.py` of each package: which objects it declares, and their Pydantic models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bkgen.model.endpoints import Endpoint
from bkgen.model.service import Service
from bkgen.model.shapes import Array, Object, Shape
from bkgen.render import json_schema
from bkgen.render.answers import Homes, objects
from bkgen.render.pydantic_models import pydantic_models

Key = tuple[str, str]
Declared = Mapping[str, tuple[Object, str]]  # name -> (object, base class), inner ones first


def homes(service: Service) -> dict[Key, str]:
    """The package whose `schemas.py` declares each object: its table's, or where that has no endpoints, its user's."""
    found: dict[Key, str] = {}
    for endpoint in service.endpoints:
        for shape in used(endpoint):
            home = shape.package if shape.package in service.packages else endpoint.package
            found.setdefault((shape.package, shape.name), home)
    return found


def used(endpoint: Endpoint) -> Iterable[Object]:
    """The objects in an endpoint's request and response, inner ones first."""
    yield from objects(endpoint.body)
    yield from objects(endpoint.success.body)


def declared(service: Service, known: Homes) -> dict[str, Declared]:
    """The objects that each package declares."""
    found: dict[str, dict[str, tuple[Object, str]]] = {package: {} for package in service.packages}
    for endpoint in service.endpoints:
        for base, shape in (("Body", endpoint.body), ("Answer", endpoint.success.body)):
            for inner in objects(shape):
                found[known[inner.package, inner.name]].setdefault(inner.name, (inner, base))
    return dict(found)


def schemas_text(package: str, found: Declared, known: Homes) -> str:
    """Unformatted text of a package's `schemas.py`; empty where it declares nothing."""
    if not found:
        return ""
    definitions = {
        name: json_schema.of_object(shape, _description(shape, base)) for name, (shape, base) in found.items()
    }
    for name in json_schema.DECLARED_TYPES:
        definitions[name] = json_schema.imported("app.schemas", name)
    for shape, _ in found.values():
        for inner in _foreign(shape, package, known):
            definitions[inner.name] = json_schema.imported(
                f"app.{known[inner.package, inner.name]}.schemas", inner.name
            )
    return f'"""Bodies of requests and responses of {package}."""\n\n' + pydantic_models(
        definitions,
        bases={name: f"app.schemas.{base}" for name, (_, base) in found.items()},
        attributes={
            f"{name}.{field.name}": field.attribute
            for name, (shape, _) in found.items()
            for field in shape.fields
            if field.name != field.attribute
        },
    )


def _foreign(shape: Object, package: str, known: Homes) -> Iterable[Object]:
    return [
        inner
        for field in shape.fields
        for inner in _outermost(field.shape)
        if known[inner.package, inner.name] != package
    ]


def _outermost(shape: Shape) -> Iterable[Object]:
    match shape:
        case Object():
            yield shape
        case Array(items=items):
            yield from _outermost(items)
        case _:
            return


def _description(shape: Object, base: str) -> str:
    if base == "Body":
        return "What a request brings."
    return f"What a client sees of a row of `{shape.table}`." if shape.table else "What a response is filled with."
