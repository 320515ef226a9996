"""One hash over everything that decides what is generated."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from bkgen import __version__
from bkgen.assets import folder

_PACKAGE = Path(__file__).parents[1]
# The libraries whose version decides the generated text.
_PINNED = ("datamodel-code-generator", "jinja2", "rstr", "ruff")


def fingerprint(documents: Iterable[tuple[str, bytes]]) -> str:
    """A hash of the documents' names and bytes, and of bkgen as it is: its version, code, templates and libraries."""
    sha = hashlib.sha256()
    for name, content in (*sorted(documents), *_tools()):
        for part in (name.encode(), content):
            sha.update(len(part).to_bytes(8) + part)
    return sha.hexdigest()


def _tools() -> Iterable[tuple[str, bytes]]:
    yield "bkgen", __version__.encode()
    for library in _PINNED:
        yield library, version(library).encode()
    # Its own code, too: in a checkout the version does not tell what it does.
    for path in sorted(_PACKAGE.rglob("*.py")):
        # An installed package has templates and examples inside, some of which are Python.
        if path.relative_to(_PACKAGE).parts[0] not in ("templates", "specs", "examples"):
            yield path.relative_to(_PACKAGE).as_posix(), path.read_bytes()
    for name in ("templates", "specs"):
        root = folder(name)
        for path in sorted(root.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield f"{name}/{path.relative_to(root).as_posix()}", path.read_bytes()
