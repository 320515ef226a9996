"""Views of the generated tests of versions: a change of a row that has been changed since does nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bkgen.model.endpoints import Cause, Endpoint, Operation
from bkgen.model.service import Service
from bkgen.render.environment import enclosed
from bkgen.render.problems import Problem
from bkgen.render.test_bodies import envelope_of, failure
from bkgen.render.test_calls import call_on_row, name_of
from bkgen.render.versions import asks_version, tells_version


@dataclass(frozen=True, slots=True)
class VersionTest:
    """A test function.

    Attributes:
        lines: that make the situation.
        arguments: of curl.
        model: whose rows must not change where another version is named.
        asks, tells, changes: whether the endpoint takes `If-Match`, answers with `ETag`, and leaves a changed row.
        changed, missing: the assertions on the bodies of the refusals.
        skipped: why it cannot be run; empty where it can.
    """

    name: str
    status: int
    lines: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    model: str = ""
    asks: bool = False
    tells: bool = False
    changes: bool = False
    changed: str = ""
    missing: str = ""
    skipped: str = ""


def versioned_calls(service: Service) -> list[str]:
    """The endpoints that take `If-Match`, as curl is given them."""
    return [name_of(endpoint) for endpoint in service.endpoints if asks_version(endpoint)]


def versioned(endpoints: Iterable[Endpoint], service: Service) -> list[Endpoint]:
    """Those that ask for a version, or tell it."""
    return [one for one in endpoints if asks_version(one) or tells_version(one, service)]


def version_test(endpoint: Endpoint, service: Service) -> VersionTest:
    call = call_on_row(endpoint, service)
    if call is None:
        skipped = "no situation was found in which it is done"
        return VersionTest(endpoint.name, endpoint.success.status, skipped=skipped)
    body = [f"body = {call.body}"] if call.body else []
    return VersionTest(
        name=endpoint.name,
        status=endpoint.success.status,
        lines=(*call.lines, *body),
        arguments=(
            name_of(endpoint),
            *([f"path={call.path}"] if call.path else []),
            *([f"json={enclosed('body', envelope_of(endpoint))}"] if body else []),
            *(["token=caller.token"] if call.token else []),
        ),
        model=service.table(endpoint.table or "").class_name,
        asks=asks_version(endpoint),
        tells=tells_version(endpoint, service),
        changes=endpoint.operation is not Operation.DELETE,
        changed=_refusal(endpoint, Cause.CHANGED, service),
        missing=_refusal(endpoint, Cause.VERSION_MISSING, service),
    )


def _refusal(endpoint: Endpoint, cause: Cause, service: Service) -> str:
    response = endpoint.response(cause)
    return failure(response, [Problem(cause.value)], service) if response is not None else ""
