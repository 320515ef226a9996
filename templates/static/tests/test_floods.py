"""Clients that send too much, or too slowly, are cut off, and others are answered meanwhile."""

import socket
import time
from select import select
from urllib.parse import urlsplit

import pytest

from tests.curl import Curl
from tests.endpoint import Endpoint
from tests.endpoints import ENDPOINTS, ERROR
from tests.server import Server
from tests.shapes import assert_shape

HEAD = "GET /openapi.json HTTP/1.1\r\nHost: api.example.com\r\n"
with_body = [endpoint for endpoint in ENDPOINTS if endpoint.takes_json][:1]


def drip(server: Server, beginning: str, more: str) -> str:
    """What the server answers to a client that sends the beginning, and then more and more."""
    place = urlsplit(server.url)
    deadline = time.monotonic() + 10
    with socket.create_connection((place.hostname, place.port), timeout=10) as client:
        client.sendall(beginning.encode())
        answer = b""
        while time.monotonic() < deadline:
            readable, _, _ = select([client], [], [], 0.05)
            try:
                if not readable:
                    client.sendall(more.encode())
                elif received := client.recv(65536):
                    answer += received
                else:
                    return answer.decode()
            except ConnectionError:  # it was cut off while more was on its way
                return answer.decode()
    raise AssertionError("The server still listens")


@pytest.mark.xdist_group("guarded server")
@pytest.mark.parametrize(
    ("beginning", "more", "line"),
    [
        ("", "", ""),
        ("", "\r\n", ""),
        (HEAD, "A: b\r\n", "HTTP/1.1 408 Request Timeout\r\n"),
        (HEAD + "A: ", "b" * 100_000, "HTTP/1.1 431 Request Header Fields Too Large\r\n"),
        (HEAD + "Content-Length: 1000\r\n\r\n", " ", "HTTP/1.1 200 OK\r\n"),
        (HEAD + "Transfer-Encoding: chunked\r\n\r\n0\r\n", "A: b\r\n", "HTTP/1.1 200 OK\r\n"),
    ],
    ids=["nothing", "lines", "headers", "one header", "unread body", "trailers"],
)
def test_no_request_goes_on_for_ever(
    beginning: str, more: str, line: str, guarded_server: Server
) -> None:
    assert drip(guarded_server, beginning, more).startswith(line)


@pytest.mark.xdist_group("guarded server")
@pytest.mark.parametrize("endpoint", with_body, ids=str)
@pytest.mark.parametrize(
    ("header", "more"),
    [("Content-Length: 1000", " "), ("Transfer-Encoding: chunked", "1\r\n \r\n")],
    ids=["with length", "in chunks"],
)
def test_408_for_a_body_that_never_ends(
    endpoint: Endpoint, header: str, more: str, guarded_server: Server
) -> None:
    method, path = endpoint.name.split(" ")
    head = f"{method} {path.format_map(endpoint.path)} HTTP/1.1\r\nHost: api.example.com\r\n"
    answer = drip(guarded_server, f"{head}{header}\r\n\r\n", more)
    assert answer.startswith("HTTP/1.1 408 Request Timeout\r\n")
    assert "\r\nconnection: close\r\n" in answer


def test_414_for_a_long_query(curl: Curl) -> None:
    reply = curl("GET /openapi.json", query={"q": "x" * 9000})
    assert reply.status == 414
    assert_shape(reply.json, ERROR)


@pytest.mark.parametrize(
    "headers", [{f"X-{n}": "1" for n in range(120)}, {"X-Long": "x" * 40_000}], ids=["many", "long"]
)
def test_431_for_headers(headers: dict[str, str], curl: Curl) -> None:
    reply = curl("GET /openapi.json", headers=headers)
    assert reply.status == 431
    assert_shape(reply.json, ERROR)


@pytest.mark.xdist_group("guarded server")
def test_slow_clients_keep_nobody_out(guarded_server: Server) -> None:
    place = urlsplit(guarded_server.url)
    slow = [socket.create_connection((place.hostname, place.port)) for _ in range(100)]
    for client in slow:
        client.sendall(HEAD.encode())
    reply = Curl(guarded_server.url)("GET /openapi.json", headers={"Host": "api.example.com"})
    for client in slow:
        client.close()
    assert reply.status == 200
