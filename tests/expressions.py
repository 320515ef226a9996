"""A schema for tests of expressions, with relations of every form, and expressions that stand in a document."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bkgen.diagnostics import Diagnostic, Diagnostics
from bkgen.load import load
from bkgen.model.expressions import Expression, Gives, Member, Record, Records, Row, Value, Values
from bkgen.model.relations import Pairs, Relation, Through
from bkgen.model.service import Service
from bkgen.model.types import Kind, Type
from bkgen.render.expressions import Context
from bkgen.resolve import resolve
from bkgen.resolve.expressions import Scope, resolve_expression
from bkgen.source import SourceFile, Span

TABLES = {
    "users": {
        "id": "uuid primary",
        "username": "string",
        "bio": "string?",
        "age": "integer?",
        "admin": "boolean",
        "password_hash": "string",
    },
    "follows": {"follower_id": "uuid primary users.id", "followed_id": "uuid primary users.id"},
    "articles": {
        "id": "uuid primary",
        "slug": "string",
        "title": "string",
        "summary": "string?",
        "author_id": "uuid users.id",
        "editor_id": "uuid? users.id",
        "status": "draft|published|archived",
        "views": "integer",
        "limit": "bigint?",
        "rating": "number?",
        "weight": "number",
        "price": "decimal(10,2)",
        "discount": "decimal(8,3)?",
        "flagged": "boolean?",
        "open": "boolean",
        "code": "uuid?",
        "day": "date?",
        "published_at": "datetime?",
        "created": "datetime",
        "local": "TIMESTAMP WITHOUT TIME ZONE?",
    },
    "favorites": {"article_id": "uuid primary articles.id", "user_id": "uuid primary users.id"},
    "tags": {"id": "integer primary", "name": "string"},
    "article_tags": {"article_id": "uuid primary articles.id", "tag_id": "integer primary tags.id"},
    "comments": {
        "id": "integer primary",
        "article_id": "uuid articles.id",
        "author_id": "uuid? users.id",
        "parent_id": "integer? comments.id",
        "text": "string",
        "score": "integer?",
        "quantity": "integer",
        "tip": "decimal(8,2)?",
        "weight": "number?",
    },
}


def document() -> dict[str, object]:
    tables = []
    for name, columns in TABLES.items():
        listed = []
        for column, words in columns.items():
            *types, last = words.split(" ")
            known = [word for word in [*types, last] if word != "primary" and "." not in word]
            written: dict[str, object] = {"name": column, "type": " ".join(known)}
            if "|" in words:
                written = {"name": column, "type": "string", "enum": words.split("|")}
            if "primary" in words:
                written["primary"] = True
                written["default"] = None
            if "." in last:
                table, target = last.split(".")
                written["references"] = {"table": table, "column": target}
            listed.append(written)
        tables.append({"name": name, "columns": listed})
    return {"tables": tables}


@cache
def service() -> Service:
    diagnostics = Diagnostics()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "schema.json"
        path.write_text(json.dumps(document()), encoding="utf-8")
        found = resolve(load([path], diagnostics), diagnostics)
    assert found is not None, list(diagnostics)
    return found


def relation(
    name: str,
    table: str,
    target: str,
    pairs: Pairs,
    *,
    through: Through | None = None,
    many: bool = True,
    optional: bool = True,
) -> Relation:
    return Relation(name, table, target, pairs, through, many, optional, at_start())


@cache
def relations() -> dict[str, dict[str, Relation]]:
    listed = [
        relation("articles", "users", "articles", (("id", "author_id"),)),
        relation("comments", "users", "comments", (("id", "author_id"),)),
        relation(
            "followers",
            "users",
            "users",
            (("id", "followed_id"),),
            through=Through("follows", (("follower_id", "id"),)),
        ),
        relation(
            "following",
            "users",
            "users",
            (("id", "follower_id"),),
            through=Through("follows", (("followed_id", "id"),)),
        ),
        relation("author", "articles", "users", (("author_id", "id"),), many=False, optional=False),
        relation("editor", "articles", "users", (("editor_id", "id"),), many=False),
        relation("favorites", "articles", "favorites", (("id", "article_id"),)),
        relation("comments", "articles", "comments", (("id", "article_id"),)),
        relation(
            "tags", "articles", "tags", (("id", "article_id"),), through=Through("article_tags", (("tag_id", "id"),))
        ),
        relation("article", "comments", "articles", (("article_id", "id"),), many=False, optional=False),
        relation("author", "comments", "users", (("author_id", "id"),), many=False),
        relation("parent", "comments", "comments", (("parent_id", "id"),), many=False),
        relation("replies", "comments", "comments", (("id", "parent_id"),)),
    ]
    found: dict[str, dict[str, Relation]] = {}
    for one in listed:
        found.setdefault(one.table, {})[one.name] = one
    return found


def at_start() -> Span:
    return Span(SourceFile(Path("x.json"), "x.json", ""), 1, 1, 1, 1)


def value(kind: Kind, nullable: bool = False) -> Value:
    return Value(Type(kind), nullable)


def member(attribute: str, gives: Gives, optional: bool = False) -> Member:
    return Member(attribute, gives, optional)


LINE = Record({"quantity": member("quantity", value(Kind.INTEGER)), "price": member("price", value(Kind.DECIMAL))})
BODY = Record(
    {
        "title": member("title", value(Kind.STRING), optional=True),
        "note": member("note", value(Kind.STRING, nullable=True), optional=True),
        "name": member("name", value(Kind.STRING)),
        "count": member("count", value(Kind.INTEGER)),
        "most": member("most", value(Kind.INTEGER, nullable=True)),
        "amount": member("amount", value(Kind.DECIMAL, nullable=True)),
        "ratio": member("ratio", value(Kind.NUMBER)),
        "ok": member("ok", value(Kind.BOOLEAN, nullable=True)),
        "tags": member("tags", Values(value(Kind.STRING)), optional=True),
        "numbers": member("numbers", Values(value(Kind.INTEGER, nullable=True))),
        "lines": member("lines", Records(LINE)),
    }
)
NAMES: dict[str, Gives] = {
    "row": Row("articles"),
    "actor": Row("users", nullable=True),
    "body": BODY,
    "path": Record({"slug": member("slug", value(Kind.STRING))}),
    "now": value(Kind.DATETIME),
}


def scope(**names: Gives) -> Scope:
    tables = {table.name: table for table in service().tables}
    return Scope({**NAMES, **names}, tables, relations())


def written(text: str, before: str = '{"where": ') -> Span:
    """The place of a JSON string that holds `text`."""
    string = json.dumps(text)
    return Span(
        SourceFile(Path("x.json"), "x.json", f"{before}{string}}}"), 1, len(before) + 1, 1, len(before + string) + 1
    )


def findings(text: str, **names: Gives) -> list[Diagnostic]:
    diagnostics = Diagnostics()
    resolve_expression(text, written(text), scope(**names), diagnostics)
    return list(diagnostics)


def expression(text: str, **names: Gives) -> Expression:
    diagnostics = Diagnostics()
    found = resolve_expression(text, written(text), scope(**names), diagnostics)
    assert found is not None, list(diagnostics)
    return found


def context(**changes: object) -> Context:
    """As in a query on articles, by someone who may be signed in."""
    settings: dict[str, object] = {
        "tables": {table.name: table for table in service().tables},
        "variables": {"actor": "caller", "body": "body", "path": "", "now": "utc_now()"},
        "models": {("row",): "Article"},
    }
    return Context(**{**settings, **changes})  # type: ignore[arg-type]
