"""A generated backend as a process."""

from __future__ import annotations

import os
import re
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from importlib.util import find_spec
from pathlib import Path

from bkgen.run import process

_LIBRARIES = (
    *(
        "aiosmtplib",
        "aiosqlite",
        "alembic",
        "cryptography",
        "fastapi",
        "httpx",
        "greenlet",
        "jiter",
        "jwt",
        "limits",
        "pwdlib",
        "pydantic_settings",
        "pytest",
    ),
    *("sqlalchemy", "uvicorn", "xdist", "zxcvbn"),
)
_HOST = "127.0.0.1"
_SECONDS_TO_START = 30.0


def missing_libraries() -> list[str]:
    """What a generated backend imports and this environment lacks."""
    return [name for name in _LIBRARIES if find_spec(name) is None]


def missing_programs() -> list[str]:
    """What the tests of a generated backend call and this machine lacks."""
    return [name for name in ("curl",) if shutil.which(name) is None]


def is_free(port: int) -> bool:
    """Whether a server can listen on the port of this machine."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((_HOST, port))
        except OSError:
            return False
    return True


# What the environment may hold for a backend that matters: none of it is for trying a contract out.
_FOR_PRODUCTION = {
    *(
        "DATABASE_URL",
        "DATABASE_URL_FILE",
        "SECRET_KEY_FILE",
        "SECOND_FACTOR_KEYS_FILE",
        "REDIS_URL",
        "REDIS_URL_FILE",
        "MONGODB_URL",
        "MONGODB_URL_FILE",
    ),
    *("SMTP_URL", "SMTP_URL_FILE", "MAIL_FILE"),
    *("ALLOWED_HOSTS", "CORS_ORIGINS", "PUBLIC_URL", "TRUSTED_PROXIES"),
    *("MAX_BODY_BYTES", "MAX_CONCURRENT_REQUESTS", "REQUEST_TIMEOUT_SECONDS"),
}


class Backend:
    """The backend in `folder`, for development: with a secret and a SQLite database of its own.

    Settings of the environment are not used: trying a contract out must never migrate a database that matters.
    """

    def __init__(self, folder: Path, port: int) -> None:
        self._address = f"{_HOST}:{port}"
        self.url = f"http://{self._address}"
        self._folder = folder
        self._database = folder / "development.db"
        self._environment: Mapping[str, str] = {
            **{name: value for name, value in os.environ.items() if name not in _FOR_PRODUCTION},
            "SECRET_KEY": secrets.token_urlsafe(48),
            "DATABASE_URL": f"sqlite+aiosqlite:///{self._database}",
            "SECOND_FACTOR_KEYS": secrets.token_urlsafe(48),
            "FRONTEND_URL": os.environ.get("FRONTEND_URL", "http://localhost:3000"),
            "MAIL_LOG": "true",
            "HOST": _HOST,
            "PORT": str(port),
            # Byte code is told from its source by the second: too coarse for edits that follow each other quickly.
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def new_account(self) -> str:
        """The shell's command that adds an account; empty where there are none."""
        if not (self._folder / "app" / "create_user.py").exists():
            return ""
        place, database, program = map(
            shlex.quote, (str(self._folder), self._environment["DATABASE_URL"], sys.executable)
        )
        return f"cd {place} && DATABASE_URL={database} {program} -m app.create_user --help"

    def drop_database(self) -> None:
        """Throw away the database file."""
        for file in self._folder.glob(f"{self._database.name}*"):
            file.unlink()

    def migrate(self) -> bool:
        """Bring the database to the newest schema; False where that failed, with the reason on stderr."""
        done = subprocess.run(
            [sys.executable, "-m", "alembic", "upgrade", "head"],
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.stderr.write(done.stdout)
        return done.returncode == 0

    def start(self) -> bool:
        """Start it and wait until it answers; False where it ended instead, with the reason on stderr."""
        environment = {**self._providers(), **self._environment, **self._signing_key()}
        self._process = process.start("app", folder=self._folder, environment=environment)
        deadline = time.monotonic() + _SECONDS_TO_START
        while self._process.poll() is None and time.monotonic() < deadline:
            if self._answers():
                return True
            time.sleep(0.05)
        self.stop()
        return False

    def _signing_key(self) -> dict[str, str]:
        """The setting with a new private key, where the backend signs tokens with one."""
        if not (self._folder / "app" / "create_key.py").exists():
            return {}
        done = subprocess.run(
            [sys.executable, "-m", "app.create_key"],
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        return {"JWT_PRIVATE_KEYS": done.stdout}

    def _providers(self) -> dict[str, str]:
        """The settings of providers that people sign in by: nobody does, unless the environment has them."""
        example = (self._folder / ".env.example").read_text(encoding="utf-8")
        found = dict(re.findall(r"^(OAUTH2_\w+)=(.*)$", example, re.MULTILINE))
        public = {"PUBLIC_URL": self.url, "ALLOWED_HOSTS": f"{_HOST},localhost"} if found else {}
        return {name: value or "https://example.invalid" for name, value in found.items()} | public

    def stop(self) -> None:
        """End it, if it runs."""
        if self._process is not None:
            process.end(self._process)
            self._process = None

    def _answers(self) -> bool:
        connection = HTTPConnection(self._address, timeout=2)
        try:
            connection.request("GET", "/health/live")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()
