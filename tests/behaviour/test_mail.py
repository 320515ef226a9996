"""Mails of a generated backend, over SMTP: to a real server, to one that cannot be trusted, and to none."""

from __future__ import annotations

import os
import re
import socket
import ssl
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session

from tests.behaviour.generated import Backend, backend

DOCUMENT = {
    "service": {"name": "Forgetful"},
    "tables": [
        {
            "name": "users",
            "columns": [
                {"name": "id", "type": "uuid", "primary": True},
                {"name": "email", "type": "email", "unique": True},
                {"name": "password_hash", "type": "VARCHAR(255)"},
            ],
        }
    ],
    "endpoints": [
        {"method": "POST", "path": "/login", "response": {"200": {"token": "string"}}},
        {"method": "POST", "path": "/forgot-password", "response": {"204": {}}},
        {"method": "POST", "path": "/reset-password", "response": {"204": {}}},
    ],
}
ANN, NOBODY = "ann@example.com", "nobody@example.com"
LOGIN = ("forgetful", "p@ss/word")
SENDER = "Forgetful <no-reply@example.com>"


@dataclass
class Inbox:
    """What an SMTP server has taken over, and by whom."""

    mails: list[tuple[Envelope, EmailMessage]] = field(default_factory=list)
    users: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802
        message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append((envelope, message))
        return "250 OK"

    def authenticate(self, server: Any, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        matches = (data.login.decode(), data.password.decode()) == LOGIN
        self.users.append(data.login.decode())
        return AuthResult(success=matches)

    def wait(self) -> tuple[Envelope, EmailMessage]:
        """The only mail, once it is here."""
        deadline = time.monotonic() + 20
        while not self.mails and time.monotonic() < deadline:
            time.sleep(0.02)
        (mail,) = self.mails
        return mail


@dataclass(frozen=True)
class Running:
    """A backend that serves, with an account for `ANN`."""

    url: str
    log: Path

    def forgot(self, address: str, *options: str) -> tuple[int, float]:
        """The status, and the seconds that it took."""
        return self.post("/forgot-password", f'{{"email": "{address}"}}', *options)

    def post(self, path: str, body: str, *options: str) -> tuple[int, float]:
        command = ["curl", "-s", "-o", os.devnull, "-w", "%{http_code} %{time_total}", "-d", body, *options]
        command += ["-H", "Content-Type: application/json", self.url + path]
        status, seconds = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        return int(status), float(seconds)

    def wait_for(self, text: str) -> None:
        """Wait until the log has `text`."""
        deadline = time.monotonic() + 20
        while text not in self.log.read_text("utf-8") and time.monotonic() < deadline:
            time.sleep(0.02)
        assert text in self.log.read_text("utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Backend:
    return backend(tmp_path_factory.mktemp("mail"), DOCUMENT)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@contextmanager
def smtp(authority: trustme.CA, inbox: Inbox, **options: Any) -> Iterator[int]:
    """The port of an SMTP server whose name `localhost` the authority vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with_tls = options.pop("tls", True)
    if with_tls:
        options |= {"tls_context": context, "require_starttls": True, "auth_required": True}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    controller = Controller(inbox, "127.0.0.1", port, authenticator=inbox.authenticate, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@contextmanager
def running(made: Backend, folder: Path, **settings: str) -> Iterator[Running]:
    """The backend with a database of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder / 'app.db'}",
        "SECRET_KEY": "not a secret, for this test alone and long enough",
        "FRONTEND_URL": "https://front.example.com/app/",
        "PORT": str(port),
        **settings,
    }

    def run(*arguments: str, input: str = "") -> None:
        command = [sys.executable, "-m", *arguments]
        subprocess.run(command, cwd=made.folder, env=environment, input=input, text=True, check=True, timeout=60)

    run("alembic", "upgrade", "head")
    run("app.create_user", "--email", ANN, input="seven brown teapots\n")
    log = folder / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "app"], cwd=made.folder, env=environment, stdout=output, stderr=output
        )
    try:
        found = Running(f"http://127.0.0.1:{port}", log)
        found.wait_for("Uvicorn running on")
        yield found
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def trusting(authority: trustme.CA, tmp_path: Path) -> dict[str, str]:
    """Settings by which a backend trusts the authority."""
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return {"SSL_CERT_FILE": str(tmp_path / "ca.pem"), "MAIL_FROM": SENDER}


