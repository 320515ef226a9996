"""The examples, whole: what is generated from them is clean code, and passes its own tests on both databases."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate
from vulture import Vulture

from bkgen.diagnostics import Diagnostics
from bkgen.load import load
from bkgen.render import render
from bkgen.resolve import resolve
from bkgen.run.calls import read_calls
from bkgen.run.outcomes import untried
from tests.behaviour.generated import (
    ALONE,
    OF_EVERY_CONTRACT,
    OF_NO_DATABASE,
    SUITE,
    TYPES_OF_LIBRARIES,
    check_black,
    untraced,
)
from tests.golden import check_golden_tree

ROOT = Path(__file__).parents[2]
LONG = {"accounts", "blog", "conduit", "minimal", "team", "todo"}
"""Whose suites run on SQLite: login, shop and the documents show the same on PostgreSQL. BKGEN_EXAMPLES=1 runs all."""
EXAMPLES = ["login", "minimal", "blog", "todo", "conduit", "shop", "team", "accounts"]
FACTS = Path(__file__).parent / "examples"
"""What clients of an example rely on: tests that its backend gets besides its own."""
# Of the two JSON blocks that bkgen was first asked to accept, as they stand.
SEED = {
    "contract.json": "ad3139f478a4a3ef6d75881e31a46781f539859db46083508393bd5d838792a1",
    "database.json": "22a6d10ff900f8ba7b2fe0a3125560faa6d31c93f3b51312eaaf87d6df764511",
}
_LIMIT = """
import asyncio, sys
from limits import RateLimitItemPerSecond
from redis.asyncio import Redis
from app.rate_limits import open_limiter
async def connected(redis):
    return sum(client["name"] == "limiter-of-a-test" for client in await redis.client_list())
async def main(url):
    async with Redis.from_url(url) as redis:
        async with open_limiter("test", f"{url}?client_name=limiter-of-a-test", 5) as limiter:
            await limiter.hit(RateLimitItemPerSecond(1), "test")
            assert await connected(redis) == 1
        assert await connected(redis) == 0
asyncio.run(main(sys.argv[1]))
"""


def generated(example: str) -> dict[str, str]:
    """The files of the backend of an example."""
    diagnostics = Diagnostics()
    documents = load([ROOT / "examples" / example], diagnostics)
    service = resolve(documents, diagnostics)
    assert service is not None, list(diagnostics)
    return dict(render(service))


@pytest.fixture(scope="module", params=EXAMPLES)
def backend(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the backend of an example."""
    return written(request.param, tmp_path_factory.mktemp("examples") / request.param)


