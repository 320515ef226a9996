"""Endpoints on one's own account, and envelopes around what is sent: resolved to the model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bkgen.diagnostics import Diagnostics
from bkgen.explain import explain
from bkgen.load import load
from bkgen.model.endpoints import Cause, Endpoint
from bkgen.model.service import Service
from bkgen.model.shapes import Fact, FactValue, Object
from bkgen.resolve import resolve

USERS = {
    "name": "users",
    "columns": [
        {"name": "id", "type": "uuid", "primary": True},
        {"name": "email", "type": "VARCHAR(255)", "unique": True},
        {"name": "bio", "type": "text", "nullable": True, "emptyIsNull": True},
    ],
}
LOGIN = {
    "method": "POST",
    "path": "/login",
    "requestBody": {"user": {"email": "string", "password": "string"}},
    "response": {"200": {"token": "string"}},
}


def service(folder: Path, *endpoints: dict[str, Any], **more: Any) -> Service:
    document = {"tables": [USERS], "endpoints": [LOGIN, *endpoints], **more}
    (folder / "api.json").write_text(json.dumps(document), encoding="utf-8")
    diagnostics = Diagnostics()
    found = resolve(load([folder], diagnostics), diagnostics)
    assert found is not None, [f"{one.span} {one.code} {one.message}" for one in diagnostics]
    return found


def resolved(folder: Path, method: str, path: str, answer: Any, **more: Any) -> Endpoint:
    found = service(folder, {"method": method, "path": path, "response": {"200": answer}, **more})
    return next(one for one in found.endpoints if one.path == path)


def sent(endpoint: Endpoint) -> list[str]:
    return [f"{field.name}{'' if field.required else '?'}" for field in (endpoint.body.fields if endpoint.body else ())]


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", "/me", "me"),
        ("GET", "/api/user", "me"),
        ("PUT", "/api/user", "update_me"),
        ("PATCH", "/users/me", "update_me"),
        ("PUT", "/v1/current-user", "update_me"),
        ("DELETE", "/user", "delete_me"),
        ("DELETE", "/me", "delete_me"),
    ],
)
def test_paths_of_the_own_account(tmp_path: Path, method: str, path: str, operation: str) -> None:
    endpoint = resolved(tmp_path, method, path, {} if method == "DELETE" else "object")
    assert endpoint.operation.value == operation
    assert endpoint.authenticated
    assert endpoint.response(Cause.UNAUTHENTICATED) is not None


def test_the_word_for_one_account_lists_where_the_answer_is_an_array(tmp_path: Path) -> None:
    assert resolved(tmp_path, "GET", "/user", ["object"]).operation.value == "list"
    assert resolved(tmp_path, "GET", "/user", {"users": ["object"]}).operation.value == "list"


def test_a_word_for_one_and_many_accounts_tells_nothing(tmp_path: Path) -> None:
    staff = {**USERS, "name": "staff"}
    found = service(tmp_path, {"method": "GET", "path": "/staff", "response": {"200": ["object"]}}, tables=[staff])
    assert "list_staff" in [one.name for one in found.endpoints]
    found = service(tmp_path, {"method": "DELETE", "path": "/staff", "response": {"204": {}}}, tables=[staff])
    assert "clear_staff" in [one.name for one in found.endpoints]


def test_a_password_is_taken_where_the_contract_has_one(tmp_path: Path) -> None:
    declared = resolved(tmp_path, "PUT", "/me", "object", requestBody={"password": "string", "bio": "string?"})
    assert sent(declared) == ["password?", "bio?"]
    password = declared.body.fields[0].shape if declared.body else None
    assert isinstance(password, FactValue)
    assert (password.fact, password.type.min_length) == (Fact.PASSWORD, 8)
    assert declared.response(Cause.TAKEN) is None
    inferred = resolved(tmp_path, "PATCH", "/me", "object")
    assert sent(inferred) == ["email?", "bio?"]
    assert inferred.response(Cause.TAKEN) is not None


@pytest.mark.parametrize("body", [{"email": "string", "bio": "string?"}, {}, "object"])
def test_envelopes(tmp_path: Path, body: Any) -> None:
    endpoint = resolved(tmp_path, "PUT", "/me", "object", requestBody={"user": body})
    assert endpoint.envelope is not None
    assert (endpoint.envelope.name, sent(endpoint)) == ("user", ["email?", "bio?"])
    assert endpoint.request is not None
    assert endpoint.body is not None
    assert (endpoint.request.name, endpoint.body.name) == ("UpdateMeRequestEnvelope", "UpdateMeRequest")
    assert [field.empty_is_null for field in endpoint.body.fields] == [False, True]


def test_what_is_in_an_envelope_tells_what_endpoints_do(tmp_path: Path) -> None:
    body = {"data": {"email": "string", "password": "string"}}
    assert resolved(tmp_path, "POST", "/users", "object", requestBody=body).operation.value == "register"
    assert resolved(tmp_path, "POST", "/sessions", {"token": "string"}, requestBody=body).operation.value == "login"


def test_tokens_stand_beside_columns(tmp_path: Path) -> None:
    mixed = {"user": {"email": "string", "token": "string", "kind": "'person'"}}
    found = service(
        tmp_path,
        *({"method": method, "path": "/me", "response": {"200": mixed}} for method in ("GET", "PUT")),
        {"method": "POST", "path": "/refresh", "response": {"200": mixed}},
    )
    answers = [one.success.body for one in found.endpoints if one.path in ("/me", "/refresh")]
    inner = [answer.fields[0].shape for answer in answers if isinstance(answer, Object)]
    assert [shape.name if isinstance(shape, Object) else "" for shape in inner] == ["SignedInUser"] * 3


def test_a_column_comes_before_a_token(tmp_path: Path) -> None:
    token = {"name": "token", "type": "string", "nullable": True}
    users = {**USERS, "columns": [*USERS["columns"], token]}
    found = service(
        tmp_path,
        {"method": "GET", "path": "/me", "response": {"200": {"id": "uuid", "token": "string?"}}},
        tables=[users],
    )
    me = next(one for one in found.endpoints if one.path == "/me")
    assert isinstance(me.success.body, Object)
    assert me.success.body.table == "users"


def test_explain_tells_of_envelopes_and_empty_texts(tmp_path: Path) -> None:
    text = explain(service(tmp_path, {"method": "PUT", "path": "/user", "requestBody": {"user": {"bio": "string?"}},
                                      "response": {"200": "object"}}))  # fmt: skip
    assert "{user: {bio?: string or null}}" in text
    assert "PUT on the one `user` that is signed in" in text
    assert "null where a client sends an empty text" in text
