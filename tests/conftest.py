"""Options and servers of the test run."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests import servers

# Hundreds of processes of bkgen and of backends are started: each would compile all that it imports again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the expected files of golden tests")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether golden tests rewrite what they expect."""
    return bool(request.config.getoption("--update"))


@pytest.fixture(scope="session")
def _postgresql() -> Iterator[str | servers.NoServerError]:
    try:
        with servers.postgresql() as url:
            yield url
    except servers.NoServerError as error:
        yield error


@pytest.fixture
def postgresql(_postgresql: str | servers.NoServerError) -> str:
    """The URL of a PostgreSQL server; the test is skipped where there is none."""
    if isinstance(_postgresql, servers.NoServerError):
        pytest.skip(str(_postgresql))
    return _postgresql


@pytest.fixture(scope="session")
def _mariadb() -> str | servers.NoServerError:
    try:
        return servers.mariadb()
    except servers.NoServerError as error:
        return error


@pytest.fixture(scope="session")
def maybe_mariadb(_mariadb: str | servers.NoServerError) -> str | None:
    """The same, for tests that tell more where there is one."""
    return None if isinstance(_mariadb, servers.NoServerError) else _mariadb


@pytest.fixture
def mariadb(_mariadb: str | servers.NoServerError) -> str:
    """The URL of a MariaDB server; the test is skipped where there is none."""
    if isinstance(_mariadb, servers.NoServerError):
        pytest.skip(str(_mariadb))
    return _mariadb


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> str:
    """What generated tests are to run on: empty for SQLite, or the URL of a PostgreSQL server."""
    return "" if request.param == "sqlite" else str(request.getfixturevalue("postgresql"))


@pytest.fixture(scope="session")
def maybe_postgresql(_postgresql: str | servers.NoServerError) -> str | None:
    """The same, for tests that tell more where there is one."""
    return None if isinstance(_postgresql, servers.NoServerError) else _postgresql


@pytest.fixture(scope="module")
def _redis() -> Iterator[str | servers.NoServerError]:
    try:
        with servers.redis() as url:
            yield url
    except servers.NoServerError as error:
        yield error


@pytest.fixture(scope="module")
def redis_server(_redis: str | servers.NoServerError) -> str:
    """The URL of a Redis server; tests are skipped where there is none."""
    if isinstance(_redis, servers.NoServerError):
        pytest.skip(str(_redis))
    return _redis


@pytest.fixture(scope="module")
def maybe_redis(_redis: str | servers.NoServerError) -> str:
    """The same, for tests that tell more where there is one; empty where there is none."""
    return "" if isinstance(_redis, servers.NoServerError) else _redis


@pytest.fixture(scope="module")
def mongodb() -> Iterator[str]:
    """The URL of a server that speaks MongoDB's protocol; tests are skipped where there is none."""
    try:
        with servers.mongodb() as url:
            yield url
    except servers.NoServerError as error:
        pytest.skip(str(error))
