"""Schemathesis, with all checks and phases, finds no request that is answered other than the OpenAPI document says.

BKGEN_EXAMPLES is how many requests it makes up for each operation in each phase (4), and all examples are tried
where it is given: `BKGEN_EXAMPLES=50 pytest tests/behaviour/test_schemathesis.py`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from bkgen.pipeline import generate
from tests.behaviour.served import answer, environment, served

ROOT = Path(__file__).parents[2]
HOOKS = Path(__file__).with_name("schemathesis_hooks.py")
MANY = os.environ.get("BKGEN_EXAMPLES")


class Account(NamedTuple):
    """How one is made, and signs in."""

    arguments: tuple[str, ...]
    path: str
    envelope: str = ""
    scheme: str = "Bearer"


EMAIL, PASSWORD = "ann@people.example", "correct horse battery"
ACCOUNTS = {
    "blog": Account(("--display-name", "Ann"), "/api/auth/login"),
    "conduit": Account(("--username", "Ann"), "/api/users/login", "user", "Token"),
    "login": Account((), "/api/auth/login"),
    "minimal": None,
    "shop": Account(("--name", "Ann", "--role", "admin"), "/auth/login"),
    "team": Account(("--name", "Ann"), "/auth/login"),
    "todo": None,
}


@pytest.mark.parametrize("example", ACCOUNTS if MANY else ["shop", "todo"])
def test_nothing_is_answered_other_than_the_openapi_document_says(example: str, tmp_path: Path) -> None:
    backend = tmp_path / example
    assert generate([ROOT / "examples" / example], backend).outcome is not None
    with served(backend, tmp_path / "log") as url:
        account = ACCOUNTS[example]
        headers = [] if account is None else ["--header", f"Authorization: {signed_in(account, backend, url)}"]
        done = subprocess.run(
            [
                *(Path(sys.executable).with_name("schemathesis"), "run", f"{url}/openapi.json"),
                *("--checks", "all", "--max-examples", MANY or "4", "--no-color", *headers),
                *(() if MANY else ("--seed", "1")),
            ],
            cwd=tmp_path,
            env={**os.environ, "SCHEMATHESIS_HOOKS": str(HOOKS)},
            capture_output=True,
            text=True,
            timeout=3600,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in (tmp_path / "log").read_text()


def signed_in(account: Account, backend: Path, url: str) -> str:
    """Make an account, sign in, and give what the Authorization header has then."""
    command = [sys.executable, "-m", "app.create_user", "--email", EMAIL, *account.arguments]
    subprocess.run(command, cwd=backend, env=environment(backend), input=PASSWORD, text=True, check=True)
    credentials = {"email": EMAIL, "password": PASSWORD}
    body = {account.envelope: credentials} if account.envelope else credentials
    status, _, text = answer(url + account.path, body)
    assert status == 200, text
    found = json.loads(text)
    return f"{account.scheme} {(found[account.envelope] if account.envelope else found)['token']}"
