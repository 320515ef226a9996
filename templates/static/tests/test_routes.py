"""The table of routes finds every endpoint, and nothing else."""

import pytest
from starlette.routing import Match

from app.main import app
from app.routes import RouteTable
from tests.endpoint import Endpoint
from tests.endpoints import ENDPOINTS

TABLE = app.router.routes[0]


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
def test_an_endpoint_is_found_by_the_segments_of_its_path(endpoint: Endpoint) -> None:
    method, path = endpoint.name.split(" ")
    assert isinstance(TABLE, RouteTable)
    for prefix in ("", "/behind/a/proxy"):
        called = prefix + path.format_map(endpoint.path)
        scope = {"type": "http", "method": method, "path": called, "root_path": prefix}
        match, found = TABLE.matches(scope)
        assert match is Match.FULL
        assert found["route"].operation_id == endpoint.operation
        assert TABLE.path_format == path  # as telemetry has it
        assert found["path_params"] == {name: str(value) for name, value in endpoint.path.items()}


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
def test_other_paths_and_methods_are_left_to_fastapi(endpoint: Endpoint) -> None:
    method, path = endpoint.name.split(" ")
    called = path.format_map(dict.fromkeys(endpoint.path, ""))
    for other in (f"{called}/", f"/{called}", f"{called}//no/such/path"):
        assert TABLE.matches({"type": "http", "method": method, "path": other})[0] is Match.NONE
    assert TABLE.matches({"type": "http", "method": "BREW", "path": path})[0] is Match.NONE


def test_documentation_is_found_whatever_parameters_a_path_begins_with() -> None:
    found = TABLE.matches({"type": "http", "method": "GET", "path": "/openapi.json"})[1]
    assert found["route"].name == "openapi"


def test_what_is_no_request_is_left_to_fastapi() -> None:
    assert TABLE.matches({"type": "websocket", "path": "/"})[0] is Match.NONE


def test_routes_are_asked_for_their_urls_as_before() -> None:
    assert app.url_path_for("openapi") == "/openapi.json"
