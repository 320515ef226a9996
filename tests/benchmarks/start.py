"""Measures how long a generated backend takes from its start to its first answer."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

_LONGEST = 60.0


def seconds_to_start(backend: Path, repeat: int = 3) -> float:
    """The least of several starts, until `/health/live` answers; the first compiles to byte code and does not count.

    Raises:
        TimeoutError: it does not answer within a minute.
    """
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    environment = {**os.environ, "PORT": str(port), "DATABASE_URL": f"sqlite:///{backend}/benchmark.db"}
    subprocess.run([sys.executable, "-m", "alembic", "upgrade", "head"], cwd=backend, env=environment, check=True)
    times = [_start(backend, environment, f"http://127.0.0.1:{port}/health/live") for _ in range(repeat + 1)]
    return min(times[1:])


def _start(backend: Path, environment: dict[str, str], url: str) -> float:
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "app"],
        cwd=backend,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while time.perf_counter() - begun < _LONGEST:
            try:
                with urllib.request.urlopen(url, timeout=1):
                    return time.perf_counter() - begun
            except (urllib.error.URLError, TimeoutError):
                time.sleep(0.01)
        raise TimeoutError(f"{backend} did not answer within {_LONGEST:.0f} seconds")
    finally:
        process.terminate()
        process.wait()
