"""Documents resolved to the model: what endpoints do, take and answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bkgen.assets import folder
from bkgen.diagnostics import Diagnostics
from bkgen.explain import explain
from bkgen.load import load
from bkgen.model.endpoints import Cause, Endpoint, Filter, Operation
from bkgen.model.service import Service
from bkgen.model.shapes import Array, ColumnValue, Constant, Fact, FactValue, Object, Shape
from bkgen.model.tables import Default
from bkgen.model.types import Kind
from bkgen.resolve import resolve

ID = {"name": "id", "type": "uuid", "primary": True}
USERS = {"name": "users", "columns": [ID, {"name": "email", "type": "VARCHAR(255)", "unique": True}]}
POSTS = {
    "name": "posts",
    "columns": [
        ID,
        {"name": "user_id", "type": "uuid", "references": {"table": "users", "column": "id"}},
        {"name": "title", "type": "VARCHAR(100)"},
        {"name": "note", "type": "text", "nullable": True},
        {"name": "views", "type": "integer", "default": 0},
    ],
}


def service(tmp_path: Path, endpoints: list[dict[str, Any]], *tables: dict[str, Any], **more: Any) -> Service:
    document = {"endpoints": endpoints, "tables": list(tables) or [USERS, POSTS], **more}
    (tmp_path / "api.json").write_text(json.dumps(document), encoding="utf-8")
    return resolved(tmp_path)


def resolved(path: Path) -> Service:
    diagnostics = Diagnostics()
    found = resolve(load([path], diagnostics), diagnostics)
    assert found is not None, [f"{one.span} {one.code} {one.message}" for one in diagnostics]
    return found


def endpoint(found: Service, name: str) -> Endpoint:
    return next(one for one in found.endpoints if one.name == name)


def one(method: str, path: str, body: Any = None, **more: Any) -> dict[str, Any]:
    return {"method": method, "path": path, "response": {"500": {}} if body is None else {"200": body}, **more}


def wire(shape: Shape | None) -> Any:
    """A shape as JSON-like data, to compare with."""
    match shape:
        case None:
            return None
        case Object(fields=fields):
            return {field.name + ("" if field.required else "?"): wire(field.shape) for field in fields}
        case Array(items=items):
            return [wire(items)]
        case ColumnValue(column=column):
            return column
        case FactValue(fact=fact):
            return f"${fact}"
        case Constant(value=value):
            return ("constant", value)


def test_login_of_the_seed() -> None:
    found = resolved(folder("examples") / "login")
    login = endpoint(found, "login")
    assert (login.operation, login.package, login.table) == (Operation.LOGIN, "auth", "users")
    assert wire(login.body) == {"email": "$identity", "password": "$password"}
    assert wire(login.success.body) == {"token": "$access_token", "user": {"id": "id", "email": "email"}}
    assert login.rate_limit is not None
    assert (login.rate_limit.requests, login.rate_limit.seconds, login.rate_limit.per_user) == (5, 60, False)
    assert [response.status for response in login.responses] == [200, 401, 413, 415, 422, 429, 500, 503]
    refused = login.response(Cause.BAD_CREDENTIALS)
    assert refused is not None
    assert (refused.literal, refused.declared) == ({"error": "Invalid credentials"}, True)
    assert found.errors.body == {"error": "{message}"}
    assert found.accounts is not None
    assert (found.accounts.identity, found.accounts.password_hash, found.accounts.sessions) == (
        "email",
        "password_hash",
        None,
    )
    added = found.table("users").column("password_hash")
    assert added.private
    assert added.added == "POST /api/auth/login needs a password, and table `users` has no column for its hash"


@pytest.mark.parametrize("name", ["login", "minimal", "blog"])
def test_examples_resolve_and_explain_themselves(name: str) -> None:
    found = resolved(folder("examples") / name)
    text = explain(found)
    assert all(f"{one.method} {one.path}\n" in text for one in found.endpoints)
    assert len({one.name for one in found.endpoints}) == len(found.endpoints)


def test_bodies_follow_from_the_table(tmp_path: Path) -> None:
    calls = [one("POST", "/posts"), one("PUT", "/posts/{id}"), one("PATCH", "/posts/{id}")]
    found = service(tmp_path, calls)
    assert wire(endpoint(found, "create_post").body) == {
        "user_id": "user_id",
        "title": "title",
        "note?": "note",
        "views?": "views",
    }
    assert wire(endpoint(found, "replace_post").body) == {
        "user_id": "user_id",
        "title": "title",
        "note?": "note",
        "views": "views",
    }
    update = endpoint(found, "update_post").body
    assert wire(update) == {"user_id?": "user_id", "title?": "title", "note?": "note", "views?": "views"}
    assert update is not None
    assert [field.nullable for field in update.fields] == [False, False, True, False]


def test_a_parent_in_the_path_gives_its_column(tmp_path: Path) -> None:
    found = service(tmp_path, [one("POST", "/api/v1/users/{user_id}/posts"), one("GET", "/users/{id}/posts/{post_id}")])
    create, read = endpoint(found, "create_user_post"), endpoint(found, "read_user_post")
    assert "user_id" not in wire(create.body)
    assert [(parent.table, parent.parameters, *parent.child_columns) for parent in create.parents] == [
        ("users", ("user_id",), "user_id")
    ]
    assert [parameter.column for parameter in read.key] == ["id"]
    assert create.response(Cause.NOT_FOUND) is not None
    assert create.response(Cause.BAD_REFERENCE) is None


def test_references_are_indexed_where_the_key_does_not_begin_with_them(tmp_path: Path) -> None:
    references = [
        {"name": "post_id", "type": "uuid", "references": {"table": "posts", "column": "id"}},
        {"name": "user_id", "type": "uuid", "references": {"table": "users", "column": "id"}},
        {"name": "number", "type": "integer", "unique": True},
    ]
    links = {"name": "likes", "columns": references, "primaryKey": ["post_id", "user_id", "number"]}
    found = service(tmp_path, [one("GET", "/posts")], USERS, POSTS, links)
    columns = {column.name: (column.index, column.unique) for column in found.table("likes").columns}
    assert columns == {"post_id": (False, False), "user_id": (True, False), "number": (False, True)}


def test_many_to_many(tmp_path: Path) -> None:
    tags = {"name": "tags", "columns": [ID, {"name": "name", "type": "string", "unique": True}]}
    links = {
        "name": "post_tags",
        "columns": [
            {"name": "post_id", "type": "uuid", "references": {"table": "posts", "column": "id"}},
            {"name": "tag_id", "type": "uuid", "references": {"table": "tags", "column": "id"}},
        ],
        "primaryKey": ["post_id", "tag_id"],
    }
    path = "/posts/{post_id}/tags"
    calls = [one("GET", path), one("POST", path), one("DELETE", f"{path}/{{tag_id}}")]
    found = service(tmp_path, calls, USERS, POSTS, tags, links)
    listed, linked, unlinked = (
        endpoint(found, f"{verb}_post_tag{s}") for verb, s in (("list", "s"), ("create", ""), ("delete", ""))
    )
    assert listed.link is not None
    assert (listed.table, listed.link.table, listed.link.pairs) == ("tags", "post_tags", (("tag_id", "id"),))
    assert (linked.table, wire(linked.body)) == ("post_tags", {"tag_id": "tag_id"})
    assert [parameter.column for parameter in unlinked.key] == ["post_id", "tag_id"]
    assert found.insert_order[-1] == "post_tags"


def test_pages_are_called_as_the_answer_calls_them(tmp_path: Path) -> None:
    body = {"rows": ["object"], "totalCount": "integer", "page": "integer", "perPage": "integer"}
    found = service(tmp_path, [one("GET", "/posts", body)])
    listed = endpoint(found, "list_posts")
    assert [(query.name, query.fact, query.default) for query in listed.query] == [
        ("perPage", Fact.LIMIT, 20),
        ("page", Fact.PAGE, 1),
    ]


def test_filters_and_limits(tmp_path: Path) -> None:
    query = {"userId": "uuid", "limit": {"type": "integer", "maximum": 500, "default": 50}}
    found = service(tmp_path, [one("GET", "/posts", query=query)])
    by_user, limit, offset = endpoint(found, "list_posts").query
    assert (by_user.use, by_user.type.kind, by_user.required) == (Filter("user_id"), Kind.UUID, False)
    assert (limit.type.maximum, limit.default) == (500, 50)
    assert offset.fact is Fact.OFFSET


def test_a_contract_with_400_and_no_422_gets_400_for_invalid_input(tmp_path: Path) -> None:
    calls = [
        {"method": "POST", "path": "/posts", "response": {"201": "object", "400": {"error": "Bad input"}}},
        {"method": "PATCH", "path": "/posts/{id}", "response": {"200": "object", "400": {}, "422": {}}},
    ]
    found = service(tmp_path, calls)
    create, update = endpoint(found, "create_post"), endpoint(found, "update_post")
    invalid, malformed = update.response(Cause.INVALID), update.response(Cause.MALFORMED)
    assert create.response(Cause.INVALID) is create.response(Cause.MALFORMED)
    assert invalid is not None
    assert malformed is not None
    assert (invalid.status, malformed.status) == (422, 400)


def test_conflicts_are_there_where_the_database_can_refuse(tmp_path: Path) -> None:
    calls = [
        one("DELETE", "/users/{id}"),
        one("DELETE", "/posts/{id}"),
        one("PATCH", "/posts/{id}", requestBody={"title": "string"}),
        one("POST", "/posts"),
    ]
    found = service(tmp_path, calls)
    causes = {Cause.TAKEN, Cause.BAD_REFERENCE, Cause.REFERRED_TO}
    conflicts = {name: {cause for cause in causes if endpoint(found, name).response(cause)} for name in
                 ("delete_user", "delete_post", "update_post", "create_post")}  # fmt: skip
    assert conflicts == {
        "delete_user": {Cause.REFERRED_TO},
        "delete_post": set(),
        "update_post": set(),
        "create_post": {Cause.BAD_REFERENCE},
    }


def test_literal_of_a_conflict_is_for_a_taken_value_where_there_can_be_one(tmp_path: Path) -> None:
    taken = {"error": "There is another one"}
    pages = {"name": "pages", "columns": [*POSTS["columns"], {"name": "slug", "type": "VARCHAR(40)", "unique": True}]}
    calls = [one("POST", f"/{table}", response={"201": "object", "409": taken}) for table in ("posts", "pages")]
    found = service(tmp_path, calls, USERS, POSTS, pages)
    literals = {
        (name, cause): response.literal
        for name in ("create_post", "create_page")
        for cause in (Cause.TAKEN, Cause.BAD_REFERENCE)
        if (response := endpoint(found, name).response(cause))
    }
    assert literals == {
        ("create_post", Cause.BAD_REFERENCE): taken,
        ("create_page", Cause.TAKEN): taken,
        ("create_page", Cause.BAD_REFERENCE): None,
    }


def test_static_paths_come_before_parameters(tmp_path: Path) -> None:
    calls = [one("GET", "/users/{id}"), one("GET", "/users/me"), one("GET", "/users/posts"), one("POST", "/login")]
    found = service(tmp_path, calls)
    order = [one.path for one in found.endpoints if one.declared]
    assert order.index("/users/me") < order.index("/users/{id}")
    assert order.index("/users/posts") < order.index("/users/{id}")


def test_equal_objects_share_a_model_and_others_do_not(tmp_path: Path) -> None:
    calls = [
        one("GET", "/posts/{id}", {"post": "object"}),
        one("PATCH", "/posts/{id}", {"post": "object"}),
        one("GET", "/posts", [{"id": "uuid", "title": "string"}]),
    ]
    found = service(tmp_path, calls)
    read, update, listed = (endpoint(found, name) for name in ("read_post", "update_post", "list_posts"))
    assert isinstance(read.success.body, Object)
    assert isinstance(update.success.body, Object)
    assert isinstance(listed.success.body, Array)
    assert isinstance(listed.success.body.items, Object)
    assert (read.success.body.name, update.success.body.name) == ("PostAnswer", "PostAnswer")
    assert listed.success.body.items.name == "ListPostsItem"


def test_sessions_are_added_for_refresh(tmp_path: Path) -> None:
    calls = [one("POST", "/login", {"token": "string", "refresh_token": "string"}), one("POST", "/auth/refresh")]
    found = service(tmp_path, calls)
    sessions = found.table("auth_sessions")
    assert [column.name for column in sessions.columns][:2] == ["id", "user_id"]
    assert found.insert_order[-1] == "auth_sessions"
    assert wire(endpoint(found, "refresh").success.body) == {
        "access_token": "$access_token",
        "refresh_token": "$refresh_token",
        "token_type": "$token_type",
        "expires_in": "$expires_in",
    }


def test_posting_a_password_to_the_accounts_registers(tmp_path: Path) -> None:
    call = one(
        "POST", "/users", "object", requestBody={"email": "email", "password": {"type": "string", "minLength": 12}}
    )
    registered = endpoint(service(tmp_path, [call]), "register")
    assert registered.body is not None
    password = registered.body.fields[1].shape
    assert isinstance(password, FactValue)
    assert (password.fact, password.type.min_length) == (Fact.PASSWORD, 12)
    assert registered.success.status == 200


def test_a_circle_of_references_is_cut_where_it_may_be_null(tmp_path: Path) -> None:
    teams = {"name": "teams", "columns": [ID, {"name": "lead_id", "type": "uuid?", "references": "people.id"}]}
    people = {"name": "people", "columns": [ID, {"name": "team_id", "type": "uuid", "references": "teams.id"}]}
    assert service(tmp_path, [one("GET", "/teams")], people, teams).insert_order == ("teams", "people")


def test_generated_columns_and_defaults(tmp_path: Path) -> None:
    columns = [
        {"name": "id", "type": "serial", "primary": True},
        {"name": "slug", "type": "string", "unique": True},
        {"name": "createdAt", "type": "timestamp"},
        {"name": "updated_at", "type": "timestamp", "default": "CURRENT_TIMESTAMP"},
        {"name": "published_at", "type": "timestamp", "default": "now()"},
        {"name": "state", "type": "open | closed", "default": "'open'"},
        {"name": "price", "type": "NUMERIC(8,2)", "default": 1.5},
    ]
    table = service(tmp_path, [one("GET", "/things/{slug}")], {"name": "things", "columns": columns}).table("things")
    found = {column.name: (column.default, column.generated, column.updated) for column in table.columns}
    assert found == {
        "id": (Default.AUTOINCREMENT, True, False),
        "slug": (None, False, False),
        "createdAt": (Default.NOW, True, False),
        "updated_at": (Default.NOW, True, True),
        "published_at": (Default.NOW, False, False),
        "state": ("open", False, False),
        "price": ("1.50", False, False),
    }


@pytest.mark.parametrize(
    "phrase", ["10 per 15 minutes per user", "10/15min/user", "10 requests every 15 minutes by user"]
)
def test_rate_limits_per_user(tmp_path: Path, phrase: str) -> None:
    found = service(tmp_path, [one("GET", "/posts", auth=True, rateLimit=phrase), one("POST", "/login")])
    limit = endpoint(found, "list_posts").rate_limit
    assert limit is not None
    assert (limit.requests, limit.seconds, limit.per_user) == (10, 900, True)


@pytest.mark.parametrize(
    ("bodies", "shape", "problem"),
    [
        ([{"error": "No such post"}, {"error": "string"}], {"error": "{message}"}, False),
        (
            [{"error": {"code": "not_found", "message": "No"}}],
            {"error": {"code": "{kind}", "message": "{message}"}},
            False,
        ),
        ([{"message": "No", "statusCode": 404}], {"message": "{message}", "statusCode": "{status}"}, False),
        ([{"error": "No"}, {"message": "No"}], None, True),
        ([], None, True),
    ],
)
def test_error_shape(tmp_path: Path, bodies: list[dict[str, Any]], shape: dict[str, Any] | None, problem: bool) -> None:
    methods = ["GET", "DELETE", "PATCH"]
    calls = [
        {"method": method, "path": "/posts/{id}", "response": {"404": body}}
        for method, body in zip(methods, bodies, strict=False)
    ]
    errors = service(tmp_path, calls or [one("GET", "/posts")]).errors
    assert errors.problem is problem
    assert problem or errors.body == shape


@pytest.mark.parametrize(
    ("path", "body", "operation"),
    [
        ("/health", {"200": {"status": "ok"}}, Operation.LIVE),
        ("/healthz", {"200": {"status": "ok"}, "503": {}}, Operation.READY),
        ("/api/ready", {"200": {"status": "string"}}, Operation.READY),
    ],
)
def test_health(tmp_path: Path, path: str, body: dict[str, Any], operation: Operation) -> None:
    found = service(tmp_path, [{"method": "GET", "path": path, "response": body}])
    declared = next(one for one in found.endpoints if one.path == path)
    assert (declared.operation, declared.package, declared.authenticated) == (operation, "health", False)
    assert wire(declared.success.body) == {"status": "$health"}
    assert [one.path for one in found.endpoints if not one.declared] == ["/health/live", "/health/ready"]


def test_operations_that_the_path_does_not_tell(tmp_path: Path) -> None:
    calls = [
        one("GET", "/feed", ["object"], operation="list", table="posts"),
        one("GET", "/permalink/{id}", "object", operation="read", table="posts"),
        one("POST", "/edit/{id}", "object", operation="update", table="posts"),
    ]
    found = service(tmp_path, calls)
    assert [(one.path, one.operation, one.table) for one in found.endpoints if one.declared] == [
        ("/feed", Operation.LIST, "posts"),
        ("/permalink/{id}", Operation.READ, "posts"),
        ("/edit/{id}", Operation.UPDATE, "posts"),
    ]


def test_sign_in_for_all_but_those_that_say_otherwise(tmp_path: Path) -> None:
    calls = [
        one("GET", "/posts"),
        one("GET", "/posts/{id}", auth=False),
        one("POST", "/login"),
        one("GET", "/health", {"status": "ok"}),
    ]
    found = service(tmp_path, calls, service={"auth": {"required": True}})
    assert {one.path: one.authenticated for one in found.endpoints if one.declared} == {
        "/posts": True,
        "/posts/{id}": False,
        "/login": False,
        "/health": False,
    }


def test_the_path_says_by_which_of_two_references(tmp_path: Path) -> None:
    columns = [{"name": f"{name}_id", "type": "uuid", "references": "users.id"} for name in ("sender", "receiver")]
    messages = {"name": "messages", "columns": [ID, *columns]}
    found = service(tmp_path, [one("GET", "/users/{receiver_id}/messages")], USERS, messages)
    (parent,) = endpoint(found, "list_user_messages").parents
    assert (parent.child_columns, parent.columns) == (("receiver_id",), ("id",))


def test_descriptions_are_carried(tmp_path: Path) -> None:
    users = {**USERS, "comment": "People", "columns": [ID, {"name": "email", "type": "email", "description": " A\nB "}]}
    said = one("GET", "/users", ["object"], summary="Everyone", description="And more.")
    found = service(tmp_path, [said], users, service={"description": "Sells books."})
    assert found.description == "Sells books."
    assert found.table("users").description == "People"
    assert [column.description for column in found.table("users").columns] == ["", "A\nB"]
    assert (endpoint(found, "list_users").summary, endpoint(found, "list_users").description) == (
        "Everyone",
        "And more.",
    )


def test_a_reference_to_a_table_alone_leads_to_its_key(tmp_path: Path) -> None:
    notes = {"name": "notes", "columns": [ID, {"name": "user_id", "type": "uuid", "references": "users"}]}
    found = service(tmp_path, [one("GET", "/users/{id}/notes", ["object"])], USERS, notes)
    reference = found.table("notes").column("user_id").reference
    assert reference is not None
    assert (reference.table, reference.column) == ("users", "id")
