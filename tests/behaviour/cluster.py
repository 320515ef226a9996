"""A PostgreSQL server of a test's own, which can be crashed, and which speaks TLS alone."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme
from served import free_port

_DEBIAN = Path("/usr/lib/postgresql")
# Whatever is answered with success is on the disk.
_SETTINGS = "listen_addresses='127.0.0.1' ssl=on max_connections=30 fsync=on synchronous_commit=on"


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
        data.mkdir()
        if os.geteuid() == 0:
            shutil.chown(data, "postgres")
        _run(programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync")
        certificate.private_key_pem.write_to_path(data / "server.key")
        certificate.cert_chain_pems[0].write_to_path(data / "server.crt")
        (data / "server.key").chmod(0o600)
        (data / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 trust\n")
        if os.geteuid() == 0:
            for file in ("server.key", "server.crt"):
                shutil.chown(data / file, "postgres")
        port = free_port()
        options = " ".join(f"-c {one}" for one in f"{_SETTINGS} unix_socket_directories={data} port={port}".split())
        _run(programs / "pg_ctl", "start", "-D", data, "-w", "-l", data / "log", "-o", options)
        try:
            yield Cluster(f"postgresql://postgres@localhost:{port}/postgres", authority, programs, data)
        finally:
            _run(programs / "pg_ctl", "stop", "-D", data, "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(*command: str | Path) -> None:
    user = "postgres" if os.geteuid() == 0 else None
    done = subprocess.run(command, user=user, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout
