"""Lists with everything that a query can ask for: clean code, on both databases, that no odd request brings down."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.behaviour.generated import WITHOUT_WHAT_IS_ALIKE, Backend, backend

_KEY = {"name": "id", "type": "uuid", "primary": True}
_ARTICLE = {"name": "article_id", "type": "uuid", "references": {"table": "articles"}, "onDelete": "CASCADE"}
_TAG = {"name": "tag_id", "type": "integer", "references": {"table": "tags"}, "onDelete": "CASCADE"}
_STATUS = "draft | published | archived"
DOCUMENT = {
    "tables": [
        {"name": "users", "columns": [_KEY, {"name": "username", "type": "VARCHAR(40)", "unique": True}]},
        {
            "name": "articles",
            "columns": [
                _KEY,
                {"name": "author_id", "type": "uuid", "references": {"table": "users"}, "onDelete": "CASCADE"},
                {"name": "title", "type": "VARCHAR(200)"},
                {"name": "body", "type": "text", "nullable": True},
                {"name": "status", "type": _STATUS, "default": "draft"},
                {"name": "price", "type": "decimal(10,2)"},
                {"name": "rating", "type": "number", "nullable": True},
                {"name": "views", "type": "integer"},
                {"name": "featured", "type": "boolean", "default": False},
                {"name": "published_at", "type": "datetime", "nullable": True},
                {"name": "local_time", "type": "TIMESTAMP WITHOUT TIME ZONE", "nullable": True},
                {"name": "day", "type": "date", "nullable": True},
                {"name": "created_at", "type": "datetime"},
            ],
        },
        {
            "name": "tags",
            "columns": [
                {"name": "id", "type": "SERIAL", "primary": True},
                {"name": "name", "type": "VARCHAR(40)", "unique": True},
            ],
        },
        {"name": "article_tags", "primaryKey": ["article_id", "tag_id"], "columns": [_ARTICLE, _TAG]},
    ],
    "endpoints": [
        {
            "method": "GET",
            "path": "/articles",
            "query": {
                "author": {"type": "string", "where": "row.author.username == query.author"},
                "tag": {"type": "string", "where": "row.tags.exists(t, t.name == query.tag)"},
                "min_price": {"type": "decimal", "where": "row.price >= query.min_price"},
                "max_rating": {"type": "number", "where": "row.rating <= query.max_rating"},
                "since": {"type": "datetime", "where": "row.created_at >= query.since"},
                "prefix": {"type": "string", "where": "row.title.startsWith(query.prefix)"},
                "status": [_STATUS],
                "ids": {"type": "uuid[]", "where": "row.id in query.ids"},
                "q": {"search": ["title", "body"]},
                "sort": {"by": ["created_at", "title", "price"], "default": ["-created_at"]},
            },
            "response": {"200": {"articles": ["object"], "total": "integer"}},
        },
        {
            "method": "GET",
            "path": "/walk",
            "operation": "list",
            "table": "articles",
            "query": {
                "after": "cursor",
                "sort": {
                    "by": ["price", "title", "views", "status", "featured", "publishedAt", "localTime", "day", "rating"]
                },
            },
            "response": {"200": {"articles": ["object"], "nextCursor": "string?", "total": "integer"}},
        },
        {
            "method": "GET",
            "path": "/feed",
            "operation": "list",
            "table": "articles",
            "where": "row.status in query.status && row.author.username == query.author",
            "sort": ["-published_at"],
            "query": {
                "author": {"type": "string", "required": True},
                "status": {"type": "string[]", "enum": ["draft", "published"], "default": ["published"]},
                "after": "cursor",
            },
            "response": {"200": {"articles": ["object"], "next": "string?"}},
        },
        {
            "method": "GET",
            "path": "/users/{user_id}/articles",
            "query": {"words": {"search": ["title"], "required": True}, "views": {"type": "integer", "default": 1}},
            "response": {"200": ["object"], "400": {"error": "string"}},
        },
        {
            "method": "GET",
            "path": "/articles/{id}/tags",
            "query": {"after": "cursor", "sort": {"by": ["name"], "default": ["-name"]}},
            "response": {"200": {"tags": ["object"], "next": "string?"}},
        },
    ],
}
PROBE = '''
"""Requests that the generated tests do not send."""

import json
from base64 import urlsafe_b64encode

import pytest

from app.models.metadata import utc_now
from tests.curl import Curl
from tests.rows import Rows

KEYS = ["price", "title", "views", "status", "featured", "publishedAt", "localTime", "day", "rating"]
ODD = ["x", True, 1, -1, 2**40, 2**70, 1e308, "1e400000", "NaN", "\\x00", "0001-01-01T00:00:00+23:00", "9999-99-99"]
ODD += ["0001-01-01T00:00:00", "2026-01-01T00:00:00Z", None, [], {}, "x" * 3000, "0" * 200]


def listed(reply: object) -> list[str]:
    return [row["title"] for row in reply.json["articles"]]


def cursor(names: list[str], values: list[object]) -> str:
    return urlsafe_b64encode(json.dumps([names, values]).encode()).decode().rstrip("=")


@pytest.mark.parametrize("key", KEYS)
def test_no_cursor_brings_the_list_down(key: str, curl: Curl, rows: Rows) -> None:
    rows.article()
    for value in ODD:
        for sign in ("", "-"):
            after = cursor([sign + key, "created_at", "id"], [value, "2026-01-01T00:00:00Z", str(rows.article()["id"])])
            assert curl("GET /walk", query={"sort": sign + key, "after": after}).status in (200, 422), value


def test_a_cursor_of_another_order_is_refused(curl: Curl, rows: Rows) -> None:
    for _ in range(3):
        rows.article()
    after = curl("GET /walk", query={"sort": "price", "limit": 1}).json["nextCursor"]
    assert curl("GET /walk", query={"sort": "price", "limit": 1, "after": after}).status == 200
    reply = curl("GET /walk", query={"sort": "-price", "limit": 1, "after": after})
    assert reply.status == 422
    assert "after" in reply.text


@pytest.mark.parametrize("name", ["min_price", "max_rating", "since", "prefix", "author", "ids", "q"])
def test_no_value_brings_the_list_down(name: str, curl: Curl) -> None:
    for value in ODD:
        if value != "\\x00":
            assert curl("GET /articles", query={name: value}).status in (200, 422), value


def test_orders_by_several_keys_and_nulls(curl: Curl, rows: Rows) -> None:
    rows.database.clear()
    for title, price, rating in (("b", 10, None), ("a", 9, 1.5), ("c", 10, 0.5), ("d", 100, 2.5)):
        rows.article(title=title, price=price, rating=rating)
    assert listed(curl("GET /articles", query={"sort": "price,-title"})) == ["a", "c", "b", "d"]
    assert listed(curl("GET /articles", query={"sort": ["-price", "title"]})) == ["d", "b", "c", "a"]
    assert listed(curl("GET /walk", query={"sort": "rating"})) == ["c", "a", "d", "b"]
    assert listed(curl("GET /walk", query={"sort": "-rating"})) == ["b", "d", "a", "c"]
    assert listed(curl("GET /articles", query={"min_price": 10, "sort": "title"})) == ["b", "c", "d"]


def test_required_and_repeated(curl: Curl, rows: Rows) -> None:
    rows.database.clear()
    user = rows.user(username="ann")
    for status in ("draft", "published", "archived"):
        rows.article(title=status, status=status, author_id=user["id"], published_at=utc_now())
    rows.article(title="other", status="published")
    assert listed(curl("GET /feed", query={"author": "ann"})) == ["published"]
    both = curl("GET /feed", query={"author": "ann", "status": ["draft", "published"]})
    assert listed(both) == ["published", "draft"]
    assert curl("GET /feed", query={"author": "ann", "status": "archived"}).status == 422
    assert curl("GET /feed", query={}).status == 422
    assert sorted(listed(curl("GET /articles", query={"status": ["draft", "archived"]}))) == ["archived", "draft"]
    assert curl("GET /articles", query={"status": ["draft"] * 51}).status == 422
    assert curl("GET /users/{id}/articles", path={"id": user["id"]}).status == 400


def test_words(curl: Curl, rows: Rows) -> None:
    rows.database.clear()
    rows.article(title="A red Fox", body="runs")
    rows.article(title="A blue\\\\_fox", body=None)
    for words, found in {"FOX": 2, "red RUNS": 1, "red blue": 0, "\\\\_": 1, "%": 0, "": 2, "  ": 2}.items():
        assert curl("GET /articles", query={"q": words}).json["total"] == found, words
'''


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Backend:
    made = backend(tmp_path_factory.mktemp("lists"), DOCUMENT)
    made.check_style()
    made.check_types()
    (made.folder / "tests" / "test_probe.py").write_text(PROBE, encoding="utf-8")
    return made


def test_lists(lists: Backend, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "TEST_DATABASE_URL", server)
    lists.check_suite(*WITHOUT_WHAT_IS_ALIKE)


def test_openapi_states_what_can_be_sent(lists: Backend) -> None:
    parameters = {one["name"]: one for one in lists.openapi()["paths"]["/articles"]["get"]["parameters"]}
    sort = parameters["sort"]["schema"]
    assert sort["items"]["enum"] == ["created_at", "-created_at", "title", "-title", "price", "-price"]
    assert (sort["maxItems"], sort["default"]) == (3, ["-created_at"])
    assert parameters["status"]["schema"]["items"]["enum"] == ["draft", "published", "archived"]
    assert "row.price >= query.min_price" in parameters["min_price"]["description"]
    assert not any(one["required"] for one in parameters.values())


def test_unchosen_is_no_file(tmp_path: Path) -> None:
    plain = {**DOCUMENT, "endpoints": [{"method": "GET", "path": "/tags", "response": {"200": ["object"]}}]}
    files = backend(tmp_path, plain).files
    assert {"app/cursors.py", "app/search.py", "app/sorting.py"}.isdisjoint(files)
