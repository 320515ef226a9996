"""All that a client asks of the service counts together, and no more passes than the contract lets."""

import time

import pytest

from tests.curl import Curl, Reply, addresses
from tests.endpoints import ENDPOINTS, ERROR, MOST_REQUESTS, SERVICE_LIMIT
from tests.shapes import assert_shape

REQUESTS, SECONDS = SERVICE_LIMIT
NOWHERE = "GET /there-is-no-such-path"

probes = [endpoint for endpoint in ENDPOINTS if endpoint.name.startswith("GET /health/")]
counted = [endpoint for endpoint in ENDPOINTS if endpoint not in probes]


def exhaust(curl: Curl, client: str) -> list[Reply]:
    """The replies to one request more than the limit lets pass, for a path that does not exist.

    The test is skipped where they cannot all be made within the limit's time.
    """
    if REQUESTS > MOST_REQUESTS:
        pytest.skip(f"{REQUESTS} requests take too long")
    started = time.monotonic()
    replies = curl.burst(NOWHERE, REQUESTS + 1, client=client)
    if time.monotonic() - started >= SECONDS:
        pytest.skip(f"{REQUESTS} requests took longer than {SECONDS} s")
    return replies


def test_requests_are_counted_down_whatever_they_ask_for(curl: Curl) -> None:
    client = next(addresses)
    for number, name in enumerate((NOWHERE, counted[0].name, NOWHERE), start=1):
        reply = curl(name, path=counted[0].path, client=client)
        assert f'"service";q={REQUESTS};w={SECONDS}' in reply.headers["ratelimit-policy"]
        assert f'"service";r={REQUESTS - number};' in reply.headers["ratelimit"]


def test_429_at_every_endpoint_after_exactly_so_many_requests(curl: Curl) -> None:
    client = next(addresses)
    *passed, reply = exhaust(curl, client)
    assert {one.status for one in passed} == {404}
    assert reply.status == 429
    assert 0 < int(reply.headers["retry-after"]) <= SECONDS
    for endpoint in counted:
        refused = curl(endpoint.name, path=endpoint.path, client=client)
        assert refused.status == 429, endpoint.name
        assert_shape(refused.json, ERROR)
    assert {curl(probe.name, client=client).status for probe in probes} == {200}
    assert curl(NOWHERE, client=next(addresses)).status == 404


@pytest.mark.xdist_group("untrusting server")
def test_429_cannot_be_dodged_by_naming_another_address(untrusting_curl: Curl) -> None:
    exhaust(untrusting_curl, next(addresses))
    assert untrusting_curl(NOWHERE, client=next(addresses)).status == 429
