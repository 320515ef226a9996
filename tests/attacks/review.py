"""What others' tools say of generated backends: Bandit, pip-audit, and Spectral with the rules of OWASP for APIs.

    pip install bandit==1.9.4 pip-audit==2.10.1
    npm install --prefix /tmp/spectral @stoplight/spectral-cli@6.16.3 @stoplight/spectral-owasp-ruleset@2.0.1
    python tests/attacks/review.py --spectral /tmp/spectral examples/*

Prints what each tool finds in each backend. A tool that is not there, or reaches nothing, is told as such.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_SETTINGS = {
    "DATABASE_URL": "sqlite:///./review.db",
    "SECRET_KEY": "not a secret, for this review alone and long enough",
    "SECOND_FACTOR_KEYS": "no secret either and long enough for a review",
    "FRONTEND_URL": "https://front.example.com",
    "PUBLIC_URL": "https://api.example.com",
    "MAIL_LOG": "true",
    "OAUTH2_COMPANY_CLIENT_ID": "review",
    "OAUTH2_COMPANY_CLIENT_SECRET": "review",
}


def main() -> int:
    """Print what is found; 1 where Bandit or pip-audit finds anything."""
    parser = argparse.ArgumentParser()
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--spectral", type=Path, help="where npm has installed it and its ruleset")
    options = parser.parse_args()
    findings = 0
    with tempfile.TemporaryDirectory(prefix="bkgen-review-") as folder:
        for path in (path for path in options.paths if path.is_dir()):
            backend = Path(folder) / path.name
            command = [sys.executable, "-m", "bkgen", "generate", str(path), "-o", str(backend)]
            subprocess.run(command, cwd=_ROOT, check=True, capture_output=True)
            findings += _told(path.name, "bandit", lambda of=backend: _bandit(of))
            findings += _told(path.name, "pip-audit", lambda of=backend: _pip_audit(of))
            if options.spectral is not None:
                _told(path.name, "spectral", lambda of=backend: _spectral(of, options.spectral.resolve()))
    return int(findings > 0)


def _told(name: str, tool: str, find: Callable[[], Iterator[str]]) -> int:
    """Print what a tool finds, and how often; how much that was."""
    try:
        found = Counter(find())
    except OSError as error:
        print(f"{name}: {tool} was not run: {error}", flush=True)
        return 0
    for finding, count in sorted(found.items()):
        print(f"{name}: {tool}: {count} x {finding}", flush=True)
    if not found:
        print(f"{name}: {tool}: nothing", flush=True)
    return found.total()


def _bandit(backend: Path) -> Iterator[str]:
    """All but B105, which takes texts beside names like `password` for one; detect-secrets looks for these."""
    for one in json.loads(_run(["bandit", "-q", "-r", "app", "-s", "B105", "-f", "json"], backend))["results"]:
        yield f"{one['test_id']} {one['issue_text']} ({one['filename']}:{one['line_number']})"


def _pip_audit(backend: Path) -> Iterator[str]:
    """Known vulnerabilities of the libraries that the backend asks for."""
    output = _run(["pip-audit", "-f", "json", "--progress-spinner", "off", "."], backend)
    libraries = json.loads(output)["dependencies"]
    if skipped := [one["name"] for one in libraries if "skip_reason" in one]:
        raise OSError(f"{len(skipped)} of {len(libraries)} libraries are not known where it asks, such as {skipped[0]}")
    for library in libraries:
        yield from (f"{one['id']} of {library['name']} {library['version']}" for one in library["vulns"])


def _spectral(backend: Path, prefix: Path) -> Iterator[str]:
    """What breaks rules of OWASP in the OpenAPI document; those are opinions as well as mistakes."""
    code = "import json; from app.main import app; print(json.dumps(app.openapi()))"
    (backend / "openapi.json").write_text(_run([sys.executable, "-c", code], backend))
    rules = prefix / "rules.json"
    rules.write_text('{"extends": ["@stoplight/spectral-owasp-ruleset"]}')
    program = str(prefix / "node_modules" / ".bin" / "spectral")
    document = str(backend / "openapi.json")
    for one in json.loads(_run([program, "lint", "-q", "-r", str(rules), "-f", "json", document], prefix)):
        yield f"{one['code']}: {one['message']}"


def _run(command: list[str], folder: Path) -> str:
    """What a program prints; whoever finds something exits with 1.

    Raises:
        OSError: it is not there, or fails.
    """
    environment = {**os.environ, **_SETTINGS}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1) or not done.stdout.strip():
        said = done.stderr.strip().splitlines() or [f"it exits with {done.returncode}"]
        raise OSError(said[-1])
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
