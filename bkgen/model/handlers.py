"""What the functions have to be that developers write for endpoints (`handler`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bkgen.model.endpoints import Cause, Endpoint, Handler

_SHOWN_ANYWAY = frozenset({Cause.MALFORMED, Cause.INVALID})


@dataclass(frozen=True)
class Signature:
    """What a handler takes and gives, as Python annotations.

    Attributes:
        parameters: (name, annotation), in order.
        places: name in an annotation -> what it stands for: `schemas` -> `app.orders.schemas`.
        summary: what the endpoint does.
    """

    handler: Handler
    parameters: tuple[tuple[str, str], ...]
    returns: str
    places: Mapping[str, str]
    summary: str


def own_statuses(endpoint: Endpoint) -> list[int]:
    """The success, and the declared failures that no request has without the handler's code."""
    shown = {one.status for one in endpoint.responses if not _SHOWN_ANYWAY.isdisjoint(one.causes)}
    given = {one.status for one in endpoint.responses if Cause.REFUSED in one.causes}
    return [endpoint.success.status, *sorted(given - shown)]
