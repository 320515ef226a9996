"""Where generated code declares the models of bodies, and what makes them of rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bkgen.model.endpoints import Endpoint
from bkgen.model.in_shapes import objects_of
from bkgen.model.service import Service
from bkgen.model.shapes import Computed, Nested, Object

Key = tuple[str, str]
VIEWS = "views"
"""The package of what several packages show of rows within their own: it depends on none of them."""


@dataclass(frozen=True)
class Homes:
    """The package whose `schemas.py` declares each object.

    Attributes:
        built: the objects that `answers.py` of that package makes: with rows in them, or within others.
    """

    packages: Mapping[Key, str]
    built: frozenset[Key]

    def __getitem__(self, shape: Object) -> str:
        return self.packages[shape.package, shape.name]

    def builds(self, shape: Object) -> bool:
        return (shape.package, shape.name) in self.built


def homes(service: Service) -> Homes:
    """Of an object its table's package, or where that has no endpoints, its user's; `views` if others nest it."""
    packages: dict[Key, str] = {}
    built: set[Key] = set()
    pairs: list[tuple[Object, Object]] = []  # (outer, inner)
    for endpoint in service.endpoints:
        for shape in used(endpoint):
            home = shape.package if shape.package in service.packages else endpoint.package
            packages.setdefault(_key(shape), home)
            inner = [field.shape.row for field in shape.fields if isinstance(field.shape, Nested)]
            computed = shape.grouping is None and any(isinstance(field.shape, Computed) for field in shape.fields)
            pairs += [(shape, row) for row in inner]
            built |= {_key(row) for row in inner} | ({_key(shape)} if inner or computed else set())
    moved = True
    while moved:  # what is within a view is within `views`
        moved = False
        for outer, row in pairs:
            if packages[_key(row)] not in (packages[_key(outer)], VIEWS):
                packages[_key(row)] = VIEWS
                moved = True
    return Homes(packages, frozenset(built))


def used(endpoint: Endpoint) -> Iterable[Object]:
    """The objects in an endpoint's request and response, inner ones first."""
    return objects_of(endpoint.request, endpoint.success.body)


def _key(shape: Object) -> Key:
    return shape.package, shape.name
