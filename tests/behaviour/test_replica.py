"""Reads that a contract lets come from a replica, against servers that follow another one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest
from cluster import Cluster, cluster
from generated import Backend, backend
from own_mariadb import OwnMariaDB, own_mariadb
from served import answer, served

DOCUMENT = {
    "service": {"name": "Replicas"},
    "tables": [
        {
            "name": "notes",
            "columns": [{"name": "id", "type": "uuid", "primary": True}, {"name": "text", "type": "VARCHAR(100)"}],
        }
    ],
    "endpoints": [
        {"method": "POST", "path": "/notes", "requestBody": {"text": "string"}, "response": {"201": "object"}},
        {"method": "GET", "path": "/notes/{id}", "response": {"200": "object"}},
        {"method": "GET", "path": "/notes", "replica": True, "response": {"200": "object[]"}},
    ],
}
SECONDS = 30  # after which something that should come hangs


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Backend:
    return backend(tmp_path_factory.mktemp("replica"), DOCUMENT)


@pytest.fixture(params=[cluster, own_mariadb])
def server(request: pytest.FixtureRequest) -> Iterator[Cluster | OwnMariaDB]:
    with request.param() as found:
        yield found


def write(url: str, text: str) -> str:
    status, _, found = answer(f"{url}/notes", {"text": text})
    assert status == 201, found
    return str(json.loads(found)["id"])


def listed(url: str) -> set[str]:
    status, _, found = answer(f"{url}/notes")
    assert status == 200, found
    return {note["text"] for note in json.loads(found)}


def wait_for(url: str, expected: set[str]) -> None:
    deadline = monotonic() + SECONDS
    while (found := listed(url)) != expected:
        assert monotonic() < deadline, found
        sleep(0.05)


def test_lists_come_from_the_replica_and_all_else_does_not(
    made: Backend, server: Cluster | OwnMariaDB, tmp_path: Path
) -> None:
    main = f"{server.url}?sslmode=require"
    with served(made.folder, tmp_path / "log", DATABASE_URL=main) as url:
        write(url, "before")
        assert listed(url) == {"before"}  # without a replica, from the database
    with (
        server.standby() as standby,
        served(
            made.folder, tmp_path / "log", DATABASE_URL=main, DATABASE_REPLICA_URL=f"{standby.url}?sslmode=require"
        ) as url,
    ):
        wait_for(url, {"before"})
        standby.fall_behind()
        note = write(url, "late")
        assert answer(f"{url}/notes/{note}")[0] == 200
        assert listed(url) == {"before"}
        standby.catch_up()
        wait_for(url, {"before", "late"})
        standby.stop()
        assert answer(f"{url}/notes")[0] == 503
        assert answer(f"{url}/health/ready")[0] == 200
        write(url, "away")
        standby.start()
        deadline = monotonic() + SECONDS
        while answer(f"{url}/notes")[0] == 503:
            assert monotonic() < deadline
            sleep(0.1)
        wait_for(url, {"before", "late", "away"})


def test_the_code_of_a_backend_with_a_replica_is_typed_and_in_style(made: Backend) -> None:
    made.check_style()
    made.check_types()
