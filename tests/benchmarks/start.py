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

from measure import Cost, best

_LONGEST = 60.0


def cost_of_start(backend: Path, repeat: int) -> Cost:
    """The least of several starts, until `/health/live` answers; the first compiles to byte code and does not count.

    Raises:
        TimeoutError: it does not answer within a minute.
    """
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    environment = {**os.environ, "PORT": str(port), "DATABASE_URL": f"sqlite:///{backend}/benchmark.db"}
    migrate = [sys.executable, "-m", "alembic", "upgrade", "head"]
    subprocess.run(migrate, cwd=backend, env=environment, check=True, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/health/live"
    _start(backend, environment, url)
    return best(repeat, {"start": lambda: _start(backend, environment, url)})["start"]


def _start(backend: Path, environment: dict[str, str], url: str) -> Cost:
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "app"],
        cwd=backend,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        seconds = _seconds_to_answer(url) - begun
    finally:
        process.terminate()
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _seconds_to_answer(url: str) -> float:
    """The time at which `url` answers for the first time."""
    end = time.perf_counter() + _LONGEST
    while time.perf_counter() < end:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return time.perf_counter()
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.01)
    raise TimeoutError(f"{url} did not answer within {_LONGEST:.0f} seconds")
