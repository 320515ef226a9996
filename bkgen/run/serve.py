"""`bkgen run`: the backend of the documents as they are, also while they change."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from bkgen import console
from bkgen.diagnostics import Diagnostics
from bkgen.load.files import read_files
from bkgen.pipeline import Evolution, Generation, generate
from bkgen.run.backend import Backend
from bkgen.write.handlers import FOLDER, copy_handlers

_SECONDS_BETWEEN_LOOKS = 0.4


def serve(paths: Sequence[Path], port: int, handlers: Path | None = None) -> None:
    """Serve the documents, with the handlers in a folder, until interrupted.

    Comes back only where they, or the backend, could not even be started.

    Raises:
        KeyboardInterrupt: somebody asked for the end, and the backend has ended.
    """
    with TemporaryDirectory(prefix="bkgen-run-") as temporary:
        folder = Path(temporary)
        backend = Backend(folder, port)
        seen = _snapshot(paths, handlers)
        generation = _generate(paths, folder, handlers)
        console.show_findings(generation.diagnostics)
        if generation.outcome is None:
            return
        try:
            if not (backend.migrate() and backend.start()):
                _say("The backend did not start.")
                return
            _say(f"Serving {backend.url}, documentation at {backend.url}/docs. Ctrl-C ends it.")
            if backend.new_account:
                _say(f"To add an account: ({backend.new_account})")
            while True:
                time.sleep(_SECONDS_BETWEEN_LOOKS)
                if (now := _snapshot(paths, handlers)) != seen:
                    seen = now
                    _renew(backend, paths, folder, handlers)
        finally:
            backend.stop()


def _generate(paths: Sequence[Path], folder: Path, handlers: Path | None) -> Generation:
    if handlers is not None:
        copy_handlers(handlers, folder)
    return generate(paths, folder, evolution=Evolution(anew=True))


def _renew(backend: Backend, paths: Sequence[Path], folder: Path, handlers: Path | None) -> None:
    """Have the backend follow the documents and handlers."""
    migrations = _digest(folder / "migrations")
    code = _digest(folder / FOLDER)
    generation = _generate(paths, folder, handlers)
    console.show_findings(generation.diagnostics)
    if generation.outcome is None:
        _say("The backend of the last good documents is still running.")
    elif generation.outcome.changed or _digest(folder / FOLDER) != code:
        backend.stop()
        if _digest(folder / "migrations") != migrations:
            backend.drop_database()
            _say("The tables changed: the database begins anew, empty.")
        started = backend.migrate() and backend.start()
        _say(f"Serving {backend.url} again." if started else "The backend did not start.")


def _snapshot(paths: Sequence[Path], handlers: Path | None) -> tuple[list[tuple[str, str]], bytes]:
    documents = [(file.name, file.text) for file in read_files(paths, Diagnostics())]
    return documents, _digest(handlers) if handlers is not None else b""


def _digest(folder: Path) -> bytes:
    """Of the Python files in `folder`."""
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in sorted(folder.rglob("*.py")))).digest()


def _say(line: str) -> None:
    click.echo(click.style(line, bold=True), err=True)
