"""`schemas.py` of each package: which objects it declares, and their Pydantic models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bkgen.model.endpoints import Endpoint
from bkgen.model.service import Service
from bkgen.model.shapes import Array, Object, Shape
from bkgen.render import json_schema
from bkgen.render.answers import Homes, objects
from bkgen.render.drafts import Draft, Origin

Key = tuple[str, str]
Declared = Mapping[str, tuple[Object, str]]  # name -> (object, base class), inner ones first

# Packages whose models are made at once: more would save little, and could be shared less evenly by processes.
_BATCH = 20


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


def model_batches(found: Mapping[str, Declared], known: Homes) -> list[dict[str, Any]]:
    """The arguments of `pydantic_models` for what each package declares, several packages at a time."""
    packages = list(found)
    batches = (packages[first : first + _BATCH] for first in range(0, len(packages), _BATCH))
    return [_arguments({package: found[package] for package in batch}, known) for batch in batches]


def _arguments(found: Mapping[str, Declared], known: Homes) -> dict[str, Any]:
    definitions = {name: json_schema.imported("app.schemas", name) for name in json_schema.DECLARED_TYPES}
    bases: dict[str, str] = {}
    attributes: dict[str, str] = {}
    for package, objects_ in found.items():
        for name, (shape, base) in objects_.items():
            model = json_schema.defined(package, name)
            definitions[model] = json_schema.of_object(shape, _description(shape, base), package)
            bases[model] = f"app.schemas.{base}"
            for field in shape.fields:
                if field.name != field.attribute:
                    attributes[f"{model}.{field.name}"] = field.attribute
            for inner in _foreign(shape, package, known):
                definitions[json_schema.defined(package, inner.name)] = json_schema.imported(
                    f"app.{known[inner.package, inner.name]}.schemas", inner.name
                )
    return {"definitions": definitions, "bases": bases, "attributes": attributes}


def schemas_draft(package: str, found: Declared, models: str) -> Draft:
    """A package's `schemas.py`, which holds `models`."""
    origins = {}
    for name, (shape, base) in found.items():
        rule = "a request body" if base == "Body" else "a response body"
        origins[name] = Origin(shape.span, rule)
        origins |= {f"{name}.{item.attribute}": Origin(item.span, f"a field of {rule}") for item in shape.fields}
    return Draft(f'"""Bodies of requests and responses of {package}."""\n\n{models}', origins)


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
