"""Every spelling that is understood gives the same canonical form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from bkgen.diagnostics import Diagnostics
from bkgen.load import Documents, load
from bkgen.load.synonyms import DOCUMENT, ENDPOINT, SERVICE, TABLE, Shape, fold
from bkgen.source import plain
from bkgen.validate.schemas import Schema, schema

_RESPONSE = {"200": {"id": "uuid"}}


def _load(folder: Path, document: Any) -> tuple[Documents, list[str]]:
    (folder / "document.json").write_text(json.dumps(document), encoding="utf-8")
    diagnostics = Diagnostics()
    return load([folder], diagnostics), [found.code for found in diagnostics]


def _endpoint(folder: Path, **said: Any) -> dict[str, Any]:
    documents, codes = _load(folder, {"method": "GET", "path": "/a", "response": _RESPONSE} | said)
    assert set(codes) <= {"BK213"}
    found: dict[str, Any] = plain(documents.endpoints[0])
    return found


def _column(folder: Path, **said: Any) -> dict[str, Any]:
    documents, codes = _load(folder, {"tables": [{"name": "t", "columns": [{"name": "c", "type": "string"} | said]}]})
    assert set(codes) <= {"BK213"}
    found: dict[str, Any] = plain(documents.tables[0])["columns"][0]
    return found


@pytest.mark.parametrize("value", ["required", "bearer", "JWT", True])
def test_signed_in(tmp_path: Path, value: Any) -> None:
    assert _endpoint(tmp_path, auth=value)["auth"] is True


@pytest.mark.parametrize("value", ["public", "none", None, False])
def test_open_to_anyone(tmp_path: Path, value: Any) -> None:
    assert _endpoint(tmp_path, auth=value)["auth"] is False


def test_roles_stay(tmp_path: Path) -> None:
    assert _endpoint(tmp_path, auth="seller")["auth"] == "seller"
    assert _endpoint(tmp_path, auth=["admin", "seller"])["auth"] == ["admin", "seller"]


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("/users/:id", "/users/{id}"),
        ("/users/<int:id>/posts/<post>", "/users/{id}/posts/{post}"),
        ("/users/{id}", "/users/{id}"),
        ("/a:b", "/a:b"),
        ("/users/:id.json", "/users/{id}.json"),
    ],
)
def test_paths(tmp_path: Path, written: str, canonical: str) -> None:
    assert _endpoint(tmp_path, path=written)["path"] == canonical


@pytest.mark.parametrize("key", ["rate_limit", "RateLimit", "rate-limit", "ratelimit", "RATE_LIMIT"])
def test_case_and_separators_do_not_matter(tmp_path: Path, key: str) -> None:
    assert _endpoint(tmp_path, **{key: "5/minute"})["rateLimit"] == "5/minute"


def test_bodies_are_never_rewritten(tmp_path: Path) -> None:
    body = {"rate_limit": "string", "responses": "string", "pk": "uuid", "auth": "string"}
    assert _endpoint(tmp_path, requestBody=body)["requestBody"] == body


@pytest.mark.parametrize("key", ["primary", "primaryKey", "primary_key", "pk", "PK", "isPrimary"])
def test_primary(tmp_path: Path, key: str) -> None:
    assert _column(tmp_path, **{key: True}) == {"name": "c", "type": "string", "primary": True}


@pytest.mark.parametrize(
    ("key", "value"), [("nullable", False), ("required", True), ("not_null", True), ("NotNull", True)]
)
def test_not_null(tmp_path: Path, key: str, value: bool) -> None:
    assert _column(tmp_path, **{key: value})["nullable"] is False
    assert _column(tmp_path, **{key: not value})["nullable"] is True


@pytest.mark.parametrize(
    "said",
    [
        {"references": "users.id", "onDelete": "cascade"},
        {"references": "users(id)", "on_delete": "Cascade"},
        {"references": {"table": "users", "column": "id", "onDelete": "CASCADE"}},
        {"foreign_key": {"table": "users", "field": "id", "on_delete": "cascade"}},
        {"foreignKey": " users ( id ) ", "ondelete": "CASCADE"},
    ],
)
def test_references(tmp_path: Path, said: dict[str, Any]) -> None:
    column = _column(tmp_path, **said)
    assert column["references"] == {"table": "users", "column": "id"}
    assert column["onDelete"] == "CASCADE"


def test_reference_to_a_table_alone(tmp_path: Path) -> None:
    assert _column(tmp_path, references="users")["references"] == {"table": "users"}


@pytest.mark.parametrize("word", ["set_null", "SET NULL", "setNull", "set-null", "Set Null"])
def test_rules_for_deletions(tmp_path: Path, word: str) -> None:
    assert _column(tmp_path, references="a.b", onDelete=word)["onDelete"] == "SET NULL"


def test_tables_and_columns_keyed_by_names(tmp_path: Path) -> None:
    documents, _ = _load(
        tmp_path, {"tables": {"users": {"columns": {"id": {"type": "uuid", "pk": True}, "email": "string"}}}}
    )
    expected = [{"name": "id", "type": "uuid", "primary": True}, {"name": "email", "type": "string"}]
    assert [plain(table) for table in documents.tables] == [{"name": "users", "columns": expected}]


@pytest.mark.parametrize("wrap", [lambda it: {"tables": it}, lambda it: {"database_schema": it}])
@pytest.mark.parametrize("users", [{"id": "uuid", "name": "string"}, {"columns": {"id": "uuid", "name": "string"}}])
def test_tables_keyed_by_names(tmp_path: Path, wrap: Any, users: Any) -> None:
    documents, codes = _load(tmp_path, wrap({"users": users, "tags": {"id": "uuid"}}))
    users_columns = [{"name": "id", "type": "uuid"}, {"name": "name", "type": "string"}]
    tags = {"name": "tags", "columns": [{"name": "id", "type": "uuid"}]}
    assert [plain(table) for table in documents.tables] == [{"name": "users", "columns": users_columns}, tags]
    assert set(codes) == {"BK213"}


def test_a_column_may_be_called_like_a_key_of_tables(tmp_path: Path) -> None:
    table = {"id": {"type": "uuid"}, "fields": "json", "name": "string", "comment": "text", "unique": [["name"]]}
    documents, _ = _load(tmp_path, {"tables": {"notes": table}})
    found = plain(documents.tables[0])
    assert [column["name"] for column in found["columns"]] == ["id", "fields", "name", "comment"]
    assert found["unique"] == [["name"]]


def test_words_of_documents_are_no_tables(tmp_path: Path) -> None:
    table = {"columns": [{"name": "id", "type": "uuid"}]}
    _, codes = _load(tmp_path, {"database_schema": {"users": table, "endpoints": table}})
    assert "BK204" in codes


@pytest.mark.parametrize("word", ["change_password", "changePassword", "change-password", "CHANGE PASSWORD"])
def test_operations(tmp_path: Path, word: str) -> None:
    assert _endpoint(tmp_path, operation=word)["operation"] == "change_password"


@pytest.mark.parametrize("key", ["description", "comment", "Documentation"])
def test_descriptions(tmp_path: Path, key: str) -> None:
    assert _endpoint(tmp_path, **{key: "All of it"})["description"] == "All of it"
    assert _column(tmp_path, **{key: "All of it"})["description"] == "All of it"


@pytest.mark.parametrize(
    ("said", "word"), [({"size": 9}, "size"), ({"maxLength": 9}, "maxLength"), ({"identity": True}, "identity")]
)
def test_hints_quote_what_was_written(tmp_path: Path, said: dict[str, Any], word: str) -> None:
    document = {"tables": [{"name": "t", "columns": [{"name": "c", "type": "string"} | said]}]}
    (tmp_path / "document.json").write_text(json.dumps(document), encoding="utf-8")
    diagnostics = Diagnostics()
    load([tmp_path], diagnostics)
    assert [found.message.split()[0] for found in diagnostics] == [f"`{word}`"]


def test_wrapped_documents_are_canonical(tmp_path: Path) -> None:
    endpoint = {"method": "GET", "path": "/a", "response": _RESPONSE}
    table = {"name": "users", "columns": [{"name": "id", "type": "UUID"}]}
    context = {"api_endpoints": [endpoint], "database_schema": {"tables": [table]}}
    documents, codes = _load(
        tmp_path, {"$schema": "https://example.org", "context": context, "service": {"name": "Shop"}}
    )
    assert [plain(node) for node in (*documents.endpoints, *documents.tables)] == [endpoint, table]
    assert documents.service is not None
    assert plain(documents.service) == {"name": "Shop"}
    assert codes == []


@pytest.mark.parametrize("key", ["database_schema", "databaseSchema"])
def test_wrapped_tables_may_be_a_list(tmp_path: Path, key: str) -> None:
    documents, codes = _load(tmp_path, {key: [{"name": "users", "columns": [{"name": "id", "type": "UUID"}]}]})
    assert len(documents.tables) == 1
    assert codes == []


@pytest.mark.parametrize("wrap", [lambda it: it, lambda it: [it], lambda it: {"endpoints": [it]}])
def test_shapes_of_contracts(tmp_path: Path, wrap: Any) -> None:
    endpoint = {"method": "GET", "path": "/a", "response": _RESPONSE}
    documents, codes = _load(tmp_path, wrap(endpoint))
    assert [plain(node) for node in documents.endpoints] == [endpoint]
    assert codes == []


def test_yaml_and_json_say_the_same(tmp_path: Path) -> None:
    document = {"tables": [{"name": "t", "columns": [{"name": "c", "type": "string"}]}], "service": {"name": "S"}}
    from_json, _ = _load(tmp_path, document)
    folder = tmp_path / "yaml"
    folder.mkdir()
    (folder / "document.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    from_yaml = load([folder], Diagnostics())
    assert [plain(table) for table in from_yaml.tables] == [plain(table) for table in from_json.tables]


@pytest.mark.parametrize(
    ("shape", "rules"),
    [
        (ENDPOINT, schema("endpoint")),
        (TABLE, schema("table")),
        (SERVICE, schema("service")),
    ],
)
def test_canonical_keys_are_those_of_the_schemas(shape: Shape, rules: Schema) -> None:
    canonical = {name for name, key in shape.keys.items() if not key.interim}
    assert canonical == {name for name in rules["properties"] if not name.startswith("$")}
    for name, key in shape.keys.items():
        if key.shape and name in rules["properties"]:
            inner = rules["properties"][name]
            # These are moved beside `references`.
            assert set(key.shape.keys) - {"onDelete", "as", "inverse"} == set(inner["properties"])
        if key.items and "items" in rules["properties"].get(name, {}):
            test_canonical_keys_are_those_of_the_schemas(key.items, rules["properties"][name]["items"])


@pytest.mark.parametrize("shape", [DOCUMENT, ENDPOINT, TABLE, SERVICE])
def test_no_spelling_means_two_things(shape: Shape) -> None:
    spellings = [fold(word) for name, key in shape.keys.items() for word in (name, *key.also, *key.opposite)]
    spellings += [fold(word) for word in (*shape.planned, *shape.without_effect)]
    assert len(spellings) == len(set(spellings))
    for key in shape.keys.values():
        for inner in (key.shape, key.items):
            if inner:
                test_no_spelling_means_two_things(inner)
