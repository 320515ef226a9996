"""What the generated tests leave to the developer of a handler: the statuses that only its code gives."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.endpoints import Access, Endpoint
from bkgen.model.handlers import own_statuses
from bkgen.model.service import Service
from bkgen.render.literals import literal
from bkgen.render.routes import python_path


@dataclass(frozen=True, slots=True)
class Shown:
    """A status that a test of the developer's shows.

    Attributes:
        call: the endpoint as curl is given it, as a literal.
        test: how the name of such a test begins.
        file: below tests/handlers/.
    """

    call: str
    test: str
    file: str
    status: int


def handler_tests(service: Service) -> list[Shown]:
    """All of them, endpoint by endpoint."""
    return [
        Shown(_call(endpoint), f"test_{endpoint.name}_{status}", endpoint.handler.tests.rpartition("/")[2], status)
        for endpoint in service.endpoints
        if endpoint.handler is not None
        for status in own_statuses(endpoint)
    ]


def is_open_handler(endpoint: Endpoint) -> bool:
    """Whether it runs the developer's code before anything has asked the database."""
    return endpoint.handler is not None and endpoint.access is not Access.SIGNED_IN


def _call(endpoint: Endpoint) -> str:
    return literal(f"{endpoint.method} {python_path(endpoint)}")
