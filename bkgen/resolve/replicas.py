"""Reads that may come from a replica of the database (`replica`)."""

from __future__ import annotations

from dataclasses import replace

from bkgen.diagnostics import Diagnostics
from bkgen.model.endpoints import Endpoint, Operation
from bkgen.resolve.nodes import flag, span_of
from bkgen.resolve.routes import Route

_READS = (Operation.LIST, Operation.READ)


def with_replica(endpoint: Endpoint, route: Route, diagnostics: Diagnostics) -> Endpoint:
    """The endpoint, reading from a replica where its contract says so; `BK743` where it cannot."""
    if not flag(route.node, "replica"):
        return endpoint
    span = span_of(route.node, "replica")
    if endpoint.operation not in _READS or endpoint.handler is not None:
        what = "has a handler" if endpoint.handler is not None else f"is a `{endpoint.operation}`"
        message = f"{route} {what}, and a replica serves `list` and `read` alone"
        diagnostics.add("BK743", span, message, "remove `replica`")
        return endpoint
    if endpoint.cache is not None:
        message = f"{route} keeps its answers until a row changes, and would keep one that a replica is late with"
        diagnostics.add("BK743", span, message, "remove `replica`, or `cache`")
        return endpoint
    return replace(endpoint, replica=True)
