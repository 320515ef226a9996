"""The tables of Conduit, a shop and a team, and conditions on their rows as documents have them."""

from __future__ import annotations

import json
import tempfile
from functools import cache
from pathlib import Path

from bkgen.diagnostics import Diagnostics
from bkgen.load import load
from bkgen.model.expressions import Expression, Gives, Record, Row
from bkgen.model.relations import Relation
from bkgen.model.service import Service
from bkgen.model.types import Kind
from bkgen.resolve import resolve
from bkgen.resolve.expressions import Scope, resolve_expression
from bkgen.resolve.lookup import Tables
from bkgen.resolve.relations import Relations
from tests.expressions import member, value, written

TABLES = {
    "users": {
        "id": "uuid primary",
        "email": "email unique",
        "username": "VARCHAR(40) unique",
        "name": "string",
        "bio": "text?",
        "role": "member|editor|admin",
        "active": "boolean",
        "age": "integer?",
        "level": "integer",
        "region": "string",
        "password_hash": "string",
    },
    "follows": {
        "follower_id": "uuid primary users.id inverse=following",
        "followed_id": "uuid primary users.id inverse=followers",
    },
    "articles": {
        "id": "uuid primary",
        "slug": "string unique",
        "title": "VARCHAR(80)",
        "summary": "string?",
        "author_id": "uuid users.id",
        "editor_id": "uuid? users.id inverse=edited",
        "status": "draft|published|archived",
        "published": "boolean",
        "flagged": "boolean?",
        "views": "integer",
        "rating": "number?",
        "region": "string",
        "owner": "uuid?",
        "day": "date?",
        "published_at": "datetime?",
        "local": "TIMESTAMP WITHOUT TIME ZONE?",
    },
    "favorites": {"article_id": "uuid primary articles.id", "user_id": "uuid primary users.id"},
    "tags": {"id": "SERIAL primary", "name": "string unique", "hidden": "boolean", "kind": "topic|place"},
    "article_tags": {"article_id": "uuid primary articles.id", "tag_id": "integer primary tags.id"},
    "comments": {
        "id": "SERIAL primary",
        "article_id": "uuid articles.id",
        "author_id": "uuid? users.id",
        "parent_id": "integer? comments.id inverse=replies",
        "text": "string",
        "score": "integer?",
    },
    "products": {
        "id": "uuid primary",
        "seller_id": "uuid users.id",
        "name": "string",
        "price": "decimal(10,2)",
        "stock": "integer",
        "reserved": "integer",
        "active": "boolean",
    },
    "orders": {
        "id": "uuid primary",
        "customer_id": "uuid users.id",
        "status": "cart|paid|shipped|cancelled",
        "note": "string?",
        "total": "decimal(10,2)",
        "expires_at": "datetime?",
        "created_at": "datetime",
    },
    "order_items": {
        "id": "uuid primary",
        "order_id": "uuid orders.id inverse=items",
        "product_id": "uuid products.id",
        "quantity": "integer",
        "price": "decimal(10,2)",
    },
    "payments": {
        "id": "uuid primary",
        "order_id": "uuid unique orders.id",
        "amount": "decimal(10,2)",
        "done": "boolean",
    },
    "orgs": {"id": "uuid primary", "name": "string", "plan": "free|team", "seats": "integer", "open": "boolean"},
    "memberships": {
        "id": "uuid primary",
        "org_id": "uuid orgs.id",
        "user_id": "uuid users.id",
        "role": "member|admin|owner",
    },
    "projects": {"id": "uuid primary", "org_id": "uuid orgs.id", "name": "string", "archived": "boolean"},
    "tasks": {
        "id": "uuid primary",
        "project_id": "uuid projects.id",
        "assignee_id": "uuid? users.id",
        "number": "integer",
        "title": "string",
        "due_on": "date?",
        "done": "boolean",
    },
}
UNIQUE = {"memberships": [["org_id", "user_id"]], "tasks": [["project_id", "number"]]}


def document() -> dict[str, object]:
    tables = [
        {"name": name, "columns": [_column(*column) for column in columns.items()], "unique": UNIQUE.get(name, [])}
        for name, columns in TABLES.items()
    ]
    login = {
        "method": "POST",
        "path": "/login",
        "requestBody": {"email": "email", "password": "string"},
        "response": {"200": {"token": "string"}},
    }
    me = {"method": "GET", "path": "/me", "auth": True, "response": {"200": "object"}}
    return {"tables": tables, "endpoints": [login, me]}


def _column(name: str, words: str) -> dict[str, object]:
    type_, *rest = words.split(" ") if "TIMESTAMP" not in words else [words]
    written: dict[str, object] = {"name": name, "type": type_.replace("|", " | ")}
    for word in rest:
        key, _, said = word.partition("=")
        if "." in word:
            table, column = word.split(".")
            written["references"] = {"table": table, "column": column}
        else:
            written[key] = said or True
    return written


@cache
def service() -> Service:
    diagnostics = Diagnostics()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "schema.json"
        path.write_text(json.dumps(document()), encoding="utf-8")
        found = resolve(load([path], diagnostics), diagnostics)
    assert found is not None, list(diagnostics)
    return found


@cache
def relations() -> dict[str, dict[str, Relation]]:
    found = Relations(Tables(service().tables)).by_table
    return {table: dict(known) for table, known in found.items()}


PATH = Record({"id": member("id", value(Kind.UUID)), "slug": member("slug", value(Kind.STRING))})
QUERY = Record(
    {
        "status": member("status", value(Kind.STRING), optional=True),
        "author": member("author", value(Kind.UUID), optional=True),
        "least": member("least", value(Kind.INTEGER), optional=True),
    }
)


def condition(text: str, table: str) -> Expression:
    """The condition `text` on rows of `table`."""
    names: dict[str, Gives] = {
        "row": Row(table),
        "actor": Row("users", nullable=True),
        "path": PATH,
        "query": QUERY,
        "now": value(Kind.DATETIME),
    }
    diagnostics = Diagnostics()
    scope = Scope(names, {known.name: known for known in service().tables}, relations())
    found = resolve_expression(text, written(text), scope, diagnostics)
    assert found is not None, list(diagnostics)
    return found
