"""Floods of requests, clients that neither send nor read, and bodies like bombs: the server goes on answering."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from time import monotonic, sleep
from urllib.parse import urlsplit

import pytest

from tests.behaviour.generated import backend
from tests.behaviour.served import answer, served
from tests.behaviour.test_examples import written

LOGIN = "/api/auth/login"
CREDENTIALS = json.dumps({"email": "ada@example.com", "password": "no such password"})
MANY = 40
THINGS = {
    "tables": [
        {
            "name": "things",
            "columns": [{"name": "id", "type": "integer", "primary": True}, {"name": "data", "type": "json"}],
        },
        {
            "name": "words",
            "columns": [{"name": "id", "type": "integer", "primary": True}, {"name": "word", "type": "text"}],
        },
    ],
    "endpoints": [
        {"method": "POST", "path": "/things", "requestBody": {"data": "json"}, "response": {"201": "object"}},
        {"method": "GET", "path": "/things/{id}", "response": {"200": "object"}},
        {"method": "GET", "path": "/things", "response": {"200": "object[]"}},
        {
            "method": "POST",
            "path": "/words",
            "requestBody": {"word": {"type": "string", "pattern": "^(x+)+!$"}},
            "response": {"201": "object"},
        },
    ],
}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The login example, which works on two requests at once."""
    folder = tmp_path_factory.mktemp("floods")
    settings = {
        "MAX_CONCURRENT_REQUESTS": "2",
        "REQUEST_TIMEOUT_SECONDS": "3",
        "TRUSTED_PROXIES": "127.0.0.1",
        "REDIS_URL": "",
    }
    with served(written("login", folder / "backend"), folder / "log", **settings) as url:
        yield url


def sign_in(url: str, number: int) -> tuple[int, str, str]:
    """Status, Retry-After and text of a call that takes its time, from an address of its own."""
    forwarded = {"X-Forwarded-For": f"10.0.{number >> 8}.{number & 255}"}
    status, headers, text = answer(f"{url}{LOGIN}", CREDENTIALS, **forwarded)
    return status, headers.get("Retry-After", ""), text


def connected(url: str, stack: ExitStack) -> socket.socket:
    """A connection to the server, which ends with the stack."""
    place = urlsplit(url)
    return stack.enter_context(socket.create_connection((place.hostname or "", place.port or 0), timeout=20))


def test_what_is_too_much_at_once_is_told_to_come_again(url: str) -> None:
    with ThreadPoolExecutor(MANY) as pool:
        replies = list(pool.map(lambda number: sign_in(url, number), range(MANY)))
    unavailable = {"error": "Temporarily unavailable, try again soon"}
    assert {status for status, *_ in replies} == {401, 503}
    assert all(after == "1" and json.loads(text) == unavailable for status, after, text in replies if status == 503)
    assert sign_in(url, MANY)[0] == 401


def test_probes_are_answered_however_busy_the_server_is(url: str) -> None:
    with ThreadPoolExecutor(MANY) as pool:
        flood = [pool.submit(sign_in, url, MANY + number) for number in range(MANY)]
        assert answer(f"{url}/health/live")[0] == 200
        assert answer(f"{url}/health/ready")[0] == 200
        assert 503 in {one.result()[0] for one in flood}


def test_slow_senders_keep_nobody_out_and_may_not_come_all_at_once(url: str) -> None:
    with ExitStack() as stack:
        slow = [connected(url, stack) for _ in range(MANY)]
        for number, client in enumerate(slow):
            head = f"POST {LOGIN} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 10.1.0.{number}\r\nConnection: close\r\n"
            kind = f"Content-Type: application/json\r\nContent-Length: {len(CREDENTIALS)}\r\n\r\n"
            client.sendall(f"{head}{kind}{CREDENTIALS[:-1]}".encode())
        assert sign_in(url, 3 * MANY)[0] == 401
        for client in slow:
            client.sendall(CREDENTIALS[-1:].encode())
        lines = {client.makefile().readline().strip() for client in slow}
    assert lines == {"HTTP/1.1 401 Unauthorized", "HTTP/1.1 503 Service Unavailable"}


def test_a_client_that_sends_on_and_on_is_cut_off(url: str) -> None:
    requests = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 10_000
    with ExitStack() as stack:
        client = connected(url, stack)
        for _ in range(100):
            try:
                client.sendall(requests)
            except ConnectionError:
                break
        else:
            pytest.fail("The server took a million requests before it answered the first")
    assert answer(f"{url}/openapi.json")[0] == 200


@pytest.fixture(scope="module")
def things(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A backend that keeps any JSON."""
    folder = tmp_path_factory.mktemp("things")
    with served(backend(folder, THINGS).folder, folder / "log", REQUEST_TIMEOUT_SECONDS="2") as url:
        yield url


@pytest.mark.parametrize("depth", [2, 100, 150, 190, 195, 198, 199, 200, 201, 202, 203, 204, 250, 100_000])
def test_nesting_is_stored_and_read_or_refused(depth: int, things: str) -> None:
    status, _, text = answer(f"{things}/things", '{"data": ' + "[" * (depth - 1) + "]" * (depth - 1) + "}")
    assert status == (201 if depth < 200 else 422 if depth > 204 else status)
    assert status in (201, 422), text
    if status == 201:
        assert answer(f"{things}/things/{json.loads(text)['id']}")[0] == 200


def test_a_pattern_that_could_be_tried_for_ever_is_tried_once(things: str) -> None:
    begun = monotonic()
    assert answer(f"{things}/words", {"word": "x" * 50_000})[0] == 422
    assert answer(f"{things}/words", {"word": "x" * 50_000 + "!"})[0] == 201
    assert monotonic() - begun < 10


def test_a_client_that_does_not_read_is_cut_off(things: str) -> None:
    wide = json.dumps({"data": [[]] * 200_000})
    assert {answer(f"{things}/things", wide)[0] for _ in range(10)} == {201}
    place = urlsplit(things)
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect((place.hostname or "", place.port or 0))
        client.sendall(b"GET /things HTTP/1.1\r\nHost: x\r\n\r\n")
        client.recv(1, socket.MSG_PEEK)  # the answer has begun
        sleep(5)
        received = 0
        with suppress(ConnectionError):
            while part := client.recv(65536):
                received += len(part)
    whole = len(answer(f"{things}/things")[2])
    assert received < whole
    assert whole > 5_000_000
