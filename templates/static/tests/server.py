"""The backend as a process of its own."""

import multiprocessing
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from app.__main__ import main

ROOT = Path(__file__).parent.parent

# The settings of the servers under test. They run in the root folder, to find no `.env` there.
ENVIRONMENT = {
    "PYTHONPATH": str(ROOT),
    "HOST": "127.0.0.1",
    "SECRET_KEY": "-".join(["for-tests-only"] * 5),
    "MAX_BODY_BYTES": "65536",
    "TRUSTED_PROXIES": "127.0.0.1",
    "CORS_ORIGINS": "https://of-this-machine.example",
    "DATABASE_CONNECT_SECONDS": "0",
    "REDIS_URL": os.environ.get("TEST_REDIS_URL", ""),
}


# Servers are forked off a process that has imported the application once, which takes a second.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["app.__main__", "app.main"])


def serve(log: Path, environment: dict[str, str]) -> None:
    """Do what `python -m app` does, in this process."""
    with log.open("w") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    os.environ.update(environment)
    os.chdir(ROOT.anchor)
    main()


class Server:
    """A server on a free port; `log` is the file with what it prints."""

    def __init__(self, log: Path, **environment: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        settings = {**ENVIRONMENT, **environment, "PORT": str(port)}
        self._process = FORKS.Process(target=serve, args=(log, settings), daemon=True)
        self._process.start()
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self._process.is_alive():
            try:
                urlopen(f"{self.url}/health/live", timeout=1).close()
            except (URLError, OSError):
                time.sleep(0.05)
            else:
                if self._process.is_alive():  # it was this server, not another on its port
                    return
        self.stop()
        raise RuntimeError(f"The server did not start:\n{self.log.read_text()}")

    def stop(self) -> None:
        self._process.terminate()
        self._process.join(10)


def run_module(
    module: str, *arguments: str, input: str = "", **environment: str
) -> tuple[int, str]:
    """Run `python -m module` to its end and give its exit code and all that it prints."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT.anchor,
        env={**os.environ, **ENVIRONMENT, **environment},
        input=input,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout
