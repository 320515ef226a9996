"""Spectral's default rules find nothing in the OpenAPI documents of the examples.

Spectral is installed from npm once, into the user's cache; without Node.js or the registry the test is skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bkgen.pipeline import generate

EXAMPLES = sorted(path for path in (Path(__file__).parents[2] / "examples").iterdir() if path.is_dir())
VERSION = "6.16.3"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bkgen-tests" / f"spectral-{VERSION}"


@pytest.fixture(scope="module")
def spectral() -> Path:
    """The program."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("Node.js with npm is not installed: Spectral runs on it")
    program = CACHE / "node_modules" / ".bin" / "spectral"
    CACHE.mkdir(parents=True, exist_ok=True)
    if not (CACHE / "installed").exists():  # an installation that was cut off has no such file
        package = f"@stoplight/spectral-cli@{VERSION}"
        command = [npm, "install", "--prefix", str(CACHE), "--no-audit", "--no-fund", package]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        if done.returncode:
            pytest.skip(f"npm cannot install Spectral: {done.stderr.strip()[-300:]}")
        (CACHE / "installed").touch()
    return program


def findings(spectral: Path, folder: Path, *documents: object) -> list[tuple[str, str, str]]:
    """What Spectral says of OpenAPI documents: (document, code, message)."""
    folder.mkdir(exist_ok=True)
    (folder / "rules.json").write_text('{"extends": ["spectral:oas"]}')
    names = [f"{number}.json" for number, _ in enumerate(documents)]
    for name, document in zip(names, documents, strict=True):
        (folder / name).write_text(json.dumps(document))
    output = folder / "found"
    command = [spectral, "lint", "--ruleset", "rules.json", "--format", "json", "--output", output, *names]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return [(Path(one["source"]).name, one["code"], one["message"]) for one in json.loads(output.read_text())]


def test_openapi_documents_of_the_examples(spectral: Path, tmp_path: Path) -> None:
    described = []
    for example in EXAMPLES:
        assert generate([example], tmp_path / example.name).outcome is not None
        code = "import json; from app.main import app; print(json.dumps(app.openapi()))"
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, cwd=tmp_path / example.name, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        described.append(json.loads(done.stdout))
    spoilt = {**described[0], "paths": {"/x/": {"get": {"responses": {}}}}}
    found = findings(spectral, tmp_path / "spectral", *described, spoilt)
    assert {code for name, code, _ in found if name == f"{len(described)}.json"} >= {"path-keys-no-trailing-slash"}
    assert [one for one in found if one[0] != f"{len(described)}.json"] == []
