"""What an answer that is kept depends on: tables, and columns of the account that asks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bkgen.diagnostics import Diagnostics
from bkgen.load import load
from bkgen.model.service import Service
from bkgen.resolve import resolve
from bkgen.resolve.caches import asked_columns, asked_scopes, tables_read, written_with

DOCUMENTS = Path(__file__).parents[1] / "behaviour" / "documents"


def resolved(*paths: Path) -> Service:
    service = resolve(load(list(paths), Diagnostics()), Diagnostics())
    assert service is not None
    return service


@pytest.fixture(scope="module")
def caches() -> Service:
    return resolved(DOCUMENTS / "caches.json")


@pytest.mark.parametrize(
    ("path", "tables", "columns"),
    [
        ("/labels", ("shelves",), ()),
        ("/shelves", ("books", "shelves"), ("id", "role")),
        ("/books", ("books", "loans", "members"), ("id", "role")),
        ("/notices", ("notices",), ("role",)),
    ],
)
def test_what_answers_depend_on(path: str, tables: tuple[str, ...], columns: tuple[str, ...], caches: Service) -> None:
    endpoint = next(one for one in caches.endpoints if one.path == path and one.method == "GET")
    assert tables_read(endpoint, caches) == tables
    assert asked_columns(endpoint, caches) == columns


@pytest.mark.parametrize(
    ("table", "changed"),
    [
        ("shelves", {"shelves", "books", "loans"}),
        ("members", {"members", "books", "loans"}),
        ("loans", {"loans"}),
    ],
)
def test_what_changes_with_rows_that_are_deleted(table: str, changed: set[str], caches: Service) -> None:
    assert written_with(caches.tables, table) == changed


def _document(on_delete: str) -> dict[str, Any]:
    key = {"name": "id", "type": "uuid", "primary": True}
    reference = {"name": "a_id", "type": "uuid?", "references": {"table": "a"}, "onDelete": on_delete}
    further = {"name": "b_id", "type": "uuid", "references": {"table": "b"}, "onDelete": "CASCADE"}
    return {
        "tables": [
            {"name": "a", "columns": [key]},
            {"name": "b", "columns": [key, reference]},
            {"name": "c", "columns": [key, further]},
        ],
        "endpoints": [{"method": "GET", "path": "/a", "response": {"200": ["object"]}}],
    }


@pytest.mark.parametrize(
    ("on_delete", "changed"),
    [
        ("CASCADE", {"a", "b", "c"}),
        ("SET NULL", {"a", "b"}),
        ("RESTRICT", {"a"}),
        ("NO ACTION", {"a"}),
    ],
)
def test_how_far_a_deletion_reaches(on_delete: str, changed: set[str], tmp_path: Path) -> None:
    document = tmp_path / "document.json"
    document.write_text(json.dumps(_document(on_delete)), encoding="utf-8")
    assert written_with(resolved(document).tables, "a") == changed


def test_what_a_key_may_use_is_asked_for() -> None:
    service = resolved(DOCUMENTS / "permissions.json")
    endpoint = next(one for one in service.endpoints if (one.method, one.path) == ("GET", "/orders"))
    assert asked_scopes(endpoint) == ("orders:read",)
    assert asked_columns(endpoint, service) == ("id", "role")
