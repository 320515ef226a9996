"""A backend with handlers and idempotency keys: what stops the generation, and its tests on both databases."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from click.testing import CliRunner

from bkgen.cli import main
from tests.behaviour.generated import TYPES_OF_LIBRARIES

MYPY = ("mypy", "--cache-dir", TYPES_OF_LIBRARIES.name)
HERE = Path(__file__).parent / "handlers"
POSTGRES = os.environ.get("BKGEN_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
HANDLERS = ("checkout", "reports")


def bkgen(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, arguments)
    return done.exit_code, done.output


def run(folder: Path, *arguments: str, database: str = "") -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env={**os.environ, "TEST_DATABASE_URL": database, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The generated backend, with handlers and their tests written before it."""
    folder = tmp_path_factory.mktemp("handlers") / "backend"
    for name, target in (("{}.py", "app/handlers/{}.py"), ("{}_tests.py", "tests/handlers/test_{}.py")):
        for module in HANDLERS:
            copy = folder / target.format(module)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(HERE / name.format(module), copy)
    code, output = bkgen("generate", str(HERE / "service.json"), "-o", str(folder))
    assert code == 0, output
    shutil.copy(HERE / "keys_tests.py", folder / "tests" / "test_keys.py")
    return folder


def test_what_is_generated_goes_with_the_handlers(backend: Path) -> None:
    own = "--extend-exclude=(handlers/|test_keys)"  # laid out as this repository is
    for tool in ((*MYPY, "app", "tests"), ("ruff", "check", "--no-cache", "."), ("black", "--check", "-q", own, ".")):
        code, output = run(backend, *tool)
        assert code == 0, output
    assert bkgen("check", str(HERE / "service.json"), "-o", str(backend))[0] == 0


def test_mypy_refuses_a_handler_that_returns_something_else(backend: Path, tmp_path: Path) -> None:
    other = tmp_path / "backend"
    shutil.copytree(backend, other)
    file = other / "app" / "handlers" / "reports.py"
    file.write_text(file.read_text().replace(") -> SalesAnswer:", ") -> SalesAnswerDay:"))
    code, output = run(other, *MYPY, "app")
    assert code == 1
    assert re.search(r"app/products/router\.py:\d+: error: Incompatible types in assignment", output)


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> str:
    """The URL of a PostgreSQL server; empty for SQLite."""
    if request.param == "postgresql" and not asyncio.run(_reachable()):
        pytest.skip(f"no PostgreSQL answers at {POSTGRES}; name another one in BKGEN_TEST_POSTGRES")
    return POSTGRES if request.param == "postgresql" else ""


async def _reachable() -> bool:
    try:
        connection = await asyncpg.connect(POSTGRES, timeout=3)
    except (OSError, asyncpg.PostgresError):
        return False
    await connection.close()
    return True


def test_suite(backend: Path, server: str) -> None:
    suite = ["tests/test_keys.py", "tests/products", "tests/orders", "tests/handlers", "tests/test_idempotency_keys.py"]
    more = [] if server else ["tests/test_every_endpoint.py", "tests/test_handlers.py"]
    code, output = run(backend, "pytest", "-q", "-p", "no:cacheprovider", "-n", "2", *suite, *more, database=server)
    assert code == 0, output[-8000:]


def test_the_suite_asks_for_a_test_of_each_status(backend: Path, tmp_path: Path) -> None:
    other = tmp_path / "backend"
    shutil.copytree(backend, other)
    file = other / "tests" / "handlers" / "test_checkout.py"
    file.write_text(file.read_text().replace("def test_place_order_402(", "def test_too_dear("))
    code, output = run(other, "pytest", "-q", "-p", "no:cacheprovider", "-n", "0", "tests/test_handlers.py")
    assert code == 1
    assert "no test shows that POST /checkout answers with 402." in output
    assert "def test_place_order_402(curl: Curl, rows: Rows) -> None:" in output


def test_missing_and_mistyped_handlers(tmp_path: Path, update: bool) -> None:
    folder = tmp_path / "backend" / "app" / "handlers"
    folder.mkdir(parents=True)
    (folder / "reports.py").write_text((HERE / "mistyped.py.txt").read_text())
    before = sorted(path for path in (tmp_path / "backend").rglob("*"))
    code, output = bkgen("generate", str(HERE / "service.json"), "-o", str(tmp_path / "backend"))
    assert code == 1
    assert sorted((tmp_path / "backend").rglob("*")) == before
    if update:
        (HERE / "diagnostics.txt").write_text(output)
    assert output == (HERE / "diagnostics.txt").read_text()
    (folder / "reports.py").write_text("def sales(:\n")
    code, output = bkgen("generate", str(HERE / "service.json"), "-o", str(tmp_path / "backend"))
    assert code == 1
    assert "`app/handlers/reports.py` cannot be read as Python: line 1: " in output


def test_a_handler_that_changes_is_checked_again(backend: Path, tmp_path: Path) -> None:
    other = tmp_path / "backend"
    shutil.copytree(backend, other)
    arguments = (str(HERE / "service.json"), "-o", str(other))
    assert bkgen("generate", *arguments)[0] == 0
    file = other / "app" / "handlers" / "checkout.py"
    text = file.read_text()
    file.write_text(text.replace("def place_order(", "async def place_order("))
    for command in ("generate", "check"):
        code, output = bkgen(command, *arguments)
        assert code == 1
        assert "it is `async`, and a handler is a plain function" in output
    assert "async def place_order(" in file.read_text()
    file.unlink()
    assert "BK710" in bkgen("generate", *arguments)[1]
    assert not file.exists()
