"""What `service.errors` declares, and which words are the ones for a cause."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bkgen.explain import explain
from bkgen.model.endpoints import Cause
from bkgen.model.errors import CAUSES, OF_INPUT, ErrorShape
from bkgen.render.problems import Problem, RequestId, told
from bkgen.validate.schemas import schema
from tests.unit.test_resolve_service import USERS, endpoint, one, service

KEYED = {"errors": {"{field}": ["{message}"]}}


def shape(body: dict[str, Any], **words: dict[str, str]) -> ErrorShape:
    return ErrorShape(body, False, "", **words)


def test_the_schema_has_every_cause() -> None:
    keys = schema("service")["properties"]["errors"]["properties"]
    assert list(keys["messages"]["properties"]) == list(CAUSES)
    assert list(keys["fields"]["properties"]) == [cause for cause in CAUSES if cause not in OF_INPUT]


@pytest.mark.parametrize(
    ("cause", "text"),
    [
        ("missing", "blank"),
        ("null", "null"),
        ("blank", "blank"),
        ("pattern", "no"),
        ("taken", None),
        ("bad_token", "401"),
    ],
)
def test_a_cause_without_words_has_those_of_the_wider_one(cause: str, text: str | None) -> None:
    words = {"invalid": "no", "blank": "blank", "null": "null", "unauthenticated": "401"}
    assert shape(KEYED, messages=words).message_of(cause) == text


@pytest.mark.parametrize(
    ("body", "detailed"),
    [
        ({"error": "{message}", "field": "{field}"}, False),
        ({"errors": ["no"], "error": "{message}"}, False),
        ({"errors": ["{message}"]}, True),
        ({"error": {"text": "{message}", "at": "{path}"}}, True),
        (KEYED, True),
    ],
)
def test_only_some_shapes_tell_problems_apart(body: dict[str, Any], detailed: bool) -> None:
    assert shape(body).detailed is detailed
    assert shape(body, messages={"blank": "no"}).detailed


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (KEYED, {"errors": {"a": ["can't be blank"], "b": ["can't be blank"]}}),
        ({"errors": ["{message}"]}, {"errors": ["in.a: can't be blank", "b: can't be blank"]}),
        ({"error": "{message}", "at": "{field}"}, {"error": "in.a: can't be blank; b: can't be blank", "at": "a"}),
        ({"{path}": "{message}"}, {"in.a": "can't be blank", "b": "can't be blank"}),
        (
            {"all": [{"at": "{path}", "is": "{message}"}]},
            {"all": [{"at": p, "is": "can't be blank"} for p in ("in.a", "b")]},
        ),
        (
            {"error": "{message}", "code": "{kind}"},
            {"error": "in.a: can't be blank; b: can't be blank", "code": "invalid"},
        ),
        (
            {"errors": ["{message}"], "id": "{request_id}"},
            {"errors": ["in.a: can't be blank", "b: can't be blank"], "id": RequestId()},
        ),
        ({"errors": ["{message}"], "id": "request {request_id}"}, None),
    ],
)
def test_expected_bodies(body: dict[str, Any], expected: Any) -> None:
    problems = [Problem("missing", ("in", "a")), Problem("blank", ("b",))]
    assert told(problems, 422, shape(body, messages={"blank": "can't be blank"})) == expected


def test_what_the_backend_adds_to_is_not_expected_word_by_word() -> None:
    words = {"too_long": "over {limit}", "unauthenticated": "is missing"}
    assert told([Problem("too_long", ("a",))], 422, shape(KEYED, messages=words)) is None
    assert told([Problem("unauthenticated")], 401, shape(KEYED, messages=words)) is None
    named = shape(KEYED, messages=words, fields={"unauthenticated": "token"})
    assert told([Problem("unauthenticated")], 401, named) == {"errors": {"token": ["is missing"]}}


@pytest.mark.parametrize("body", [{}, KEYED, {"errors": {"email": ["string"]}}, {"errors": {}}])
def test_bodies_that_are_the_service_s_shape(tmp_path: Path, body: dict[str, Any]) -> None:
    call = one("GET", "/users/{id}", "object")
    call["response"]["404"] = body
    found = service(tmp_path, [call], USERS, service={"errors": {"body": KEYED}})
    response = endpoint(found, "read_user").response(Cause.NOT_FOUND)
    assert response is not None
    assert (response.literal, response.declared) == (None, True)


def test_words_are_explained(tmp_path: Path) -> None:
    errors = {
        "body": KEYED,
        "messages": {"notFound": "no {resource}"},
        "fields": {"not_found": "{resource}"},
        "resources": {"user": "profile"},
    }
    found = service(tmp_path, [one("GET", "/users")], USERS, service={"errors": errors})
    assert found.errors.resources == {"users": "profile"}
    text = explain(found)
    assert f"body     {json.dumps(KEYED)}" in text
    assert 'text     not_found: "no {resource}"' in text
    assert 'field    not_found: "{resource}"' in text
    assert 'row      of `users`: "profile"' in text
