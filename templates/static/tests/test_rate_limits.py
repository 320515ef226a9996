"""Rate limits let pass exactly what the contract says, for each client."""

import pytest

from tests.curl import Curl, Options, addresses
from tests.endpoint import Endpoint
from tests.endpoints import ENDPOINTS, ERROR
from tests.shapes import assert_shape

every_limit = pytest.mark.parametrize(
    ("endpoint", "requests", "seconds"),
    [(endpoint, *endpoint.rate_limit) for endpoint in ENDPOINTS if endpoint.rate_limit],
    ids=str,
)


every_limit_by_address = pytest.mark.parametrize(
    ("endpoint", "requests"),
    [
        (endpoint, endpoint.rate_limit[0])
        for endpoint in ENDPOINTS
        if endpoint.rate_limit and not endpoint.limited_by_account
    ],
    ids=str,
)


def of_a_new_client(endpoint: Endpoint, request: pytest.FixtureRequest) -> Options:
    """A call from an address, or of an account, that has made none yet.

    Its body is bad, so that it costs the server little: requests count before they are read.
    """
    options: Options = {"path": endpoint.path, "client": next(addresses)}
    if endpoint.body is not None:
        options["data"] = "no JSON"
    if endpoint.limited_by_account:
        options["token"] = request.getfixturevalue("rows").sign_in().token
    return options


@every_limit
def test_429_after_exactly_so_many_requests(
    endpoint: Endpoint, requests: int, seconds: int, curl: Curl, request: pytest.FixtureRequest
) -> None:
    call = of_a_new_client(endpoint, request)
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
    assert curl(endpoint.name, **of_a_new_client(endpoint, request)).status != 429


@pytest.mark.xdist_group("untrusting server")
@every_limit_by_address
def test_429_cannot_be_dodged_by_naming_another_address(
    endpoint: Endpoint, requests: int, untrusting_curl: Curl, request: pytest.FixtureRequest
) -> None:
    untrusting_curl.statuses(endpoint.name, requests, **of_a_new_client(endpoint, request))
    reply = untrusting_curl(endpoint.name, **of_a_new_client(endpoint, request))
    assert reply.status == 429
