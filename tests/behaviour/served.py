"""Generated backends as servers, and calls of them that may fail."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen


def free_port() -> int:
    """A port of this machine that nobody listens to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(backend: Path, **settings: str) -> dict[str, str]:
    """The variables of a backend whose database is a file in its folder."""
    return {
        **os.environ,
        "SECRET_KEY": "not a secret, for this test alone and long enough",
        "DATABASE_URL": f"sqlite:///{backend / 'test.db'}",
        "DATABASE_CONNECT_SECONDS": "0",
        **settings,
    }


@contextmanager
def served(backend: Path, log: Path, *, revision: str = "head", **settings: str) -> Iterator[str]:
    """The URL of a backend, migrated to a revision, if any, and running; what it prints is in `log`."""
    port = free_port()
    variables = environment(backend, PORT=str(port), **settings)
    if revision:
        migrate = [sys.executable, "-m", "alembic", "upgrade", revision]
        subprocess.run(migrate, cwd=backend, env=variables, check=True, capture_output=True)
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "app"], cwd=backend, env=variables, stdout=output, stderr=subprocess.STDOUT
        )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = monotonic() + 90
        while answer(f"{url}/health/live")[0] != 200:
            assert monotonic() < deadline, log.read_text()
            assert process.poll() is None, log.read_text()
            sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def answer(
    url: str, body: object = None, *, method: str | None = None, **headers: str
) -> tuple[int, Mapping[str, str], str]:
    """Status, headers and text; status 0 where nobody answers. A body that is a text is sent as it is."""
    data = body if isinstance(body, str | None) else json.dumps(body)
    request = Request(url, data and data.encode(), {"Content-Type": "application/json", **headers}, method=method)
    try:
        with urlopen(request, timeout=30) as reply:
            return reply.status, reply.headers, reply.read().decode()
    except HTTPError as error:
        return error.code, error.headers, error.read().decode()
    except URLError:
        return 0, {}, ""
