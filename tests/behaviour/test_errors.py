"""Errors as a frontend expects them: declared bodies and texts, on the wire, in OpenAPI and in the generated tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from tests.behaviour.error_documents import SHAPES, conduit, notes
from tests.behaviour.generated import WITHOUT_WHAT_IS_ALIKE, Backend, backend

# What the public suites of the RealWorld API ask for, as one more test of the generated backend.
CONDUIT = """
from typing import Any

import pytest

from tests.curl import Curl
from tests.endpoint import UNKNOWN_UUID
from tests.rows import PASSWORD, Rows

LONG = "x" * 81


def failure(curl: Curl, call: str, **options: Any) -> tuple[int, Any]:
    reply = curl(call, **options)
    return reply.status, reply.json["errors"]


def article(rows: Rows, **changes: Any) -> dict[str, Any]:
    return {"slug": "a", "title": "b", "body": "c", "author_id": str(rows.user()["id"])} | changes


def test_401(curl: Curl, rows: Rows) -> None:
    assert failure(curl, "POST /articles") == (401, {"token": ["is missing"]})
    assert failure(curl, "POST /articles", token="garbage") == (401, {"token": ["is invalid"]})
    body = {"email": rows.user()["email"], "password": "wrong password"}
    assert failure(curl, "POST /users/login", json=body) == (401, {"credentials": ["invalid"]})


def test_404(curl: Curl, rows: Rows, token: str) -> None:
    id = str(rows.article()["id"])
    missing = 404, {"article": ["not found"]}
    no_comment = 404, {"comment": ["not found"]}
    at = "GET /articles/{article_id}/comments/{id}"
    assert failure(curl, "GET /articles/no-such-slug") == missing
    assert failure(curl, "GET /profiles/nobody") == (404, {"profile": ["not found"]})
    assert failure(curl, at, path={"article_id": UNKNOWN_UUID, "id": UNKNOWN_UUID}) == missing
    assert failure(curl, at, path={"article_id": "no-uuid", "id": UNKNOWN_UUID}) == missing
    assert failure(curl, at, path={"article_id": id, "id": UNKNOWN_UUID}) == no_comment
    assert failure(curl, at, path={"article_id": id, "id": "no-uuid"}) == no_comment
    assert failure(curl, "GET /no/such/path") == (404, {"resource": ["not found"]})
    assert failure(curl, "PUT /articles") == (405, {"method_not_allowed": ["Method not allowed"]})


def test_409(curl: Curl, rows: Rows, token: str) -> None:
    user = rows.user()
    body = {"username": user["username"], "email": "new@example.com", "password": PASSWORD}
    taken = ["has already been taken"]
    assert failure(curl, "POST /users", json=body) == (409, {"username": taken})
    body = {"username": "new", "email": user["email"], "password": PASSWORD}
    assert failure(curl, "POST /users", json=body) == (409, {"email": taken})
    body = article(rows, author_id=UNKNOWN_UUID)
    assert failure(curl, "POST /articles", json=body, token=token) == (409, {"author_id": ["does not exist"]})
    rows.article(author_id=user["id"])
    reply = failure(curl, f"DELETE /users/{user['id']}", token=token)
    assert reply == (409, {"row": ["is in use"]})


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"title": "", "body": ""}, {"title": ["can't be blank"], "body": ["can't be blank"]}),
        ({"title": None}, {"title": ["can't be blank"]}),
        ({"title": LONG}, {"title": ["is too long (maximum is 80 characters)"]}),
        ({"title": 1}, {"title": ["must be a valid string"]}),
        ({"{field}": 1}, {"{field}": ["is not a known field"]}),
        ({"author_id": "no-uuid"}, None),
    ],
)
def test_422(changes: dict[str, Any], told: Any, curl: Curl, rows: Rows, token: str) -> None:
    status, errors = failure(curl, "POST /articles", json=article(rows, **changes), token=token)
    assert status == 422
    assert list(errors) == list(changes)
    assert told is None or errors == told


def test_422_for_missing_fields(curl: Curl, rows: Rows, token: str) -> None:
    body = article(rows)
    del body["title"]
    assert failure(curl, "POST /articles", json=body, token=token) == (422, {"title": ["can't be blank"]})
    assert failure(curl, "POST /articles", data="{", token=token) == (422, {"body": ["is no valid JSON"]})
    no_object = 422, {"body": ["The body must be a JSON object"]}
    assert failure(curl, "POST /articles", data="[]", token=token) == no_object
    assert failure(curl, "GET /articles", query={"no": 1}) == (422, {"no": ["is not a known query parameter"]})
    assert failure(curl, "GET /articles", query={"limit": ""}) == (422, {"limit": ["can't be blank"]})
"""


def checked(folder: Path, document: dict[str, Any]) -> Backend:
    """The backend of a document set, whose code is clean."""
    made = backend(folder, document)
    made.check_style()
    made.check_types()
    return made


def test_conduit_errors(tmp_path: Path) -> None:
    made = checked(tmp_path, conduit())
    (made.folder / "tests" / "test_conduit.py").write_text(CONDUIT, encoding="utf-8")
    made.check_suite(*WITHOUT_WHAT_IS_ALIKE)


def test_conduit_errors_in_openapi(tmp_path: Path) -> None:
    document = backend(tmp_path, conduit()).openapi()
    validate(document)
    errors = document["components"]["schemas"]["ErrorBody"]["properties"]["errors"]
    assert errors["additionalProperties"] == {"type": "array", "items": {"type": "string"}}

    def example(method: str, path: str, status: int) -> Any:
        return document["paths"][path][method]["responses"][str(status)]["content"]["application/json"]["example"]

    assert example("post", "/users/login", 401) == {"errors": {"credentials": ["invalid"]}}
    assert example("post", "/articles", 401) == {"errors": {"token": ["is missing"]}}
    assert example("post", "/articles", 409) == {"errors": {"slug": ["has already been taken"]}}
    assert example("post", "/articles", 422) == {"errors": {"slug": ["can't be blank"]}}
    assert example("get", "/articles/{slug}", 404) == {"errors": {"article": ["not found"]}}
    assert example("get", "/profiles/{username}", 404) == {"errors": {"profile": ["not found"]}}


@pytest.mark.parametrize("name", SHAPES)
def test_other_shapes(name: str, tmp_path: Path) -> None:
    made = checked(tmp_path, notes(**SHAPES[name]))
    validate(made.openapi())
    made.check_suite(*WITHOUT_WHAT_IS_ALIKE)


def test_what_no_contract_asks_for_is_not_generated(tmp_path: Path) -> None:
    made = backend(tmp_path, notes(body={"error": "{message}", "code": "{kind}"}))
    assert not {"app/errors/details.py", "app/errors/texts.py"} & made.files.keys()
    assert not any("cause" in text for path, text in made.files.items() if path.startswith("app/errors/"))
