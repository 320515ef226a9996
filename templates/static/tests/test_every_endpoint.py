"""What holds for every endpoint: its place in the OpenAPI document, and its general failures."""

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Unpack

import pytest

from tests.curl import Curl, Options, Reply
from tests.database import ROOT
from tests.endpoint import BROWSER_HEADERS, Endpoint
from tests.endpoints import ENDPOINTS, ERROR, ERROR_MEDIA_TYPE
from tests.server import ENVIRONMENT, Server
from tests.shapes import assert_shape

# One endpoint for each path.
FIRST_OF_PATH = list({endpoint.name.split(" ")[1]: endpoint for endpoint in ENDPOINTS}.values())
# What failures tell besides.
HEADERS = {"401": {"WWW-Authenticate"}, "429": {"Retry-After"}, "503": {"Retry-After"}}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


def every(condition: Callable[[Endpoint], object]) -> pytest.MarkDecorator:
    """Run the test for every endpoint that meets `condition`."""
    chosen = [endpoint for endpoint in ENDPOINTS if condition(endpoint)]
    return pytest.mark.parametrize("endpoint", chosen, ids=str)


def options(
    endpoint: Endpoint, request: pytest.FixtureRequest, **others: Unpack[Options]
) -> Options:
    """What a call needs to get past all checks that come before those of its body."""
    options: Options = {**endpoint.call(request), **others}
    if endpoint.query:
        options["query"] = {**endpoint.query, **others.get("query", {})}
    return options


def assert_fails(reply: Reply, endpoint: Endpoint, status: int) -> None:
    """The failure is documented and has the body that the contract gives it."""
    assert reply.status == status
    assert reply.headers.items() >= BROWSER_HEADERS.items()
    assert status in endpoint.statuses
    if status in endpoint.literals:
        assert reply.headers["content-type"] == "application/json"
        assert reply.json == endpoint.literals[status]
    else:
        assert reply.headers["content-type"] == ERROR_MEDIA_TYPE
        assert_shape(reply.json, ERROR)


@every(lambda endpoint: True)
def test_is_documented(endpoint: Endpoint, curl: Curl) -> None:
    document = curl("GET /openapi.json").json
    method, path = endpoint.name.split(" ")
    operation = document["paths"][path][method.lower()]
    assert operation["operationId"] == endpoint.operation
    documented = {int(status) for status in operation["responses"] if status != "default"}
    assert documented == endpoint.statuses
    for status, response in operation["responses"].items():
        assert response["description"]
        assert set(response.get("headers", ())) >= HEADERS.get(status, set())
    security = operation.get("security", [{}])
    assert ({} in security) == (endpoint.token is None)
    assert (security != [{}]) == bool(endpoint.token or endpoint.reads_token)
    parameters = operation.get("parameters", [])
    defaults = {
        one["name"]: one["schema"].get("default") for one in parameters if one["in"] == "query"
    }
    assert {name: defaults[name] for name in endpoint.defaults} == endpoint.defaults
    assert ("requestBody" in operation) == (endpoint.body is not None)
    for status, body in endpoint.literals.items():
        assert operation["responses"][str(status)]["content"]["application/json"]["example"] == body


@every(lambda endpoint: True)
def test_tells_browsers_what_not_to_do(
    endpoint: Endpoint, curl: Curl, request: pytest.FixtureRequest
) -> None:
    reply = curl(endpoint.name, **options(endpoint, request))
    assert reply.headers.items() >= BROWSER_HEADERS.items()


def test_document_is_of_this_server(curl: Curl) -> None:
    document = curl("GET /openapi.json").json
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert document["info"]["version"] == project["version"]
    assert document["info"]["contact"]["name"] == document["info"]["title"]
    assert [server["url"] for server in document["servers"]] == ["/"]
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    used = {tag for operation in operations for tag in operation["tags"]}
    assert {tag["name"] for tag in document["tags"]} == used


@every(lambda endpoint: endpoint.bad_path)
def test_404_for_a_path_that_no_row_can_have(
    endpoint: Endpoint, curl: Curl, request: pytest.FixtureRequest
) -> None:
    for name, value in endpoint.bad_path.items():
        call = options(endpoint, request)
        call["path"] = {**call["path"], name: value}
        if endpoint.body is not None:
            call["json"] = endpoint.body
        assert_fails(curl(endpoint.name, **call), endpoint, 404)


