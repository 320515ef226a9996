"""A MariaDB server of a test's own, which can be crashed, and which speaks TLS alone."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest
import trustme
from served import free_port

SECONDS = 30  # after which a start hangs


class OwnMariaDB:
    """A server in a folder of its own, which speaks TLS alone; `authority` is who vouches for it."""

    def __init__(self, folder: Path, programs: tuple[str, str]) -> None:
        self._programs = server, install = programs
        self.authority = folder / "authority.pem"
        issuer = trustme.CA()
        issuer.cert_pem.write_to_path(self.authority)
        certificate = issuer.issue_cert("localhost")
        certificate.private_key_pem.write_to_path(folder / "key.pem")
        certificate.cert_chain_pems[0].write_to_path(folder / "certificate.pem")
        user = "mysql" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        data, self._log, self._port = folder / "data", folder / "log", free_port()
        if os.geteuid() == 0:
            for file in (folder, folder / "key.pem"):
                shutil.chown(file, user)
        made = [install, "--no-defaults", f"--datadir={data}", f"--user={user}", "--skip-test-db"]
        subprocess.run([*made, "--auth-root-authentication-method=normal"], check=True, capture_output=True)
        self._command = [
            server,
            "--no-defaults",
            f"--datadir={data}",
            f"--user={user}",
            f"--port={self._port}",
            "--bind-address=127.0.0.1",
            f"--socket={folder / 'socket'}",
            f"--pid-file={folder / 'pid'}",
            f"--ssl-cert={folder / 'certificate.pem'}",
            f"--ssl-key={folder / 'key.pem'}",
            "--require-secure-transport=ON",
            "--innodb-flush-log-at-trx-commit=1",  # whatever is answered with success is on the disk
            f"--log-bin={folder / 'log-of-changes'}",
            f"--relay-log={folder / 'log-of-others'}",
            f"--server-id={self._port}",
        ]
        self._start()
        self.url = f"mariadb://root@localhost:{self._port}/notes"
        self._client = ["mariadb", "--no-defaults", "-u", "root", f"--socket={folder / 'socket'}", "-NBe"]
        self._wait()

    def crash(self) -> None:
        """End it at once, and start it again: it recovers from its log."""
        self.stop()
        self.start()

    @contextmanager
    def standby(self) -> Iterator[OwnMariaDB]:
        """A server that follows this one, and is read from."""
        with _server(self._programs) as found:
            source = f"MASTER_HOST='127.0.0.1', MASTER_PORT={self._port}, MASTER_USER='root', MASTER_SSL=1"
            found.execute(f"CHANGE MASTER TO {source}, MASTER_USE_GTID=slave_pos; START SLAVE")
            yield found

    def fall_behind(self) -> None:
        """Write nothing of what the other one has written, which goes on coming."""
        self.execute("STOP SLAVE SQL_THREAD")

    def catch_up(self) -> None:
        self.execute("START SLAVE SQL_THREAD")

    def start(self) -> None:
        self._start()
        self._wait()

    def _wait(self) -> None:
        deadline = monotonic() + SECONDS
        while self._execute("mysql", "CREATE DATABASE IF NOT EXISTS notes").returncode:
            assert monotonic() < deadline, self._log.read_text()
            sleep(0.1)

    def _start(self) -> None:
        with self._log.open("a") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait(SECONDS)

    def execute(self, statement: str) -> str:
        done = self._execute("notes", statement)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def _execute(self, database: str, statement: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*self._client, statement, database], capture_output=True, text=True)


@contextmanager
def own_mariadb() -> Iterator[OwnMariaDB]:
    """Skips the test where there are no programs of MariaDB."""
    path = f"{os.environ['PATH']}:/usr/sbin"
    programs = [shutil.which(name, path=path) for name in ("mariadbd", "mariadb-install-db")]
    if not all(programs):
        pytest.skip("no mariadbd: Debian's package mariadb-server has it")
    with _server((str(programs[0]), str(programs[1]))) as found:
        yield found


@contextmanager
def _server(programs: tuple[str, str]) -> Iterator[OwnMariaDB]:
    with tempfile.TemporaryDirectory(prefix="bkgen-mariadb-", ignore_cleanup_errors=True) as folder:
        found = OwnMariaDB(Path(folder), programs)
        try:
            yield found
        finally:
            found.stop()
