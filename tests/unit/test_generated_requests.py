"""What generated tests send, and of which situations they know that they cannot be."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from bkgen.model.endpoints import Cause
from bkgen.model.service import Service
from bkgen.model.types import Kind, Type
from bkgen.pipeline import compile_documents
from bkgen.render.nested_write_tests import nested_write_tests
from bkgen.render.rule_tests import rule_tests
from bkgen.render.test_values import unknown

KEY: dict[str, Any] = {"name": "id", "type": "uuid", "primary": True}


def compiled(folder: Path, tables: list[dict[str, Any]], *endpoints: dict[str, Any]) -> Service:
    (folder / "service.json").write_text(json.dumps({"tables": tables, "endpoints": endpoints}))
    service, _ = compile_documents([folder])
    assert service is not None
    return service


def test_unknown_values_are_allowed_by_their_type() -> None:
    assert re.fullmatch("[0-9]{13}", unknown(Type(Kind.STRING, pattern="^[0-9]{13}$")).strip('"'))
    assert unknown(Type(Kind.STRING, min_length=14)) == '"no-such-rowxxx"'
    assert unknown(Type(Kind.STRING, max_length=5)) == '"no-su"'
    assert len(unknown(Type(Kind.URL, max_length=25)).strip('"')) == 25


def test_items_differ_where_a_unique_rule_asks_for_it(tmp_path: Path) -> None:
    number = {"name": "number", "type": "integer"}
    owner = {"name": "book_id", "type": "uuid", "references": "books.id"}
    pages = {"name": "pages", "columns": [owner, number], "primaryKey": ["book_id", "number"]}
    notes = {"name": "notes", "columns": [KEY, owner, number]}
    body = {"pages": [{"number": "integer"}], "notes": [{"number": "integer"}]}
    books = {"name": "books", "columns": [KEY]}
    create = {"method": "POST", "path": "/books", "requestBody": body, "response": {"201": "object"}}
    service = compiled(tmp_path, [books, pages, notes], create)
    endpoint = next(one for one in service.endpoints if one.path == "/books")
    assert [(one.items, one.made) for one in nested_write_tests(endpoint, service, {})] == [
        ('[{"number": next(numbers)} for _ in range(2)]', 2),
        ("[item, item]", 2),
    ]


def test_a_half_of_a_policy_that_a_preset_keeps_is_never_broken(tmp_path: Path) -> None:
    email = {"name": "email", "type": "email", "unique": True}
    bookings = {
        "name": "bookings",
        "columns": [
            KEY,
            {"name": "user_id", "type": "uuid", "references": "users.id"},
            {"name": "hours", "type": "integer", "default": 1},
        ],
        "policies": {"read": "true", "create": "row.user_id == actor.id && row.hours < 12"},
        "set": {"user_id": "actor.id"},
    }
    login = {"method": "POST", "path": "/login", "response": {"200": {"token": "string"}}}
    create = {"method": "POST", "path": "/bookings", "auth": True, "response": {"201": "object"}}
    service = compiled(tmp_path, [{"name": "users", "columns": [KEY, email]}, bookings], login, create)
    endpoint = next(one for one in service.endpoints if one.path == "/bookings")
    found = [(one.status, one.body) for one in rule_tests(endpoint, service).situations]
    assert found == [(201, (('"hours"', "11"),)), (403, (('"hours"', "12"),))]


def test_rows_that_refer_to_each_other_are_cleared_together(tmp_path: Path) -> None:
    def causes(**more: Any) -> set[Cause]:
        reference = {"columns": ["room_id", "next_label"], "table": "seats", "as": "next", "inverse": "previous"}
        seats = {
            "name": "seats",
            "columns": [
                {"name": "room_id", "type": "uuid", "references": "rooms.id"},
                {"name": "label", "type": "VARCHAR(4)"},
                {"name": "next_label", "type": "VARCHAR(4)?"},
            ],
            "primaryKey": ["room_id", "label"],
            "references": [reference | more],
        }
        clear = {"method": "DELETE", "path": "/rooms/{id}/seats", "response": {"204": {}}}
        service = compiled(tmp_path, [{"name": "rooms", "columns": [KEY]}, seats], clear)
        endpoint = next(one for one in service.endpoints if one.path.endswith("/seats"))
        return {cause for response in endpoint.responses for cause in response.causes}

    assert Cause.REFERRED_TO not in causes()
    assert Cause.REFERRED_TO in causes(onDelete="restrict")