def written(example: str, folder: Path) -> Path:
    """Write the backend of an example into `folder`, and give that back."""
    for name, text in generated(example).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if (facts := FACTS / f"{example}.test").exists():
        (folder / "tests" / "test_facts.py").write_text(facts.read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def read_statuses(backend: Path) -> dict[str, set[int]]:
    """Every endpoint of the OpenAPI document of a backend, with the statuses that it documents."""
    return {
        f"{method.upper()} {path}": {int(status) for status in operation["responses"] if status != "default"}
        for path, operations in openapi(backend)["paths"].items()
        for method, operation in operations.items()
    }


def openapi(backend: Path) -> Any:
    code = "import json; from app.main import app; print(json.dumps(app.openapi()))"
    done = subprocess.run([sys.executable, "-c", code], cwd=backend, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def run(folder: Path, *command: str, **environment: str) -> str:
    """Run a Python module in a backend's folder; fail with what it printed unless it succeeds."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={**os.environ, **ALONE, **environment},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("example", ["login", "minimal"])
def test_generated_tree_is_as_expected(example: str, update: bool) -> None:
    check_golden_tree(generated(example), ROOT / "tests" / "cases" / "trees" / example, update)


def test_generated_code_is_formatted_linted_and_typed(backend: Path) -> None:
    check_black(backend, partial(run, backend))
    run(backend, "ruff", "check", ".")
    run(backend, "mypy", "--cache-dir", TYPES_OF_LIBRARIES.name, "app", "tests")


def test_generated_code_has_nothing_that_it_does_not_use(backend: Path) -> None:
    # Of variables only constants: columns and fields are named by SQLAlchemy and Pydantic.
    finder = Vulture(ignore_decorators=["@router.*", "@callbacks.*", "@pytest.*", "@field_validator", "@compiles"])
    finder.scavenge([backend / "app", backend / "tests"])
    unused = {
        (Path(one.filename).relative_to(backend).as_posix(), one.name)
        for one in finder.get_unused_code(min_confidence=60)
        if one.typ in ("function", "class", "import") or (one.typ == "variable" and one.name.isupper())
    }
    assert unused == set()


def test_what_is_traced_to_the_documents_is_there(backend: Path) -> None:
    assert untraced(backend) == []


def test_generated_code_does_not_import_bkgen(backend: Path) -> None:
    for path in backend.rglob("*.py"):
        code = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#")]
        assert "bkgen" not in "\n".join(code), path


def test_openapi_document_is_valid(backend: Path) -> None:
    validate(openapi(backend))


def test_generated_tests_pass_on_sqlite_and_show_every_documented_status(backend: Path) -> None:
    log = backend / "curl.jsonl"
    log.touch()
    output = run(backend, *SUITE, "-v", "--no-header", TEST_DATABASE_URL="", CURL_LOG=str(log))
    assert " passed" in output
    answered = {(call.endpoint, call.status) for call in read_calls(log)}
    assert list(untried(read_statuses(backend), answered)) == []


def test_generated_tests_pass_on_postgresql(backend: Path, postgresql: str) -> None:
    if backend.name in LONG and not os.environ.get("BKGEN_EXAMPLES"):
        pytest.skip("takes a minute more: BKGEN_EXAMPLES=1 runs it")
    assert " passed" in run(backend, *SUITE, "-v", "--no-header", TEST_DATABASE_URL=postgresql)


@pytest.mark.parametrize("example", ["shop", "login"])
def test_generated_tests_pass_on_mariadb(example: str, tmp_path: Path, mariadb: str) -> None:
    left_out = (f"--ignore=tests/test_{name}.py" for name in (*OF_EVERY_CONTRACT, *OF_NO_DATABASE))
    tests = (*SUITE, "-v", "--no-header", *left_out)
    assert " passed" in run(written(example, tmp_path), *tests, TEST_DATABASE_URL=mariadb)


@pytest.mark.parametrize("example", ["blog", "conduit"])
def test_requests_find_their_rows_by_indexes(example: str, tmp_path: Path, postgresql: str) -> None:
    tests = (*SUITE, "-v", "--no-header", "tests/test_plans.py")
    assert " passed" in run(written(example, tmp_path), *tests, TEST_DATABASE_URL=postgresql)


def test_rate_limits_are_counted_in_redis(tmp_path: Path, redis_server: str) -> None:
    folder = written("login", tmp_path)
    assert " passed" in run(
        folder, *SUITE, "-v", "--no-header", "tests/test_rate_limits.py", TEST_REDIS_URL=redis_server
    )
    (folder / "limit.py").write_text(_LIMIT, encoding="utf-8")
    run(folder, "limit", redis_server)


def test_login_example_is_the_seed_to_the_byte() -> None:
    digests = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (ROOT / "examples" / "login").glob("*.json")
    }
    assert digests == SEED


def test_wheel_holds_all_that_it_needs(tmp_path: Path) -> None:
    run(ROOT, "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT))
    installed = tmp_path / "installed"
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(installed)
    output = tmp_path / "backend"
    examples = ROOT / "examples" / "minimal"
    run(tmp_path, "bkgen", "generate", str(examples), "-o", str(output), PYTHONPATH=str(installed))
    assert (output / "app" / "main.py").is_file()