@every(lambda endpoint: endpoint in FIRST_OF_PATH)
def test_405_for_other_methods(endpoint: Endpoint, curl: Curl) -> None:
    _, path = endpoint.name.split(" ")
    called = path.format_map(endpoint.path)
    answered = {"OPTIONS"}
    allowed = {"OPTIONS"}  # a path without parameters is none of a row that is called like it
    for method, other in (other.name.split(" ") for other in ENDPOINTS):
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", other), called):
            methods = {method, "HEAD"} if method == "GET" else {method}
            answered |= methods
            allowed |= methods if other == path or "{" in path else set()
    for method in METHODS - answered:
        reply = curl(f"{method} {path}", path=endpoint.path)
        assert reply.status == 405
        assert_shape(reply.json, ERROR)
        assert set(reply.headers["allow"].split(", ")) == allowed
    reply = curl(f"OPTIONS {path}", path=endpoint.path)
    assert reply.status == 204
    assert set(reply.headers["allow"].split(", ")) == allowed


@every(lambda endpoint: endpoint.takes_json)
@pytest.mark.parametrize("chunked", [False, True])
def test_413_for_a_body_over_the_limit(
    endpoint: Endpoint, chunked: bool, curl: Curl, tmp_path: Path
) -> None:
    body = tmp_path / "too_large.json"
    body.write_bytes(b" " * (int(ENVIRONMENT["MAX_BODY_BYTES"]) + 1))
    headers = {"Transfer-Encoding": "chunked"} if chunked else {}
    reply = curl(endpoint.name, path=endpoint.path, data=f"@{body}", headers=headers)
    assert_fails(reply, endpoint, 413)


@every(lambda endpoint: endpoint.takes_json)
def test_415_for_a_body_that_is_not_json(
    endpoint: Endpoint, curl: Curl, request: pytest.FixtureRequest
) -> None:
    call = options(endpoint, request, json=endpoint.body, content_type="text/plain")
    reply = curl(endpoint.name, **call)
    assert_fails(reply, endpoint, 415)


@every(lambda endpoint: endpoint.body is not None)
def test_415_for_a_compressed_body(endpoint: Endpoint, curl: Curl) -> None:
    headers = {"Content-Encoding": "gzip"}
    reply = curl(endpoint.name, path=endpoint.path, json=endpoint.body, headers=headers)
    assert reply.status == 415
    assert reply.headers["accept-encoding"] == "identity"
    assert_shape(reply.json, ERROR)


@every(lambda endpoint: endpoint.takes_json)
@pytest.mark.parametrize(
    "body",
    ["{", '{"a": NaN}', "[" * 5000, '{"a": "\\ud800"}', '{"a": 1, "a": 2}'],
    ids=["cut short", "NaN", "nested deeply", "surrogate", "key twice"],
)
def test_malformed_json(
    endpoint: Endpoint, body: str, curl: Curl, request: pytest.FixtureRequest
) -> None:
    reply = curl(endpoint.name, **options(endpoint, request, data=body))
    assert_fails(reply, endpoint, endpoint.malformed)


@every(lambda endpoint: endpoint.takes_json)
@pytest.mark.parametrize("body", ["null", "[]", ""], ids=["null", "array", "nothing"])
def test_body_that_is_no_object(
    endpoint: Endpoint, body: str, curl: Curl, request: pytest.FixtureRequest
) -> None:
    reply = curl(endpoint.name, **options(endpoint, request, data=body))
    assert_fails(reply, endpoint, endpoint.invalid)


@every(lambda endpoint: endpoint.body is not None)
def test_unknown_field(endpoint: Endpoint, curl: Curl, request: pytest.FixtureRequest) -> None:
    body = {**(endpoint.body or {}), "no_such_field": 1}
    reply = curl(endpoint.name, **options(endpoint, request, json=body))
    assert_fails(reply, endpoint, endpoint.invalid)
    assert endpoint.invalid in endpoint.literals or "no_such_field" in reply.text


