"""Migrations of collections with documents whose schema changes: on SQLite, and PostgreSQL where there is one."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, inspect, text

from tests.behaviour.migrated import Migrated, databases, drop_databases

CASE = Path(__file__).parents[1] / "cases" / "migrations" / "fields_of_documents"
ALLOWED = {"articles.teaser", "articles.author.born"}
KEYS = [UUID(int=number + 1) for number in range(2)]
BEFORE: list[dict[str, Any]] = [
    {
        "title": "It's one",
        "teaser": "x",
        "author": {"name": "Ann", "born": 1950, "site": "a.example"},
        "status": "draft",
    },
    {"title": "Two", "author": {"name": "Bo"}, "tags": [{"word": "ü", "weight": 1.5}], "status": "published"},
]


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated(request: pytest.FixtureRequest, tmp_path: Path, maybe_postgresql: str | None) -> Iterator[Migrated]:
    if request.param == "sqlite":
        yield Migrated(tmp_path, f"sqlite+aiosqlite:///{tmp_path}/a.db")
        return
    if maybe_postgresql is None:
        pytest.skip("there is no PostgreSQL")
    name = f"bkgen_documents_{os.getpid()}"
    url, _ = databases(maybe_postgresql, name)
    yield Migrated(tmp_path, url)
    drop_databases(maybe_postgresql, name)


def document(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CASE / name).read_text(encoding="utf-8"))
    return found


def fill(connection: Connection) -> None:
    for key, one in zip(KEYS, BEFORE, strict=True):
        named = str(key) if connection.dialect.name == "postgresql" else key.hex
        values = {"id": named, "document": json.dumps(one)}
        cast = "CAST(:document AS JSONB)" if connection.dialect.name == "postgresql" else ":document"
        key_cast = "CAST(:id AS UUID)" if connection.dialect.name == "postgresql" else ":id"
        connection.execute(text(f"INSERT INTO articles (id, document) VALUES ({key_cast}, {cast})"), values)


def documents(connection: Connection) -> list[dict[str, Any]]:
    rows = connection.execute(text("SELECT document FROM articles ORDER BY id")).scalars()
    return [json.loads(row) if isinstance(row, str) else row for row in rows]


def index_names(connection: Connection) -> set[str]:
    if connection.dialect.name == "postgresql":
        return {str(one["name"]) for one in inspect(connection).get_indexes("articles")}
    listed = text("SELECT name FROM sqlite_master WHERE type = 'index' AND name NOT LIKE 'sqlite_%'")
    return set(connection.execute(listed).scalars())


def test_documents_get_and_lose_fields_and_keep_their_indexes(migrated: Migrated) -> None:
    migrated.generate(document("before.json"))
    migrated.upgrade()
    migrated.run(fill)
    migrated.generate(document("after.json"), ALLOWED)
    migrated.upgrade()
    migrated.check()
    given = {"pinned": False, "read_count": 0}
    assert migrated.run(documents) == [
        {"title": "It's one", "author": {"name": "Ann", "site": "a.example"}, "status": "draft", **given},
        {**BEFORE[1], **given},
    ]
    assert migrated.run(index_names) == {
        "uq_articles_title",
        "ix_articles_author_name_status",
        "ix_articles_key",
        "ix_articles_pinned_read_count",
        "ix_articles_price",
        "ix_articles_score",
        "ix_articles_status",
    }
    versions = text("SELECT version FROM articles")
    assert migrated.run(lambda connection: connection.execute(versions).scalars().all()) == [1, 1]
    migrated.downgrade("0001")
    assert migrated.run(documents) == [
        {"title": "It's one", "author": {"name": "Ann", "site": "a.example"}, "status": "draft"},
        BEFORE[1],
    ]
    assert migrated.run(index_names) == {"ix_articles_status", "ix_articles_title"}
