"""Runs sqlmap against the server of a backend's tests: `sqlmap.py` copies this there and calls it by pytest."""

import csv
import inspect
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping

from tests.curl import Curl
from tests.rows import Rows
from tests.server import Server

LAST = ("logout", "logout_everywhere", "delete_me", "change_password", "reset_password")
"""Operations that end the session: no request behind them would get far."""
SECONDS = 1800
SCHEME = os.environ.get("SQLMAP_SCHEME", "Bearer")
OPTIONS = ("--batch", "--flush-session", "--disable-coloring", "--skip-waf", "--ignore-code=*", "--level=1", "--risk=1")


def described(curl: Curl) -> dict[str, Any]:
    """The OpenAPI document, with the operations that end the session as the last ones."""
    document: dict[str, Any] = curl("GET /openapi.json").json
    paths = document["paths"].items()
    early = {path: operations(of, last=False) for path, of in paths}
    late = {f"{path}?": operations(of, last=True) for path, of in paths}
    found = {path: of for path, of in early.items() if of} | {path: of for path, of in late.items() if of}
    return {**document, "paths": found}


def operations(of: dict[str, Any], *, last: bool) -> dict[str, Any]:
    return {
        method: {**one, "parameters": [narrowed(parameter) for parameter in one.get("parameters", [])]}
        for method, one in of.items()
        if (one["operationId"] in LAST) == last
    }


def narrowed(parameter: dict[str, Any]) -> dict[str, Any]:
    """A parameter with a value that rows are found by: a list would be sent as JSON, and be refused."""
    schema = parameter["schema"]
    if schema.get("type") == "array":
        return {**parameter, "schema": schema["items"]}
    kinds = [schema, *schema.get("anyOf", [])]
    if parameter["in"] != "query" or "default" in schema or any("enum" in kind or "format" in kind for kind in kinds):
        return parameter
    values = {"string": "a", "number": 1000, "integer": 1000, "boolean": True}
    value = next(values[kind["type"]] for kind in kinds if kind.get("type") in values)
    pattern = next((kind["pattern"] for kind in kinds if "pattern" in kind), "")
    return {**parameter, "example": value if re.search(pattern, str(value)) else "1000"}


def fill(rows: Rows) -> None:
    """Two rows in every table: a condition that is always true shows itself where there are some."""
    for name, method in inspect.getmembers(Rows, inspect.isfunction):
        signature = inspect.signature(method)
        if signature.return_annotation is RowMapping and [*signature.parameters] == ["self", "values"]:
            for _ in range(2):
                getattr(rows, name)()


def header(rows: Rows) -> list[str]:
    """The options that let requests be those of somebody who is signed in, as an administrator where there are such."""
    if not hasattr(Rows, "sign_in"):
        return []
    caller = rows.sign_in()
    if "role" in caller.row:
        caller = rows.sign_in(rows.user(role="admin"))
    return ["--headers", f"Authorization: {SCHEME} {caller.token}"]


def test_sqlmap(server: Server, curl: Curl, rows: Rows, tmp_path: Path) -> None:
    fill(rows)
    (tmp_path / "openapi.json").write_text(json.dumps(described(curl)))
    command = ["sqlmap", "--openapi", str(tmp_path / "openapi.json"), "--openapi-base", server.url, *OPTIONS]
    command += ["--output-dir", str(tmp_path), "--results-file", str(tmp_path / "results.csv")]
    done = subprocess.run([*command, *header(rows)], capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    Path(os.environ["SQLMAP_REPORT"]).write_text(json.dumps(report(done.stdout, tmp_path / "results.csv")))


def report(log: str, results: Path) -> dict[str, Any]:
    """How many targets and parameters were tried, the statuses that were answered, and what was found."""
    targets, tried, current = set[str](), set[tuple[str, str]](), ""
    statuses: dict[str, int] = {}
    for line in log.splitlines():
        if target := re.fullmatch(r"(GET|POST|PUT|PATCH|DELETE) (http\S+)", line.strip()):
            current = target[0]
            targets.add(current)
        elif parameter := re.search(r"testing for SQL injection on (.+)", line):
            tried.add((current, parameter[1]))
        for status, count in re.findall(r"(\d{3}) \([^)]+\) - (\d+) times", line):
            statuses[status] = statuses.get(status, 0) + int(count)
    with results.open() as file:
        rows = [row for row in csv.DictReader(file) if "false positive" not in row["Note(s)"]]
    found = [f"{row['Target URL']} {row['Place']} {row['Parameter']} ({row['Technique(s)']})" for row in rows]
    return {"targets": len(targets), "parameters": len(tried), "statuses": statuses, "found": found}
