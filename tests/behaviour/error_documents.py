"""Document sets that declare what errors look like and say."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]

ID = {"name": "id", "type": "uuid", "primary": True}
FILLED = {"type": "string", "minLength": 1, "maxLength": 80}

CONDUIT_ERRORS: Document = {
    "body": {"errors": {"{field}": ["{message}"]}},
    "messages": {
        "unauthenticated": "is missing",
        "bad_token": "is invalid",
        "bad_credentials": "invalid",
        "forbidden": "forbidden",
        "not_found": "not found",
        "taken": "has already been taken",
        "bad_reference": "does not exist",
        "referred_to": "is in use",
        "blank": "can't be blank",
        "too_long": "is too long (maximum is {limit} characters)",
        "rate_limited": "too many",
        "too_large": "is too large",
        "unsupported_media_type": "must be JSON",
        "malformed": "is no valid JSON",
        "unavailable": "is not available",
    },
    "fields": {
        "unauthenticated": "token",
        "bad_credentials": "credentials",
        "forbidden": "{resource}",
        "not_found": "{resource}",
        "referred_to": "row",
        "rate_limited": "requests",
        "too_large": "body",
        "unsupported_media_type": "body",
        "malformed": "body",
        "invalid": "body",
        "unavailable": "server",
    },
    "resources": {"users": "profile"},
}


def conduit() -> Document:
    """Users, their articles and the comments on these, with errors as the RealWorld API has them."""
    author = {"name": "author_id", "type": "uuid", "references": "users.id", "onDelete": "RESTRICT"}
    article = {"name": "article_id", "type": "uuid", "references": "articles.id", "onDelete": "CASCADE"}
    signing = {"email": "email", "password": "string"}
    row = {"200": "object"}
    return {
        "service": {"name": "Conduit", "auth": {"scheme": "Token"}, "errors": CONDUIT_ERRORS},
        "tables": [
            {
                "name": "users",
                "columns": [
                    ID,
                    {"name": "username", **FILLED, "unique": True},
                    {"name": "email", "type": "email", "unique": True},
                ],
            },
            {
                "name": "articles",
                "columns": [
                    {"name": "id", "type": "uuid", "primary": True},
                    {"name": "slug", **FILLED, "unique": True},
                    {"name": "title", **FILLED},
                    {"name": "body", **FILLED},
                    {"name": "rating", "type": {"type": "integer", "minimum": 0, "maximum": 5}, "nullable": True},
                    author,
                ],
            },
            {"name": "comments", "columns": [ID, {"name": "body", **FILLED}, article]},
        ],
        "endpoints": [
            {
                "method": "POST",
                "path": "/users",
                "requestBody": {"username": "string", **signing},
                "response": {"201": "object"},
            },
            {
                "method": "POST",
                "path": "/users/login",
                "requestBody": signing,
                "response": {"200": {"token": "string"}},
                "rateLimit": "50 per minute",
            },
            {"method": "GET", "path": "/profiles/{username}", "operation": "read", "table": "users", "response": row},
            {"method": "DELETE", "path": "/users/{id}", "auth": True, "response": {"204": {}}},
            {"method": "GET", "path": "/articles", "response": {"200": ["object"]}},
            {"method": "GET", "path": "/articles/{slug}", "response": row},
            {"method": "POST", "path": "/articles", "auth": True, "response": {"201": "object"}},
            {"method": "PATCH", "path": "/articles/{id}", "auth": True, "response": row},
            {"method": "GET", "path": "/articles/{article_id}/comments", "response": {"200": ["object"]}},
            {"method": "POST", "path": "/articles/{article_id}/comments", "auth": True, "response": {"201": "object"}},
            {"method": "GET", "path": "/articles/{article_id}/comments/{id}", "response": row},
            {"method": "PATCH", "path": "/me/password", "response": {"204": {}}},
        ],
    }


def notes(**errors: Any) -> Document:
    """Notes in folders, with errors as `service.errors` says."""
    folder = {"name": "folder_id", "type": "integer", "references": "folders.id", "onDelete": "CASCADE"}
    row = {"200": "object"}
    return {
        "service": {"errors": errors},
        "tables": [
            {"name": "folders", "columns": [{"name": "id", "type": "SERIAL", "primary": True}]},
            {
                "name": "notes",
                "columns": [
                    ID,
                    {"name": "slug", "type": {"type": "string", "minLength": 2, "maxLength": 8}},
                    {"name": "rating", "type": {"type": "integer", "minimum": 1, "maximum": 5}},
                    {"name": "link", "type": "url", "nullable": True},
                    folder,
                ],
                "unique": [["slug", "folder_id"]],
            },
        ],
        "endpoints": [
            {"method": "POST", "path": "/notes", "response": {"201": "object"}},
            {"method": "GET", "path": "/folders/{folder_id}/notes/{id}", "response": row},
            {"method": "PATCH", "path": "/notes/{id}", "response": row},
            {"method": "GET", "path": "/folders", "response": {"200": ["object"]}},
        ],
    }


TEXTS = {"not_found": "No such {resource}", "too_long": "More than {limit}", "range": "Beyond {limit}", "invalid": "No"}
SHAPES: dict[str, Document] = {
    "items": {
        "body": {"status": "{status}", "errors": [{"at": "{path}", "text": "{message}", "id": "{request_id}"}]},
        "messages": TEXTS,
    },
    "lines": {"body": {"errors": ["{message}"], "code": "{kind}", "first": "{field}"}, "messages": TEXTS},
    "root": {"body": {"{field}": "{message}"}},
    "paths": {
        "body": {"error": {"{path}": {"texts": ["{message}"], "count": 1}}},
        "fields": {"not_found": "{resource}"},
    },
    "words": {"messages": TEXTS},
    "mixed": {"body": {"error": "{kind}: {message}", "field": "at {field}", "by": [{"{field}": ["{message}"]}]}},
}
