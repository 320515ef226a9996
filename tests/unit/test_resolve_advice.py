"""What is advised for an endpoint whose behaviour cannot be told makes it one whose behaviour can."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bkgen.diagnostics import Diagnostic, Diagnostics
from bkgen.load import load
from bkgen.resolve import resolve

ID = {"name": "id", "type": "uuid", "primary": True}
TABLES = [
    {"name": "users", "columns": [ID, {"name": "name", "type": "string"}]},
    {"name": "posts", "columns": [ID, {"name": "user_id", "type": "uuid", "references": "users"}]},
    {"name": "tags", "columns": [ID, {"name": "name", "type": "string"}]},
]
UNTOLD = {"BK403", "BK405", "BK406", "BK407", "BK408"}


def found(folder: Path, endpoint: dict[str, Any]) -> list[Diagnostic]:
    (folder / "api.json").write_text(json.dumps({"tables": TABLES, "endpoints": [endpoint]}), encoding="utf-8")
    diagnostics = Diagnostics()
    resolve(load([folder], diagnostics), diagnostics)
    return [finding for finding in diagnostics if finding.code in UNTOLD]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/{id}",
        "/things",
        "/things/{id}",
        "/api/things/{id}",
        "/posts/latest",
        "/posts",
        "/posts/{id}",
        "/posts/{id}/publish",
        "/users/{id}/articles",
        "/users/{user_id}/articles/{id}",
        "/tags/{id}/uses",
        "/authors/{id}/posts",
        "/authors/{author_id}/posts/{id}",
        "/authors/{id}/tags",
    ],
)
def test_advice_can_be_followed(tmp_path: Path, method: str, path: str) -> None:
    endpoint = {"method": method, "path": path, "response": {"500": {}}}
    for finding in found(tmp_path, endpoint):
        fix = finding.fix or ""
        if said := dict(re.findall(r'"(operation|table)": "(\w+)"', fix)):
            assert found(tmp_path, endpoint | said) == []
        elif better := re.search(r"`((?:PATCH )?/\S+)`", fix):
            said_method = {"method": "PATCH"} if better[1].startswith("PATCH") else {}
            assert found(tmp_path, endpoint | said_method | {"path": better[1].removeprefix("PATCH ")}) == []
        else:
            assert re.search("this path takes|declare a table `(uses|publish)` that refers to", fix)


def test_advice_names_the_table_of_the_path(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, {"method": "POST", "path": "/posts/{id}/publish", "response": {"200": "object"}})
    assert finding.fix == (
        'list what it does, step by step: "do": [{"update": "posts", "where": "row.id == path.id", "set": {...}}]; '
        "or write `PATCH /posts/{id}`, which changes any column"
    )
