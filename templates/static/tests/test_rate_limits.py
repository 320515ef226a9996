"""Rate limits let pass exactly what the contract says, for each client."""

import pytest

from tests.curl import Curl, Options, addresses
from tests.endpoints import ENDPOINTS, ERROR, Endpoint
from tests.shapes import assert_shape

every_limit = pytest.mark.parametrize(
    ("endpoint", "requests", "seconds"),
    [(endpoint, *endpoint.rate_limit) for endpoint in ENDPOINTS if endpoint.rate_limit],
    ids=str,
)


def options(endpoint: Endpoint, client: str) -> Options:
    options: Options = {"path": endpoint.path, "client": client}
    if endpoint.body is not None:
        options["json"] = endpoint.body
    return options


@every_limit
def test_429_after_exactly_so_many_requests(
    endpoint: Endpoint, requests: int, seconds: int, curl: Curl
) -> None:
    call = options(endpoint, next(addresses))
    first = curl(endpoint.name, **call)
    assert first.headers["ratelimit-policy"].endswith(f";q={requests};w={seconds}")
    assert f";r={requests - 1};" in first.headers["ratelimit"]
    statuses = [first.status, *curl.statuses(endpoint.name, requests - 1, **call)]
    assert 429 not in statuses
    reply = curl(endpoint.name, **call)
    assert reply.status == 429
    assert ";r=0;" in reply.headers["ratelimit"]
    assert 0 < int(reply.headers["retry-after"]) <= seconds
    if 429 in endpoint.literals:
        assert reply.json == endpoint.literals[429]
    else:
        assert_shape(reply.json, ERROR)
    assert curl(endpoint.name, **options(endpoint, next(addresses))).status != 429


@every_limit
def test_429_cannot_be_dodged_by_naming_another_address(
    endpoint: Endpoint, requests: int, seconds: int, untrusting_curl: Curl
) -> None:
    untrusting_curl.statuses(endpoint.name, requests, **options(endpoint, next(addresses)))
    reply = untrusting_curl(endpoint.name, **options(endpoint, next(addresses)))
    assert reply.status == 429
