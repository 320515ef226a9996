"""`schemas.py` of each package: which objects it declares, and their Pydantic models."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from bkgen.model.service import Service
from bkgen.model.shapes import Array, Nested, Object, Shape
from bkgen.render import json_schema
from bkgen.render.homes import Homes
from bkgen.render.pydantic_models import pydantic_models
from bkgen.render.shapes import objects

Declared = Mapping[str, tuple[Object, str]]  # name -> (object, base class), inner ones first


def declared(service: Service, known: Homes) -> dict[str, Declared]:
    """The objects that each package declares."""
    found: defaultdict[str, dict[str, tuple[Object, str]]] = defaultdict(dict)
    for endpoint in service.endpoints:
        for base, shape in (("Body", endpoint.body), ("Answer", endpoint.success.body)):
            for inner in objects(shape):
                found[known[inner]].setdefault(inner.name, (inner, base))
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
            definitions[inner.name] = json_schema.imported(f"app.{known[inner]}.schemas", inner.name)
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
    return [inner for field in shape.fields for inner in _outermost(field.shape) if known[inner] != package]


def _outermost(shape: Shape) -> Iterable[Object]:
    match shape:
        case Object():
            yield shape
        case Array(items=inner) | Nested(row=inner):
            yield from _outermost(inner)
        case _:
            return


def _description(shape: Object, base: str) -> str:
    if base == "Body":
        return "What a request brings."
    return f"What a client sees of a row of `{shape.table}`." if shape.table else "What a response is filled with."
