"""Several processes of one server: they limit what is asked as one, and each has the limits of the settings."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import randrange
from time import monotonic
from urllib.parse import urlsplit

import pytest

from tests.behaviour.generated import backend
from tests.behaviour.served import answer, served

PROCESSES = 4
DOCUMENT = Path(__file__).parent / "documents" / "limits.json"
OF_THE_SERVICE, OF_LOGIN = 300, 5


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, redis_server: str) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("processes")
    made = backend(folder / "made", json.loads(DOCUMENT.read_text(encoding="utf-8")))
    settings = {
        "WEB_CONCURRENCY": str(PROCESSES),
        "REDIS_URL": redis_server,
        "REQUEST_TIMEOUT_SECONDS": "1",
        "TRUSTED_PROXIES": "127.0.0.1",
    }
    with served(made.folder, folder / "log", **settings) as url:
        yield url


def statuses(url: str, path: str, requests: int, *options: str) -> Counter[int]:
    """How often each status answers so many requests of one client, each over a connection of its own, 20 at a time."""
    client = f"10.{randrange(256)}.{randrange(256)}.{randrange(256)}"  # Redis may know those of an earlier run
    command = ["curl", "-sS", "--no-keepalive", "--parallel", "--parallel-max", "20", "--parallel-immediate"]
    command += ["-o", os.devnull, "-w", "%{http_code}\n", "-H", f"X-Forwarded-For: {client}", "-H", "Connection: close"]
    done = subprocess.run(
        [*command, *options, f"{url}{path}#[1-{requests}]"], capture_output=True, text=True, timeout=60, check=True
    )
    return Counter(map(int, done.stdout.split()))


def test_the_limit_of_the_service_is_exact_across_processes(url: str) -> None:
    answered = statuses(url, "/notes", OF_THE_SERVICE + 60)
    assert answered == {200: OF_THE_SERVICE, 429: 60}


def test_the_limit_of_an_endpoint_is_exact_across_processes(url: str) -> None:
    options = ["-H", "Content-Type: application/json", "-d", '{"email": "a@example.com", "password": "wrong"}']
    answered = statuses(url, "/auth/login", 40, *options)
    assert answered == {401: OF_LOGIN, 429: 40 - OF_LOGIN}


def test_every_process_ends_connections_that_send_nothing(url: str) -> None:
    place = urlsplit(url)

    def waited(_: int) -> float:
        begun = monotonic()
        with socket.create_connection((place.hostname, place.port), timeout=10) as connection:
            connection.sendall(b"GET /notes HTTP/1.1\r\n")
            while connection.recv(1000):
                pass
        return monotonic() - begun

    with ThreadPoolExecutor(PROCESSES * 5) as pool:
        assert max(pool.map(waited, range(PROCESSES * 5))) < 5
    assert answer(f"{url}/health/live")[0] == 200
