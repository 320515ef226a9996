"""Databases that crash, are full, locked or not to be trusted: nothing that was answered with success is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import monotonic, sleep

import pytest
import trustme
from cluster import Cluster, cluster
from generated import Backend, backend
from own_mariadb import OwnMariaDB, own_mariadb
from served import answer, environment, served

DOCUMENT = {
    "service": {"name": "Faults"},
    "tables": [
        {
            "name": "notes",
            "columns": [{"name": "id", "type": "uuid", "primary": True}, {"name": "text", "type": "VARCHAR(4000)"}],
        }
    ],
    "endpoints": [
        {
            "method": "POST",
            "path": "/notes",
            "requestBody": {"text": "string"},
            "response": {"201": "object"},
        },
        {"method": "GET", "path": "/notes/{id}", "response": {"200": "object"}},
    ],
}
SECONDS = 60  # after which something that should come hangs


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Backend:
    return backend(tmp_path_factory.mktemp("faults"), DOCUMENT)


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    with cluster() as found:
        yield found


@pytest.fixture(scope="module", params=["postgresql", "mariadb"])
def either(request: pytest.FixtureRequest) -> Iterator[Cluster | OwnMariaDB]:
    """A server that can crash, of each database that has one."""
    if request.param == "postgresql":
        yield request.getfixturevalue("server")
        return
    with own_mariadb() as found:
        yield found


def write(url: str, text: str = "text") -> tuple[int, str]:
    """The status of a new note, and its id where it is made."""
    status, _, found = answer(f"{url}/notes", {"text": text})
    return status, json.loads(found)["id"] if status == 201 else ""


def test_a_crash_of_the_database_loses_nothing_that_was_answered(
    made: Backend, either: Cluster | OwnMariaDB, tmp_path: Path
) -> None:
    ended = Event()
    with served(made.folder, tmp_path / "log", DATABASE_URL=f"{either.url}?sslmode=require") as url:

        def write_all() -> list[tuple[int, str]]:
            replies = []
            while not ended.is_set():
                replies.append(write(url))
            return replies

        with ThreadPoolExecutor(4) as pool:
            writers = [pool.submit(write_all) for _ in range(4)]
            for _ in range(2):
                sleep(1)
                either.crash()
            sleep(1)
            ended.set()
            replies = [reply for writer in writers for reply in writer.result(SECONDS)]
        assert write(url)[0] == 201
    assert {status for status, _ in replies} == {201, 503}
    answered = {note for status, note in replies if status == 201}
    stored = set(either.execute("SELECT id FROM notes").splitlines())
    assert answered
    assert answered <= stored


def test_requests_that_get_no_connection_are_answered_in_time(made: Backend, server: Cluster, tmp_path: Path) -> None:
    settings = {"DATABASE_POOL_SIZE": "2", "DATABASE_TIMEOUT_SECONDS": "1"}
    with served(made.folder, tmp_path / "log", DATABASE_URL=f"{server.url}?sslmode=require", **settings) as url:
        command = [server.programs / "psql", f"{server.url}?sslmode=require", "-At"]
        lock = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            assert lock.stdin is not None
            assert lock.stdout is not None
            lock.stdin.write("BEGIN; LOCK notes; SELECT 'held';\n")
            lock.stdin.flush()
            while lock.stdout.readline().strip() != "held":
                assert lock.poll() is None
            started = monotonic()
            with ThreadPoolExecutor(6) as pool:
                replies = list(pool.map(lambda _: write(url)[0], range(6)))
            assert replies == [503] * 6
            assert monotonic() - started < SECONDS / 4
            assert answer(f"{url}/health/live")[0] == 200
        finally:
            lock.communicate("ROLLBACK;\n", timeout=SECONDS)
        deadline = monotonic() + SECONDS
        while write(url)[0] != 201:
            assert monotonic() < deadline


def test_the_certificate_of_the_server_is_checked(made: Backend, either: Cluster | OwnMariaDB, tmp_path: Path) -> None:
    verified = f"{either.url}?sslmode=verify-full&sslrootcert="
    with served(made.folder, tmp_path / "log", DATABASE_URL=f"{verified}{either.authority}") as url:
        assert write(url)[0] == 201
    stranger = tmp_path / "stranger.pem"
    trustme.CA().cert_pem.write_to_path(stranger)
    named_otherwise = verified.replace("localhost", "127.0.0.1") + str(either.authority)
    plain = f"{either.url}?sslmode=disable"
    for refused in (f"{verified}{stranger}", verified.removesuffix("&sslrootcert="), named_otherwise, plain):
        variables = environment(made.folder, DATABASE_URL=refused, PORT="0")
        done = subprocess.run(
            [sys.executable, "-m", "app"],
            cwd=made.folder,
            env=variables,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        assert done.returncode == 3
        assert "does not answer" in done.stderr


def test_a_disk_that_is_full_loses_nothing_that_was_answered(made: Backend, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1M", "tmpfs", disk], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no small disk can be made: {mounted.stderr.strip()}")
    try:
        with served(made.folder, tmp_path / "log", DATABASE_URL=f"sqlite:///{disk / 'app.db'}") as url:
            replies = [write(url, "x" * 4000) for _ in range(400)]
            assert {status for status, _ in replies} == {201, 503}
            answered = [note for status, note in replies if status == 201]
            assert all(answer(f"{url}/notes/{note}")[0] == 200 for note in answered)
            subprocess.run(["mount", "-o", "remount,size=8M", disk], check=True)
            assert write(url)[0] == 201
            assert all(answer(f"{url}/notes/{note}")[0] == 200 for note in answered)
    finally:
        subprocess.run(["umount", disk], check=True)
