"""Rate limits let pass exactly what the contract says, for each client."""

import time
from ipaddress import IPv6Network
from uuid import uuid4

import pytest

from tests.curl import Curl, Options, Reply, addresses
from tests.endpoint import Endpoint
from tests.endpoints import ENDPOINTS, ERROR, MOST_REQUESTS
from tests.shapes import assert_shape

limits = [(endpoint, *endpoint.rate_limit) for endpoint in ENDPOINTS if endpoint.rate_limit]
every_limit = pytest.mark.parametrize(("endpoint", "requests", "seconds"), limits, ids=str)
every_limit_by_address = pytest.mark.parametrize(
    ("endpoint", "requests", "seconds"),
    [limit for limit in limits if not limit[0].limited_by_account],
    ids=str,
)


def of_a_new_client(endpoint: Endpoint, request: pytest.FixtureRequest) -> Options:
    """A call from an address, or of an account, that has made none yet.

    Its body is bad, so that it costs the server little: requests count before they are read.
    """
    options: Options = {"path": endpoint.path, "query": endpoint.query, "client": next(addresses)}
    if endpoint.body is not None:
        options["data"] = "no JSON"
    if endpoint.limited_by_account:
        options["token"] = request.getfixturevalue("rows").sign_in().token
    return options


def exhaust(
    curl: Curl, endpoint: Endpoint, requests: int, seconds: int, *calls: Options
) -> list[Reply]:
    """The replies to one request more than the limit lets pass: each call once, and then the last.

    The test is skipped where they cannot all be made within the limit's time.
    """
    if requests > MOST_REQUESTS:
        pytest.skip(f"{requests} requests take too long")
    started = time.monotonic()
    replies = [curl(endpoint.name, **call) for call in calls[:-1]]
    replies += curl.burst(endpoint.name, requests + 1 - len(replies), **calls[-1])
    if replies[-1].status != 429 and time.monotonic() - started >= seconds:
        pytest.skip(f"{requests} requests took longer than {seconds} s")
    return replies


@every_limit
def test_requests_are_counted_down(
    endpoint: Endpoint, requests: int, seconds: int, curl: Curl, request: pytest.FixtureRequest
) -> None:
    replies = curl.burst(endpoint.name, min(requests, 3), **of_a_new_client(endpoint, request))
    for number, reply in enumerate(replies, start=1):
        assert reply.headers["ratelimit-policy"].endswith(f";q={requests};w={seconds}")
        assert f";r={requests - number};" in reply.headers["ratelimit"]
    documented = curl("GET /openapi.json").json["paths"][endpoint.name.split(" ")[1]]
    operation = documented[endpoint.name.split(" ")[0].lower()]
    assert operation["responses"]["429"]["headers"].keys() >= {
        "RateLimit",
        "RateLimit-Policy",
        "Retry-After",
    }


@every_limit
def test_429_after_exactly_so_many_requests(
    endpoint: Endpoint, requests: int, seconds: int, curl: Curl, request: pytest.FixtureRequest
) -> None:
    *passed, reply = exhaust(curl, endpoint, requests, seconds, of_a_new_client(endpoint, request))
    assert 429 not in {reply.status for reply in passed}
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
    endpoint: Endpoint,
    requests: int,
    seconds: int,
    untrusting_curl: Curl,
    request: pytest.FixtureRequest,
) -> None:
    calls = (of_a_new_client(endpoint, request), of_a_new_client(endpoint, request))
    replies = exhaust(untrusting_curl, endpoint, requests, seconds, *calls)
    assert replies[-1].status == 429


@every_limit_by_address
def test_429_cannot_be_dodged_by_the_addresses_of_a_network(
    endpoint: Endpoint, requests: int, seconds: int, curl: Curl, request: pytest.FixtureRequest
) -> None:
    call = of_a_new_client(endpoint, request)
    network = IPv6Network((uuid4().int, 64), strict=False)
    calls: list[Options] = [{**call, "client": str(network[number])} for number in (1, 2)]
    replies = [curl(endpoint.name, **each) for each in calls]
    for number, reply in enumerate(replies, start=1):
        assert f";r={max(requests - number, 0)};" in reply.headers["ratelimit"]
