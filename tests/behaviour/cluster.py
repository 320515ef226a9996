"""A PostgreSQL server of a test's own, which can be crashed, and which speaks TLS alone."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import trustme
from served import free_port

_DEBIAN = Path("/usr/lib/postgresql")
# Whatever is answered with success is on the disk.
_SETTINGS = """
listen_addresses='127.0.0.1'
ssl=on
max_connections=30
fsync=on
synchronous_commit=on
"""


@dataclass(frozen=True)
class Cluster:
    """A server that runs; `authority` is the file with the certificate of whoever vouches for it."""

    url: str
    authority: Path
    programs: Path
    _data: Path

    def crash(self) -> None:
        """End all its processes at once, and start it again: it recovers from its log."""
        _run(self.programs / "pg_ctl", "restart", "-D", self._data, "-m", "immediate", "-w", "-l", self._data / "log")

    @contextmanager
    def standby(self) -> Iterator[Cluster]:
        """A server that follows this one, and is read from."""
        data, port = self._data.parent / "standby", free_port()
        _make(data)
        source = f"{self.url}?sslmode=require".replace("/postgres?", "?")
        _run(self.programs / "pg_basebackup", "-d", source, "-D", data, "-R", "--no-sync", "-c", "fast")
        with _running(self.programs, data, port):
            yield replace(self, url=self.url.rpartition(":")[0] + f":{port}/postgres", _data=data)

    def fall_behind(self) -> None:
        """Write nothing of what the other one has written, which goes on coming."""
        self.execute("SELECT pg_wal_replay_pause()")

    def catch_up(self) -> None:
        self.execute("SELECT pg_wal_replay_resume()")

    def stop(self) -> None:
        _run(self.programs / "pg_ctl", "stop", "-D", self._data, "-m", "immediate")

    def start(self) -> None:
        _run(self.programs / "pg_ctl", "start", "-D", self._data, "-w", "-l", self._data / "log")

    def execute(self, statement: str) -> str:
        done = subprocess.run(
            [self.programs / "psql", f"{self.url}?sslmode=require", "-Atc", statement],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Skips the test where there are no programs of PostgreSQL, or no user who may run them."""
    programs = max(_DEBIAN.glob("*/bin"), default=None)
    if programs is None:
        pytest.skip(f"no programs of PostgreSQL in {_DEBIAN}: Debian's package postgresql has them")
    if os.geteuid() == 0 and "postgres" not in {user.pw_name for user in pwd.getpwall()}:
        pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
    folder = Path(tempfile.mkdtemp(prefix="bkgen-cluster-"))
    data, authority = folder / "data", folder / "authority.pem"
    issuer = trustme.CA()
    issuer.cert_pem.write_to_path(authority)
    certificate = issuer.issue_cert("localhost")
    try:
        folder.chmod(0o755)
        _make(data)
        _run(programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync")
        certificate.private_key_pem.write_to_path(data / "server.key")
        certificate.cert_chain_pems[0].write_to_path(data / "server.crt")
        (data / "server.key").chmod(0o600)
        (data / "pg_hba.conf").write_text("hostssl all,replication all 127.0.0.1/32 trust\n")
        if os.geteuid() == 0:
            for file in ("server.key", "server.crt"):
                shutil.chown(data / file, "postgres")
        port = free_port()
        with _running(programs, data, port):
            yield Cluster(f"postgresql://postgres@localhost:{port}/postgres", authority, programs, data)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make(data: Path) -> None:
    data.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(data, "postgres")


@contextmanager
def _running(programs: Path, data: Path, port: int) -> Iterator[None]:
    with (data / "postgresql.conf").open("a", encoding="utf-8") as settings:  # of several lines, the last one counts
        settings.write(f"{_SETTINGS}unix_socket_directories='{data}'\nport={port}\n")
    _run(programs / "pg_ctl", "start", "-D", data, "-w", "-l", data / "log")
    try:
        yield
    finally:
        _run(programs / "pg_ctl", "stop", "-D", data, "-m", "immediate")


def _run(*command: str | Path) -> None:
    user = "postgres" if os.geteuid() == 0 else None
    own = {**os.environ, "HOME": "/"}  # the certificates of another user could not be read
    done = subprocess.run(
        command, user=user, cwd="/", env=own, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert done.returncode == 0, done.stdout
