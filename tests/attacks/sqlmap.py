"""Lets sqlmap loose on generated backends, on all that their OpenAPI documents let a client send.

    pip install sqlmap==1.10.10
    python tests/attacks/sqlmap.py examples/shop examples/blog [--database-url postgresql://... | mariadb://...]
    python tests/attacks/sqlmap.py --broken examples/shop

The first finds nothing, or exits with 1; the second makes a hole into the search of the shop, and exits with 1 unless
sqlmap finds it. Rate limits are left out of the documents: sqlmap would meet nothing but 429.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

_ROOT = Path(__file__).parents[2]
_SCHEMES = {"conduit": "Token"}
_SEARCH = "conditions += containing_words(q, Product.name, Product.sku)"
_HOLE = """conditions.append(text(f"products.name >= '{q}'"))"""


def main() -> int:
    """Print a line for each example; 1 where something is found, or a hole is not."""
    parser = argparse.ArgumentParser()
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--database-url", default="", help="of PostgreSQL or MariaDB: the tests make a database beside it")
    parser.add_argument("--broken", action="store_true", help="with a hole in the search of the shop")
    options = parser.parse_args()
    print("| backend | targets | parameters | requests refused | found |\n| --- | ---: | ---: | --- | --- |")
    failed = False
    for path in options.paths:
        with tempfile.TemporaryDirectory(prefix="bkgen-sqlmap-") as folder:
            found = _attacked(path, Path(folder), options.database_url, broken=options.broken)
        failed = failed or bool(found["found"]) != options.broken
    return int(failed)


def _attacked(path: Path, folder: Path, url: str, *, broken: bool) -> dict[str, Any]:
    """What sqlmap says of the backend of an example."""
    backend = _generated(path, folder)
    if broken:
        _make_a_hole(backend / "app" / "products" / "queries.py")
    shutil.copy(Path(__file__).with_name("in_backend.py"), backend / "tests" / "test_sqlmap.py")
    report = folder / "report.json"
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "tests/test_sqlmap.py"]
    scheme = _SCHEMES.get(path.name, "Bearer")
    environment = {**os.environ, "SQLMAP_REPORT": str(report), "SQLMAP_SCHEME": scheme, "TEST_DATABASE_URL": url}
    done = subprocess.run(command, cwd=backend, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    found: dict[str, Any] = json.loads(report.read_text())
    refused = ", ".join(f"{status}: {count}" for status, count in sorted(found["statuses"].items()))
    print(
        f"| {path.name} | {found['targets']} | {found['parameters']} | {refused} |"
        f" {'; '.join(found['found']) or 'nothing'} |",
        flush=True,
    )
    return found


def _generated(path: Path, folder: Path) -> Path:
    """The backend of documents without their rate limits."""
    documents = folder / "documents"
    for source in sorted(path.rglob("*")):
        if source.suffix in (".json", ".yaml", ".yml"):
            target = (documents / source.relative_to(path)).with_suffix(".json")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(json.dumps(_unlimited(yaml.safe_load(source.read_text()))))
    backend = folder / "backend"
    command = [sys.executable, "-m", "bkgen", "generate", str(documents), "-o", str(backend)]
    subprocess.run(command, cwd=_ROOT, check=True, capture_output=True)
    return backend


def _unlimited(node: Any) -> Any:
    if isinstance(node, dict):
        return {str(key): _unlimited(value) for key, value in node.items() if key != "rateLimit"}
    return [_unlimited(item) for item in node] if isinstance(node, list) else node


def _make_a_hole(module: Path) -> None:
    """Let what a client searches for into the text of a statement."""
    text = module.read_text()
    if _SEARCH not in text:
        sys.exit(f"{module.name} does not search as this script expects: only examples/shop can be broken")
    text = text.replace(_SEARCH, _HOLE).replace("    select,\n", "    select,\n    text,\n", 1)
    module.write_text(text)


if __name__ == "__main__":
    sys.exit(main())
