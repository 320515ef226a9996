"""Conditions that hold by who asks alone, and those that do not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bkgen.model.actions import Insert, Update, every
from bkgen.model.endpoints import Cause
from bkgen.model.service import Service
from bkgen.pipeline import compile_documents

OWN = "row.user_id == actor.id"


def service_with(folder: Path, create: str, update: str, **endpoint: object) -> Service:
    """A service with one action that makes a note of who asks and changes it."""
    document = {
        "tables": [
            {
                "name": "users",
                "columns": [
                    {"name": "id", "type": "uuid", "primary": True},
                    {"name": "email", "type": "email", "unique": True},
                    {"name": "password_hash", "type": "string"},
                    {"name": "team", "type": "string?"},
                    {"name": "role", "type": "reader | writer | admin", "default": "reader", "readOnly": True},
                ],
            },
            {
                "name": "notes",
                "columns": [
                    {"name": "id", "type": "uuid", "primary": True},
                    {"name": "user_id", "type": "uuid", "references": "users.id"},
                    {"name": "team", "type": "string?"},
                    {"name": "size", "type": "integer", "default": 0},
                ],
                "policies": {"read": "true", "create": create, "update": update},
                "set": {"user_id": "actor.id", "team": "actor.team"},
            },
        ],
        "endpoints": [
            {"method": "POST", "path": "/login", "response": {"200": {"token": "string"}}},
            {
                "method": "POST",
                "path": "/jot",
                "auth": True,
                "do": [
                    {"insert": "notes", "values": {}, "as": "note"},
                    {"update": "notes", "where": "row.id == note.id", "set": {"size": "row.size + 1"}},
                ],
                "response": {"204": {}},
            }
            | endpoint,
        ],
    }
    (folder / "notes.json").write_text(json.dumps(document))
    service, diagnostics = compile_documents([folder])
    assert service is not None, list(diagnostics)
    return service


def asked(service: Service) -> tuple[bool, bool]:
    """Whether the policies are asked: of the new row, and of the changed one."""
    (endpoint,) = (one for one in service.endpoints if one.path == "/jot")
    steps = list(every(endpoint.steps))
    insert = next(step for step in steps if isinstance(step, Insert))
    update = next(step for step in steps if isinstance(step, Update))
    found = insert.terms.allowed is not None, update.terms.allowed is not None
    assert any(Cause.REFUSED in one.causes and one.status == 403 for one in endpoint.responses) == any(found)
    return found


@pytest.mark.parametrize(
    ("condition", "is_asked"),
    [
        (OWN, False),
        ("actor.id == row.user_id", False),
        (f"row.size > 5 || {OWN}", False),
        (f"row.size > 5 && {OWN}", True),
        ("actor != null", False),
        ("row.team == actor.team", True),  # null equals nothing in SQL
        ("row.user_id == row.id", True),
        ("row.user_id != actor.id", True),
        ("actor.role == 'writer'", True),
    ],
)
def test_a_policy_that_follows_from_what_is_written_is_not_asked(
    tmp_path: Path, condition: str, is_asked: bool
) -> None:
    assert asked(service_with(tmp_path, condition, condition)) == (is_asked, is_asked)


@pytest.mark.parametrize(
    ("condition", "auth", "is_asked"),
    [
        ("actor.role == 'admin'", "admin", False),
        ("actor.role in ['writer', 'admin']", "admin", False),
        ("actor.role in ['writer', 'admin']", ["writer", "admin"], False),
        ("actor.role == 'writer'", ["writer", "admin"], True),
        ("actor.role == 'writer'", "admin", True),
    ],
)
def test_a_policy_that_follows_from_the_role_is_not_asked(
    tmp_path: Path, condition: str, auth: object, is_asked: bool
) -> None:
    assert asked(service_with(tmp_path, condition, condition, auth=auth)) == (is_asked, is_asked)


@pytest.mark.parametrize(
    "between",
    [
        {"update": "notes", "where": "row.id == note.id", "set": {"user_id": "note.id"}, "policies": False},
        {"update": "notes", "where": "row.size == 0", "set": {"user_id": "note.id"}, "policies": False},
        {"load": "users", "where": "row.id == actor.id", "as": "me"},
    ],
)
def test_what_was_written_since_counts(tmp_path: Path, between: dict[str, object]) -> None:
    insert = {"insert": "notes", "values": {}, "as": "note"}
    update = {"update": "notes", "where": "row.id == note.id", "set": {"size": 3}}
    service = service_with(tmp_path, OWN, OWN, do=[insert, between, update])
    (endpoint,) = (one for one in service.endpoints if one.path == "/jot")
    last = endpoint.steps[-1]
    assert isinstance(last, Update)
    assert (last.terms.allowed is not None) == ("update" in between)
