"""What MongoDB cannot keep is known when a backend is generated, with the reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bkgen.pipeline import compile_documents
from bkgen.render.mongodb import keeps_in_mongodb, obstacle_in

PROPERTIES: dict[str, Any] = {
    "number": {"type": "string", "maxLength": 20},
    "owner_id": {"type": "string", "format": "uuid"},
    "shop_id": {"type": "string", "format": "uuid"},
    "total": {"type": "integer"},
    "paid": {"type": "integer"},
    "open": {"type": "boolean", "default": True},
    "at": {"type": "object", "required": ["city"], "properties": {"city": {"type": "string", "maxLength": 20}}},
}
MEMBERSHIPS = {
    "name": "memberships",
    "columns": [
        {"name": "user_id", "type": "uuid", "references": "users.id"},
        {"name": "shop_id", "type": "uuid"},
        {"name": "least", "type": "integer"},
    ],
    "primaryKey": ["user_id", "shop_id"],
}
USERS = {
    "name": "users",
    "columns": [{"name": "id", "type": "uuid", "primary": True}, {"name": "email", "type": "email", "unique": True}],
}
LOGIN = {"method": "POST", "path": "/auth/login", "response": {"200": {"token": "string"}}}
CREATE = {"method": "POST", "path": "/orders", "auth": True, "response": {"201": "object"}}
READ = {"method": "GET", "path": "/orders/{id}", "auth": True, "response": {"200": "object"}}
LIST = {"method": "GET", "path": "/orders", "auth": True, "response": {"200": ["object"]}}
NOTES = {
    "name": "notes",
    "columns": [{"name": "id", "type": "uuid", "primary": True}, {"name": "text", "type": "text"}],
}


def obstacle(
    folder: Path,
    *endpoints: dict[str, Any],
    read: str = "row.owner_id == actor.id",
    tables: list[dict[str, Any]] | None = None,
    **more: Any,
) -> str | None:
    """Why MongoDB cannot keep the orders."""
    orders = {
        "name": "orders",
        "schema": {"type": "object", "required": ["number", "owner_id", "shop_id"], "properties": PROPERTIES},
        "policies": {"read": read, "create": "true", "update": "true", "delete": "true", **more},
    }
    document = {
        "tables": [USERS, MEMBERSHIPS, *(tables or [])],
        "collections": [orders],
        "endpoints": [LOGIN, *(endpoints or (CREATE, READ, LIST))],
    }
    (folder / "api.json").write_text(json.dumps(document), encoding="utf-8")
    service, diagnostics = compile_documents([folder / "api.json"])
    assert service is not None, [(one.code, one.message) for one in diagnostics]
    found = obstacle_in(service)
    assert keeps_in_mongodb(service) == (found is None)
    return found


@pytest.mark.parametrize(
    "condition",
    [
        "true",
        "row.total > 5 && !(row.paid == null || row.number != 'x')",
        "row.total > row.paid || row.open",
        "row.at.city == 'Rome' || row.number.startsWith('A') || row.number.contains('%')",
        "row.number in ['a', 'b'] && has(row.total)",
        "actor.memberships.exists(m, m.shop_id == row.shop_id && m.least > 3)",
        "!actor.memberships.exists(m, row.shop_id == m.shop_id)",
        "size(actor.memberships) > 1 || actor.memberships.all(m, m.least > 3)",
        "row.shop_id in actor.memberships.filter(m, m.least > 3).map(m, m.shop_id)",
    ],
)
def test_conditions_that_filters_say(condition: str, tmp_path: Path) -> None:
    assert obstacle(tmp_path, read=condition) is None


@pytest.mark.parametrize(
    "condition",
    [
        "row.total * 2 > 5",
        "size(row.number) > 5",
        "row.number.endsWith('x')",
        "actor.memberships.exists(m, m.least < row.total)",
        "actor.memberships.all(m, m.shop_id == row.shop_id)",
        "(row.open ? row.total : row.paid) == 5",
    ],
)
def test_conditions_that_no_filter_says(condition: str, tmp_path: Path) -> None:
    assert obstacle(tmp_path, read=condition) == f"no filter of MongoDB says `{condition}`"


def test_rows_that_refer_to_documents(tmp_path: Path) -> None:
    comments = {
        "name": "comments",
        "columns": [
            {"name": "id", "type": "uuid", "primary": True},
            {"name": "order_id", "type": "uuid", "references": "orders.id"},
        ],
    }
    assert obstacle(tmp_path, tables=[comments]) == "rows of `comments` refer to documents of `orders`"


@pytest.mark.parametrize(
    ("endpoint", "reason"),
    [
        (CREATE | {"idempotent": True}, "`POST /orders` takes keys, which are kept in a table"),
        (LIST | {"cache": "1 minute"}, "answers of `GET /orders` are kept"),
        (
            READ | {"response": {"200": {"twice": "= row.total * 2"}}},
            "`GET /orders/{id}` answers with what is computed of documents",
        ),
        (
            LIST | {"query": {"least": {"type": "integer", "where": "row.total + row.paid > query.least"}}},
            "`GET /orders` asks for `row.total + row.paid > query.least`, which no filter of MongoDB says",
        ),
    ],
    ids=lambda one: one["method"] if isinstance(one, dict) else "",
)
def test_what_endpoints_do_that_it_cannot(endpoint: dict[str, Any], reason: str, tmp_path: Path) -> None:
    assert obstacle(tmp_path, endpoint) == reason


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ([{"delete": "orders", "where": "row.total > 5"}], None),
        ([{"delete": "orders", "where": "row.total + 1 > 5"}], "deletes by a condition that no filter of MongoDB says"),
        (
            [{"delete": "orders", "where": "row.total > 5"}, {"insert": "notes", "values": {"text": "'x'"}}],
            "changes documents and tables in one transaction",
        ),
        ([{"load": "orders", "where": "row.id == path.id", "as": "order"}], "loads a document"),
        ([{"delete": "orders", "where": "row.id == path.id"}], "deletes one document in a step"),
    ],
    ids=str,
)
def test_what_steps_do_that_it_cannot(steps: list[dict[str, Any]], reason: str | None, tmp_path: Path) -> None:
    path = "/orders/{id}/away" if "path.id" in str(steps) else "/away"
    action = {"method": "POST", "path": path, "auth": True, "do": steps, "response": {"204": {}}}
    found = obstacle(tmp_path, action, tables=[NOTES], read="true")
    assert found == (reason and f"`POST {path}` {reason}")