def test_a_mail_goes_over_tls_to_who_forgot_and_its_link_works_once(
    made: Backend, authority: trustme.CA, trusting: dict[str, str], tmp_path: Path
) -> None:
    inbox = Inbox()
    with smtp(authority, inbox) as port:
        url = f"smtp://{LOGIN[0]}:p%40ss%2Fword@localhost:{port}"
        with running(made, tmp_path, SMTP_URL=url, **trusting) as server:
            assert server.forgot(ANN, "-H", "Host: evil.example.com")[0] == 204
            envelope, message = inbox.wait()
            assert (envelope.mail_from, envelope.rcpt_tos) == ("no-reply@example.com", [ANN])
            assert (message["From"], message["To"]) == (SENDER, ANN)
            assert message["Subject"] == "Forgetful: a new password"
            assert inbox.users == [LOGIN[0]]
            text = message.get_content().replace("\r\n", "\n")
            found = re.search(r"^https://front\.example\.com/app/reset-password#token=(\S+)$", text, re.MULTILINE)
            assert found is not None, text
            assert "evil" not in text
            body = f'{{"token": "{found[1]}", "new_password": "nine green kettles"}}'
            assert [server.post("/reset-password", body)[0] for _ in range(2)] == [204, 400]
            login = f'{{"email": "{ANN}", "password": "nine green kettles"}}'
            assert server.post("/login", login)[0] == 200
            assert found[1] not in server.log.read_text("utf-8")
            assert found[1].encode() not in (tmp_path / "app.db").read_bytes()


def test_tls_from_the_start(made: Backend, authority: trustme.CA, trusting: dict[str, str], tmp_path: Path) -> None:
    inbox = Inbox()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with (
        smtp(authority, inbox, tls=False, ssl_context=context) as port,
        running(made, tmp_path, SMTP_URL=f"smtps://localhost:{port}", **trusting) as server,
    ):
        assert server.forgot(ANN)[0] == 204
        assert inbox.wait()[0].rcpt_tos == [ANN]


@pytest.mark.parametrize("fault", ["unknown authority", "another name", "no TLS"])
def test_a_server_that_cannot_be_trusted_gets_no_mail(
    fault: str, made: Backend, authority: trustme.CA, trusting: dict[str, str], tmp_path: Path
) -> None:
    inbox = Inbox()
    signer = trustme.CA() if fault == "unknown authority" else authority
    host = "127.0.0.1" if fault == "another name" else "localhost"
    with (
        smtp(signer, inbox, tls=fault != "no TLS") as port,
        running(made, tmp_path, SMTP_URL=f"smtp://{host}:{port}", **trusting) as server,
    ):
        assert server.forgot(ANN)[0] == 204
        server.wait_for("A mail was not sent")
    assert inbox.mails == []


def test_without_tls_only_where_the_settings_say_so(made: Backend, authority: trustme.CA, tmp_path: Path) -> None:
    inbox = Inbox()
    with smtp(authority, inbox, tls=False) as port:
        url = f"smtp://localhost:{port}?tls=none"
        with running(made, tmp_path, SMTP_URL=url, MAIL_FROM=SENDER) as server:
            assert server.forgot(ANN)[0] == 204
            assert inbox.wait()[0].rcpt_tos == [ANN]


def test_a_server_that_says_nothing_makes_no_answer_slower(made: Backend, tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(200)
        url = f"smtp://localhost:{silent.getsockname()[1]}"
        with running(made, tmp_path, SMTP_URL=url, MAIL_FROM=SENDER) as server:
            server.forgot(NOBODY)
            took: dict[str, list[float]] = {ANN: [], NOBODY: []}
            for _ in range(15):
                for address, seconds in took.items():
                    status, total = server.forgot(address)
                    assert status == 204
                    seconds.append(total)
            known, unknown = (statistics.median(seconds) for seconds in took.values())
            assert abs(known - unknown) < 0.05, took


def test_a_server_that_is_down_changes_no_answer(made: Backend, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"smtp://localhost:{probe.getsockname()[1]}"
    with running(made, tmp_path, SMTP_URL=url, MAIL_FROM=SENDER) as server:
        assert server.forgot(ANN)[0] == server.forgot(NOBODY)[0] == 204
        server.wait_for("A mail was not sent")


def test_the_log_has_mails_where_the_settings_say_so(made: Backend, tmp_path: Path) -> None:
    with running(made, tmp_path, MAIL_LOG="true") as server:
        assert server.forgot(ANN)[0] == 204
        server.wait_for("https://front.example.com/app/reset-password#token=")