@every(lambda endpoint: endpoint.envelope)
def test_envelope_without_an_object(
    endpoint: Endpoint, curl: Curl, request: pytest.FixtureRequest
) -> None:
    envelope = str(endpoint.envelope)
    bodies: list[dict[str, Any]] = [{}, {envelope: None}, {envelope: []}, {envelope: "text"}]
    for body in bodies:
        reply = curl(endpoint.name, **options(endpoint, request, json=body))
        assert_fails(reply, endpoint, endpoint.invalid)
        assert endpoint.invalid in endpoint.literals or envelope in reply.text


@every(lambda endpoint: endpoint.envelope)
def test_unknown_field_in_the_envelope(
    endpoint: Endpoint, curl: Curl, request: pytest.FixtureRequest
) -> None:
    envelope = str(endpoint.envelope)
    body = {envelope: {**(endpoint.body or {})[envelope], "no_such_field": 1}}
    reply = curl(endpoint.name, **options(endpoint, request, json=body))
    assert_fails(reply, endpoint, endpoint.invalid)
    assert endpoint.invalid in endpoint.literals or "no_such_field" in reply.text


@every(lambda endpoint: endpoint.bad_queries)
def test_bad_query(endpoint: Endpoint, curl: Curl, request: pytest.FixtureRequest) -> None:
    for name, value in endpoint.bad_queries:
        reply = curl(endpoint.name, **options(endpoint, request, query={name: value}))
        assert_fails(reply, endpoint, endpoint.invalid)
        assert endpoint.invalid in endpoint.literals or re.search(
            rf"\b{re.escape(name)}\b(?![.]\d)", reply.text
        )


@every(lambda endpoint: True)
def test_unknown_query_parameter(endpoint: Endpoint, curl: Curl) -> None:
    reply = curl(endpoint.name, path=endpoint.path, query={"no_such_parameter": 1})
    assert reply.status == endpoint.invalid
    if endpoint.invalid in endpoint.literals:
        assert reply.json == endpoint.literals[endpoint.invalid]
    else:  # documented as `default` where nothing else is invalid
        assert_shape(reply.json, ERROR)
        assert "no_such_parameter" in reply.text


@pytest.mark.xdist_group("broken server")
@every(lambda endpoint: 500 in endpoint.statuses and endpoint.needs_tables)
def test_500_names_the_request_and_is_logged(
    endpoint: Endpoint, broken_server: Server, request: pytest.FixtureRequest
) -> None:
    call = options(endpoint, request)
    if endpoint.body is not None:
        call["json"] = endpoint.body
    reply = Curl(broken_server.url)(endpoint.name, **call)
    assert_fails(reply, endpoint, 500)
    log = broken_server.log.read_text()
    assert f"failed, request {reply.headers['x-request-id']}\nTraceback" in log
    sent = re.findall(': "([^"]{12,})"', json.dumps(endpoint.body))
    sent = [text for text in sent if not text.isidentifier()]  # columns may be called so
    for secret in (ENVIRONMENT["SECRET_KEY"], call.get("token", "no token"), *sent):
        assert secret not in log + reply.text


@pytest.mark.xdist_group("cut off server")
@every(lambda endpoint: 503 in endpoint.statuses and endpoint.needs_tables)
def test_503_without_the_database(
    endpoint: Endpoint, cut_off_curl: Curl, request: pytest.FixtureRequest
) -> None:
    call = options(endpoint, request)
    if endpoint.body is not None:
        call["json"] = endpoint.body
    reply = cut_off_curl(endpoint.name, **call)
    assert_fails(reply, endpoint, 503)
    assert int(reply.headers["retry-after"]) > 0


@pytest.mark.parametrize("path", ["/no/such/route", "/health/live/"])
def test_404_for_an_unknown_route(path: str, curl: Curl) -> None:
    reply = curl(f"GET {path}")
    assert reply.status == 404
    assert reply.headers.items() >= BROWSER_HEADERS.items()
    assert_shape(reply.json, ERROR)


def test_head_answers_like_get_without_a_body(curl: Curl) -> None:
    reply = curl("HEAD /health/live")
    assert reply.status == 200
    assert reply.headers["content-length"] == str(len('{"status":"ok"}'))
    assert reply.text == ""


@pytest.mark.parametrize(("sent", "kept"), [("my-id_1.2", True), ("not an id", False)])
def test_request_id_is_kept_where_it_is_harmless(sent: str, kept: bool, curl: Curl) -> None:
    reply = curl("GET /health/live", headers={"X-Request-ID": sent})
    assert (reply.headers["x-request-id"] == sent) == kept
