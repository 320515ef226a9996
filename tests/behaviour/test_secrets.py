"""No generated file holds a secret, and no failure of a generated backend tells one."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from detect_secrets.core.scan import scan_file
from detect_secrets.settings import default_settings

from tests.behaviour.served import answer, environment, served
from tests.behaviour.test_examples import EXAMPLES, written

# What stands for a secret in tests, and in `postgresql://user:password@host/name`.
MADE_UP = {
    "password",
    "secret",
    "for-tests-only-for-tests-only-for-tests-only",
    "wrong password",
    "correct horse battery staple",
    "another staple than the horse has",
    "change-me-for-something-hard-to-guess",
    "ab",
    "weak",  # the name of what is wrong with a password
    "another secret, just as long as the real one",
    "just as long as a key has to be.",
}
KEY = "Zq8-of-the-tokens-7Yw2-vT4nK1pLmB5"
OF_DATABASE = "Xk3-of-the-database"
OF_REDIS = "Jd9-of-redis"
OF_ACCOUNT = "Wm6 of the account"
SECRETS = (KEY, OF_DATABASE, OF_REDIS, OF_ACCOUNT)
URLS = {
    "down": f"postgres://me:{OF_DATABASE}@127.0.0.1:1/app",
    "bad host": f"postgres://me:{OF_DATABASE}@no-such-host.invalid/app",
    "bad port": f"postgres://me:{OF_DATABASE}@127.0.0.1:port/app",
    "slash in password": f"postgres://me:a/{OF_DATABASE}@127.0.0.1:1/app",
    "unknown option": f"postgres://me:{OF_DATABASE}@127.0.0.1:1/app?no_such_option=1",
    "other database": f"mysql://me:{OF_DATABASE}@127.0.0.1/app",
    "no URL": OF_DATABASE,
}


def found(folder: Path) -> list[tuple[str, str]]:
    """(file, text) of all that looks like a secret."""
    with default_settings():
        return [
            (path.relative_to(folder).as_posix(), str(one.secret_value))
            for path in sorted(folder.rglob("*"))
            if path.is_file()
            for one in scan_file(str(path))
        ]


@pytest.mark.parametrize("example", EXAMPLES)
def test_no_generated_file_holds_a_secret(example: str, tmp_path: Path) -> None:
    secrets = found(written(example, tmp_path))
    # The bodies in tests/endpoints.py are made up as the contract describes them.
    assert {text for path, text in secrets if path != "tests/endpoints.py"} <= MADE_UP
    # The code says how the URL of a mail server is written, and calls one kind of mistake `weak`.
    told = {"app/smtp.py", "app/errors/details.py"}
    assert {path for path, _ in secrets if path.startswith(("app/", "migrations/"))} <= told


def test_a_secret_would_be_found(tmp_path: Path) -> None:
    settings = written("login", tmp_path) / "app" / "settings.py"
    settings.write_text(settings.read_text(encoding="utf-8") + f'\nSECRET_KEY = "{KEY}"\n', encoding="utf-8")
    assert ("app/settings.py", KEY) in found(tmp_path)


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written("login", tmp_path_factory.mktemp("secrets"))


@pytest.mark.parametrize(
    ("command", "url"),
    [
        *(("app", url) for url in URLS.values()),
        ("alembic upgrade head", URLS["down"]),
        ("alembic upgrade head", URLS["bad port"]),
        ("app.create_user --email ada@example.com", URLS["down"]),
    ],
)
def test_a_start_that_fails_tells_no_secret(command: str, url: str, backend: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command.split()],
        cwd=backend,
        env=environment(backend, SECRET_KEY=KEY, DATABASE_URL=url),
        input=f"{OF_ACCOUNT}\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert not [secret for secret in SECRETS if secret in done.stdout + done.stderr], done.stderr


CREDENTIALS = {"email": "ada@example.com", "password": OF_ACCOUNT}


def test_requests_that_fail_tell_no_secret(backend: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with served(backend, log, SECRET_KEY=KEY) as url:
        login = f"{url}/api/auth/login"
        answers = [
            answer(login, CREDENTIALS, Authorization=f"Bearer {KEY}"),
            answer(login, {**CREDENTIALS, "extra": OF_ACCOUNT}),
            answer(login, [OF_ACCOUNT]),
            answer(f"{login}?password=x", CREDENTIALS),
        ]
        with sqlite3.connect(backend / "test.db") as database:
            database.execute("DROP TABLE users")
        answers.append(answer(login, CREDENTIALS))
    assert [status for status, *_ in answers] == [401, 422, 422, 422, 500]
    told = log.read_text() + "".join(text for *_, text in answers)
    assert "Traceback" in told
    assert not [secret for secret in SECRETS if secret in told]


def test_a_redis_that_is_down_tells_no_secret(backend: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with served(backend, log, SECRET_KEY=KEY, REDIS_URL=f"redis://:{OF_REDIS}@127.0.0.1:1/0") as url:
        status, _, text = answer(f"{url}/api/auth/login", CREDENTIALS)
    assert status == 503
    assert "Redis does not answer" in log.read_text()
    assert not [secret for secret in SECRETS if secret in log.read_text() + text]
