"""Changes of the schema in two steps, between which the backends before and after work side by side."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bkgen.pipeline import Evolution, generate
from tests.behaviour.generated import OF_EVERY_CONTRACT, Backend
from tests.behaviour.migrated import databases, drop_databases
from tests.behaviour.served import environment, served

CASE = Path(__file__).parents[1] / "cases" / "migrations" / "two-step"
ALLOWED = ("teams", "users.age", "users.team_id")
HALFWAY = "0001_expanded"


@pytest.fixture
def backends(tmp_path: Path) -> tuple[Path, Path]:
    """The backends before and after a change in two steps."""
    before, after = tmp_path / "before", tmp_path / "after"
    assert generate([CASE / "before.json"], before).outcome is not None
    shutil.copytree(before, after)
    changed = generate([CASE / "after.json"], after, evolution=Evolution(ALLOWED, in_two=True))
    assert changed.outcome is not None, list(changed.diagnostics)
    return before, after


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/shared.db"
        return
    server, name = request.getfixturevalue(request.param), f"bkgen_two_step_{os.getpid()}"
    yield databases(server, name)[0]
    drop_databases(server, name)


def migrate(backend: Path, database: str, revision: str) -> None:
    command = [sys.executable, "-m", "alembic", "upgrade", revision]
    variables = environment(backend, DATABASE_URL=database)
    subprocess.run(command, cwd=backend, env=variables, check=True, capture_output=True)


def sent(method: str, url: str, body: object = None) -> tuple[int, dict[str, Any]]:
    """Status and body of an answer of curl."""
    command = ["curl", "-s", "-X", method, "-w", "\n%{http_code}", url]
    if body is not None:
        command += ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
    text, _, status = subprocess.run(command, check=True, capture_output=True, text=True).stdout.rpartition("\n")
    return int(status), json.loads(text or "{}")


def test_backends_before_and_after_read_what_the_other_one_writes(
    backends: tuple[Path, Path], database: str, tmp_path: Path
) -> None:
    before, after = backends
    logs = [tmp_path / f"{number}.log" for number in range(3)]
    migrate(before, database, "head")
    with served(before, logs[0], revision="", DATABASE_URL=database) as old:
        first = sent("POST", f"{old}/users", {"name": "Ann", "age": 40})[1]["id"]
    migrate(after, database, HALFWAY)
    with (
        served(before, logs[0], revision="", DATABASE_URL=database) as old,
        served(after, logs[1], revision="", DATABASE_URL=database) as new,
    ):
        assert sent("GET", f"{new}/users/{first}")[1]["full_name"] == "Ann"
        second = sent("POST", f"{old}/users", {"name": "Bo", "age": 50})[1]["id"]
        found = sent("GET", f"{new}/users/{second}")[1]
        assert (found["full_name"], found["born"]) == ("Bo", "2000-01-01")
        assert found["code"] != sent("GET", f"{new}/users/{first}")[1]["code"]
        assert found["seen_at"].endswith("Z")
        third = sent("POST", f"{new}/users", {"full_name": "Cy"})[1]["id"]
        found = sent("GET", f"{old}/users/{third}")[1]
        assert (found["name"], found["age"], found["team_id"]) == ("Cy", 18, None)
        assert sent("PATCH", f"{old}/users/{third}", {"name": "Di"})[0] == 200
        assert sent("GET", f"{new}/users/{third}")[1]["full_name"] == "Di"
        assert sent("PATCH", f"{new}/users/{first}", {"full_name": "ann"})[0] == 200
        assert sent("GET", f"{old}/users/{first}")[1]["name"] == "ann"
        assert sent("PATCH", f"{old}/users/{first}", {"age": 41})[1] == {
            **sent("GET", f"{old}/users/{first}")[1],
            "name": "ann",
        }
        for url, name in ((old, "name"), (new, "full_name")):
            assert sent("POST", f"{url}/users", {name: "Bo", "age": 1} if name == "name" else {name: "Bo"})[0] == 409
            assert sent("POST", f"{url}/users", {name: "Di", "age": 1} if name == "name" else {name: "Di"})[0] == 409
        team = sent("POST", f"{old}/teams", {"label": "x"})[1]["id"]
        assert sent("PATCH", f"{old}/users/{second}", {"team_id": team})[0] == 200
        club = sent("POST", f"{new}/clubs", {"name": "y"})[1]["id"]
        assert sent("PATCH", f"{new}/users/{second}", {"club_id": club})[0] == 200
    with served(after, logs[2], revision="head", DATABASE_URL=database) as new:
        names = [sent("GET", f"{new}/users/{key}")[1]["full_name"] for key in (first, second, third)]
        assert names == ["ann", "Bo", "Di"]
        assert sent("GET", f"{new}/users/{second}")[1]["club_id"] == club
        assert sent("POST", f"{new}/users", {"full_name": "Ed"})[0] == 201
    assert not [line for log in logs for line in log.read_text().splitlines() if "Traceback" in line]


def test_the_tests_of_the_backend_before_pass_on_the_expanded_schema(
    backends: tuple[Path, Path],
    maybe_postgresql: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, after = backends
    (revision,) = (after / "migrations" / "versions").glob(f"{HALFWAY}_*.py")
    shutil.copy(revision, before / "migrations" / "versions")
    monkeypatch.setenv("TEST_DATABASE_URL", maybe_postgresql or "")
    # Those of migrations say that the schema is no more than what this backend needs.
    left_out = (*OF_EVERY_CONTRACT, "plans", "migrations")
    Backend(before, {}).check_suite(*(f"--ignore=tests/test_{name}.py" for name in left_out))
