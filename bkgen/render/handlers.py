"""Views of the handlers that the developer writes: what each of them takes and gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bkgen.model.endpoints import Access, Endpoint
from bkgen.model.handlers import Signature
from bkgen.model.in_shapes import objects_of
from bkgen.model.service import Service
from bkgen.render.answers import annotation
from bkgen.render.arguments import parameters_of
from bkgen.render.formatting import LINE_LENGTH, formatted
from bkgen.render.homes import Homes, homes
from bkgen.render.literals import docstring
from bkgen.resolve import names

_PLACES = {
    "Any": "typing",
    "Caller": "app.auth.caller",
    "Connection": "sqlalchemy",
    "date": "datetime",
    "datetime": "datetime",
    "time": "datetime",
    "Decimal": "decimal",
    "UUID": "uuid",
}
"""Where the names in signatures come from, beside schemas."""

_LAYOUT = f"""
[tool.ruff]
line-length = {LINE_LENGTH}
[tool.ruff.lint.isort]
known-first-party = ["app"]
"""


@dataclass(frozen=True, slots=True)
class HandlerView:
    """What a router and its protocols need to know of a handler.

    Attributes:
        constant: what the router calls it.
        protocol: the class that says what it has to be.
        parameters: `name: type`, the connection first.
        returns: its return annotation.
    """

    module: str
    function: str
    constant: str
    protocol: str
    docstring: str
    parameters: tuple[str, ...]
    returns: str


def handler_view(endpoint: Endpoint, service: Service, known: Homes) -> HandlerView:
    handler = endpoint.handler
    assert handler is not None
    return HandlerView(
        module=handler.module,
        function=handler.function,
        constant=constant(endpoint),
        protocol=protocol(endpoint),
        docstring=docstring(f"`{handler.function}` in {handler.path}, for {endpoint.method} {endpoint.path}."),
        parameters=("connection: Connection", *parameters_of(endpoint, service, known)),
        returns=annotation(endpoint.success.body, endpoint.package, known),
    )


def constant(endpoint: Endpoint) -> str:
    return f"{endpoint.name.upper()}_HANDLER"


def protocol(endpoint: Endpoint) -> str:
    return f"{names.pascal(endpoint.name)}Handler"


def signatures(service: Service) -> Iterator[Signature]:
    """What each handler has to be, in the order of the endpoints."""
    known = homes(service)
    for endpoint in service.endpoints:
        if (handler := endpoint.handler) is not None:
            view = handler_view(endpoint, service, known)
            parameters = [parameter.partition(": ") for parameter in view.parameters]
            yield Signature(
                handler=handler,
                parameters=tuple((name, code) for name, _, code in parameters),
                returns=view.returns,
                places=_places(endpoint, known),
                summary=endpoint.summary,
            )


def _places(endpoint: Endpoint, known: Homes) -> dict[str, str]:
    """name in the signature -> what it stands for, in full."""
    found = {name: f"{module}.{name}" for name, module in _PLACES.items()}
    if endpoint.access is Access.ANYONE:
        del found["Caller"]
    for shape in objects_of(endpoint.request, endpoint.success.body):
        home = known[shape]
        found["schemas" if home == endpoint.package else f"{home}_schemas"] = f"app.{home}.schemas"
    return found


def to_write(signature: Signature) -> tuple[str, ...]:
    """The lines that a developer begins a handler with."""
    imports = [_import(name, place) for name, place in signature.places.items()]
    parameters = ", ".join(f"{name}: {code}" for name, code in signature.parameters)
    definition = f"def {signature.handler.function}({parameters}) -> {signature.returns}:"
    text = "\n".join([*imports, "", "", definition, f"    {docstring(signature.summary.rstrip('.') + '.')}", ""])
    path = "app/handlers/handler.py"
    return tuple(formatted({path: text}, _LAYOUT)[path].rstrip("\n").split("\n"))


def _import(name: str, place: str) -> str:
    module, _, original = place.rpartition(".")
    return f"from {module} import {original}" + ("" if original == name else f" as {name}")
