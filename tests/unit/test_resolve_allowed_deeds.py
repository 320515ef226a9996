"""Who may do what, told from policies alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bkgen.pipeline import compile_documents
from bkgen.resolve.allowed_deeds import allowed_deeds

USERS: dict[str, Any] = {
    "name": "users",
    "columns": [
        {"name": "id", "type": "uuid", "primary": True},
        {"name": "email", "type": "email", "unique": True},
        {"name": "role", "type": "customer | admin"},
    ],
}
LOGIN = {
    "method": "POST",
    "path": "/login",
    "requestBody": {"email": "string", "password": "string"},
    "response": {"200": {"token": "string"}},
}
OWN_OR_IF = "own rows, others if it holds"


@pytest.mark.parametrize(
    ("policy", "cells"),
    [  # nobody, signed in, customer, admin, owner
        ("true", ["always"] * 5),
        ("false", ["never"] * 5),
        ("actor != null", ["never", "always", "always", "always", "always"]),
        ("actor == null", ["always", "never", "never", "never", "never"]),
        ("row.open", ["if it holds"] * 5),
        ("row.owner_id == actor.id", ["never", "own rows", "own rows", "own rows", "always"]),
        ("actor.id == row.owner_id", ["never", "own rows", "own rows", "own rows", "always"]),
        ("row.owner_id != actor.id", ["always", *["rows of others"] * 3, "never"]),
        ("actor.role == 'admin'", ["never", "if it holds", "never", "always", "if it holds"]),
        ("actor.role in ['admin']", ["never", "if it holds", "never", "always", "if it holds"]),
        ("row.owner_id == actor.id || actor.role == 'admin'", ["never", OWN_OR_IF, "own rows", "always", "always"]),
        ("row.owner_id == actor.id && row.open", ["never"] + ["if it holds"] * 4),
        ("row.open || row.owner_id == actor.id", ["if it holds", OWN_OR_IF, OWN_OR_IF, OWN_OR_IF, "always"]),
        ("!(row.owner_id == actor.id)", ["always", *["rows of others"] * 3, "never"]),
        ("row.editor_id == actor.id", ["never"] + ["if it holds"] * 4),
    ],
)
def test_what_follows_from_a_policy(tmp_path: Path, policy: str, cells: list[str]) -> None:
    notes = {
        "name": "notes",
        "columns": [
            {"name": "id", "type": "uuid", "primary": True},
            {"name": "owner_id", "type": "uuid", "references": {"table": "users"}},
            {"name": "editor_id", "type": "uuid", "nullable": True},
            {"name": "open", "type": "boolean"},
        ],
        "policies": {"read": policy, "delete": "actor.role == 'admin'"},
    }
    listed = {"method": "GET", "path": "/notes", "response": {"200": ["object"]}}
    document = {"tables": [USERS, notes], "endpoints": [LOGIN, listed]}
    (tmp_path / "notes.json").write_text(json.dumps(document), encoding="utf-8")
    service, diagnostics = compile_documents([tmp_path])
    assert service is not None, list(diagnostics)
    (access,) = allowed_deeds(service)
    assert access.kinds == ("nobody", "signed in", "customer", "admin", "owner")
    assert list(dict(access.cells)["read"]) == cells
    assert set(dict(access.cells)["update"]) == {"never"}


def test_whose_a_row_is_the_key_of_an_account_tells_and_not_what_is_shared_with_it(tmp_path: Path) -> None:
    users = {
        **USERS,
        "columns": [*USERS["columns"], {"name": "tenant_id", "type": "uuid"}],
        "unique": [["tenant_id", "id"]],
    }
    notes = {
        "name": "notes",
        "columns": [
            {"name": "id", "type": "uuid", "primary": True},
            {"name": "tenant_id", "type": "uuid"},
            {"name": "owner_id", "type": "uuid"},
        ],
        "references": [{"columns": ["tenant_id", "owner_id"], "table": "users", "to": ["tenant_id", "id"]}],
        "policies": {"read": "row.tenant_id == actor.tenant_id", "delete": "row.owner_id == actor.id"},
    }
    listed = {"method": "GET", "path": "/notes", "response": {"200": ["object"]}}
    document = {"tables": [users, notes], "endpoints": [LOGIN, listed]}
    (tmp_path / "notes.json").write_text(json.dumps(document), encoding="utf-8")
    service, diagnostics = compile_documents([tmp_path])
    assert service is not None, list(diagnostics)
    (access,) = allowed_deeds(service)
    cells = dict(access.cells)
    assert list(cells["read"]) == ["never", "if it holds", "if it holds"]
    assert list(cells["delete"]) == ["never", "own rows", "always"]
