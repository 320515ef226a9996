"""Which hosts requests may name, and what answers let browsers load."""

import re

import pytest

from tests.curl import Curl
from tests.endpoint import BROWSER_HEADERS
from tests.endpoints import ERROR
from tests.server import Server
from tests.shapes import assert_shape


def test_the_page_of_docs_may_load_what_it_needs(curl: Curl) -> None:
    reply = curl("GET /docs")
    assert reply.status == 200
    policy = reply.headers["content-security-policy"]
    folders = re.findall(r'(?:src|href)="(https://[^"]+/)[^"/]*"', reply.text)
    assert len(folders) == 3
    for folder in folders:
        assert folder in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


def test_no_https_is_asked_for_without_any(curl: Curl) -> None:
    assert "strict-transport-security" not in curl("GET /health/live").headers


@pytest.mark.xdist_group("guarded server")
@pytest.mark.parametrize("host", ["api.example.com", "API.example.com:8000", "eu.example.org"])
def test_a_host_that_is_allowed(host: str, guarded_server: Server) -> None:
    reply = Curl(guarded_server.url)("GET /openapi.json", headers={"Host": host})
    assert reply.status == 200
    assert reply.headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.xdist_group("guarded server")
@pytest.mark.parametrize(
    "host", ["evil.example", "example.org", "api.example.com.evil.example", "127.0.0.1", "[::1]"]
)
def test_400_for_another_host(host: str, guarded_server: Server) -> None:
    reply = Curl(guarded_server.url)("GET /openapi.json", headers={"Host": host})
    assert reply.status == 400
    assert reply.headers.items() >= BROWSER_HEADERS.items()
    assert_shape(reply.json, ERROR)


@pytest.mark.xdist_group("guarded server")
@pytest.mark.parametrize("endpoint", ["GET /health/live", "GET /health/ready"])
def test_health_is_told_whatever_the_host(endpoint: str, guarded_server: Server) -> None:
    curl = Curl(guarded_server.url)
    assert curl(endpoint, headers={"Host": "10.0.0.7:8000"}).status == 200
