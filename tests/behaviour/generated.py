"""Backends made from documents that a test holds in memory, and what their owner's tools say about them."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy.dialects import registry

from bkgen.diagnostics import Diagnostics
from bkgen.pipeline import compile_documents
from bkgen.render import render
from bkgen.symbols import symbols

# Mypy reads the libraries once for all backends of a run.
TYPES_OF_LIBRARIES = TemporaryDirectory(prefix="bkgen-mypy-")
WITHOUT_WHAT_IS_ALIKE = tuple(
    f"--ignore=tests/test_{name}.py"
    for name in ("access_tokens", "create_user", "database", "floods", "plans", "start")
)
"""Options of a suite: without tests that no such contract changes anything for, and that take long."""
_MIGRATE = """
from alembic import command
from alembic.config import Config
command.upgrade(Config("alembic.ini"), "head")
command.check(Config("alembic.ini"))
"""
_START = """
import asyncio
from app.main import app
async def start() -> None:
    async with app.router.lifespan_context(app):
        app.openapi()
asyncio.run(start())
"""


def documents(folder: Path, document: object, name: str = "service.json") -> list[Path]:
    """Write a document set into one file of a new folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return [folder]


SUITE = ("pytest", "-p", "xdist.plugin", "-n", "0")
"""How a backend's own tests are run, with ALONE in the environment.

In one process: what this run does side by side are different backends, of which each starts its servers once.
"""
ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
"""Leaves out the plugins that bkgen's tests need and a backend's do not: they take half a second."""
OF_EVERY_CONTRACT = ("floods", "start")
"""Tests that no contract changes anything for, and that take long: those of the examples are enough."""
OF_NO_DATABASE = (
    "access_tokens",
    "cookies",
    "cors",
    "create_user",
    "every_endpoint",
    "explained",
    "forms",
    "guesses",
    "headers",
    "links",
    "mail_settings",
    "rate_limits",
    "redis_down",
    "service_limit",
    "settings",
    "who_may_what",
)
"""Tests of what is done before or behind the database, or shown by the examples on both: one of two is enough."""


def generate(folder: Path, document: object) -> tuple[Backend | None, Diagnostics]:
    """The backend of a document set, or None with the errors that say why there is none."""
    service, diagnostics = compile_documents(documents(folder / "documents", document))
    if service is None:
        assert diagnostics.has_errors
        return None, diagnostics
    return Backend(folder / "backend", render(service)), diagnostics


def backend(folder: Path, document: object) -> Backend:
    """The backend of a document set that has no errors."""
    made, diagnostics = generate(folder, document)
    assert made is not None, codes(diagnostics)
    return made


def codes(diagnostics: Diagnostics) -> list[tuple[str, str]]:
    """Code and message of every error."""
    return [(found.code, found.message) for found in diagnostics if found.severity == "error"]


def untraced(folder: Path) -> list[str]:
    """The definitions that the record of origins speaks of, and that their files do not have.

    Of what is inside definitions a draft may name more than there is: parameters, and keys of dictionaries.
    """
    record = json.loads((folder / ".bkgen" / "provenance.json").read_text(encoding="utf-8"))
    lost = []
    for path, entries in record.items():
        parts = {entry["part"] for entry in entries if "." not in entry["part"]} - {""}
        lost += [f"{path}: {part}" for part in parts - set(symbols(path, (folder / path).read_text("utf-8"), parts))]
    return lost


_LEFT_BY_BLACK: set[bytes] = set()
"""Digests of the files that Black left as they are: half of a backend's are those of every other one."""


def check_black(folder: Path, run: Callable[..., str]) -> None:
    """Black, started by `run` in the folder, leaves every Python file as it is; it sees each text once in a process."""
    paths = {hashlib.sha256(path.read_bytes()).digest(): path for path in sorted(folder.rglob("*.py"))}
    unseen = {one: str(path.relative_to(folder)) for one, path in paths.items() if one not in _LEFT_BY_BLACK}
    if unseen:
        run("black", "--check", "--quiet", *unseen.values())
        _LEFT_BY_BLACK.update(unseen)


@contextmanager
def imported_app(folder: Path) -> Iterator[None]:
    """Has `app` be the package in `folder`, in this process; others are forgotten before, and it is afterwards."""
    _forget_app()
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    try:
        yield
    finally:
        sys.dont_write_bytecode = before
        while str(folder) in sys.path:
            sys.path.remove(str(folder))
        _forget_app()


def _forget_app() -> None:
    registry.impls.pop("mariadb.asyncmy", None)  # SQLAlchemy would import it from `app`
    for name in [name for name in sys.modules if name == "app" or name.startswith("app.")]:
        del sys.modules[name]


class Backend:
    """The files of a backend, written to `folder`.

    The checks raise AssertionError with all that the tool printed.
    """

    def __init__(self, folder: Path, files: dict[str, str]) -> None:
        self.folder = folder
        self.files = files
        for path, text in files.items():
            target = (folder / path).resolve()
            assert target.is_relative_to(folder.resolve())
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")

    def check_compiles(self) -> None:
        """Every Python file is Python, and every JSON file is JSON."""
        for path, text in self.files.items():
            if path.endswith(".py"):
                compile(text, path, "exec")
            elif path.endswith(".json"):
                json.loads(text)

    def check_style(self) -> None:
        """Black leaves every file as it is, and Ruff finds nothing."""
        self.check_ruff()
        check_black(self.folder, self._run)

    def check_ruff(self) -> None:
        """Ruff finds nothing by the rules of the backend's own settings."""
        self._run("ruff", "check", "--no-cache", "--quiet", ".")

    def check_types(self) -> None:
        """Mypy's strict mode finds nothing in the application and its tests."""
        self._run("mypy", "--cache-dir", TYPES_OF_LIBRARIES.name, "app", "tests")

    def check_migrates(self) -> None:
        """The initial migration runs on an empty database, and leaves nothing that the models would add."""
        self._run("-c", _MIGRATE)

    def check_starts(self) -> None:
        """The application starts on the migrated database and can describe itself."""
        self._run("-c", _START)

    def openapi(self) -> Any:
        """What the application says of itself."""
        return json.loads(self._run("-c", "import json; from app.main import app; print(json.dumps(app.openapi()))"))

    def check_suite(self, *options: str) -> None:
        """The backend's own tests pass."""
        self._run(*SUITE, "-p", "no:cacheprovider", *options)

    def _run(self, tool: str, *arguments: str) -> str:
        command: Sequence[str] = [sys.executable, *(("-c",) if tool == "-c" else ("-m", tool)), *arguments]
        environment: dict[str, Any] = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
            "DATABASE_URL": f"sqlite:///{self.folder.parent.resolve() / 'test.db'}",
            "SECRET_KEY": "not a secret, for this test alone and long enough",
            "SECOND_FACTOR_KEYS": "not a secret either, for this test alone",
            "FRONTEND_URL": "https://front.example.com",
            "MAIL_LOG": "true",
            **ALONE,
        }
        done = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=1800, check=False
        )
        assert done.returncode == 0, f"{tool} in {self.folder}:\n{done.stdout[-12000:]}\n{done.stderr[-4000:]}"
        return done.stdout
