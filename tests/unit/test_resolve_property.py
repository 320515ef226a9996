"""Any documents of the right structure give diagnostics, or a service whose names Python and the database can have."""

from __future__ import annotations

import json
import keyword
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bkgen.diagnostics import Diagnostics
from bkgen.load import load
from bkgen.model.endpoints import Endpoint
from bkgen.model.service import Service
from bkgen.model.shapes import Array, Object, Shape
from bkgen.resolve import resolve
from bkgen.validate import structure

USABLE = [
    "class", "id", "type", "metadata", "registry", "None", "order", "user", "group", "columns", "app", "models",
    "schema", "json", "copy", "model_config", "date", "int", "self", "body", "first-name", "firstName", "$",
    "naïve", "日本", "_", "__init__", "2fa", "import", "auth", "health", "items", "data", "status", "Post",
    "created_at", "first name", "select",
]  # fmt: skip
HOSTILE = [
    "{{ x }}",
    "{% raw %}",
    "a'b",
    'a"b',
    "a\\b",
    "a\nb",
    "`id`",
    "$(id)",
    "%s",
    "../x",
    "\u202e",
    "A" * 64,
    "sqlite_x",
]
USABLE_NAMES = st.sampled_from(USABLE)
NAMES = st.one_of(*[USABLE_NAMES] * 20, st.sampled_from(HOSTILE), st.text(min_size=1, max_size=12))
TYPES = st.sampled_from(
    [
        "string",
        "VARCHAR(20)",
        "integer",
        "uuid",
        "boolean",
        "date",
        "datetime",
        "json",
        "NUMERIC(8,2)",
        "a | b",
        "email?",
    ]
)


@st.composite
def tables(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["uuid", "integer", "string"]))
    columns: list[dict[str, Any]] = [{"name": draw(NAMES), "type": kind, "primary": True}]
    for name in draw(st.lists(NAMES, max_size=4)):
        columns.append({"name": name, "type": draw(TYPES), "unique": draw(st.booleans())})
    return {"name": draw(NAMES), "columns": columns}


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    found = draw(st.lists(tables(), min_size=1, max_size=3))
    for table in found[1:]:
        if draw(st.booleans()):
            target = found[0]
            reference = {"table": target["name"], "column": target["columns"][0]["name"]}
            kind = target["columns"][0]["type"]
            table["columns"].append({"name": draw(NAMES), "type": kind, "references": reference})
    endpoints: list[dict[str, Any]] = []
    for number, table in enumerate(found):
        path, about = f"/t{number}", {"table": table["name"]}
        item = f"{path}/{{id}}"
        endpoints += [
            {"method": "GET", "path": path, "operation": "list", "response": {"200": ["object"]}, **about},
            {"method": "POST", "path": path, "operation": "create", "response": {"201": "object"}, **about},
            {
                "method": "GET",
                "path": item,
                "operation": "read",
                "response": {"404": {"a": f"{draw(NAMES)} !"}},
                **about,
            },
            {
                "method": "PATCH",
                "path": item,
                "operation": "update",
                "response": {"200": {draw(NAMES): "object"}},
                **about,
            },
            {"method": "DELETE", "path": item, "operation": "delete", "response": {"204": {}}, **about},
        ]
    return {"tables": found, "endpoints": draw(st.lists(st.sampled_from(endpoints), unique_by=json.dumps))}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("documents") / "api.json"


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(document=documents())
def test_names_are_usable_or_refused(file: Path, document: dict[str, Any]) -> None:
    file.write_text(json.dumps(document), encoding="utf-8")
    diagnostics = Diagnostics()
    read = load([file], diagnostics)
    structure(read, diagnostics)
    service = None if diagnostics.has_errors else resolve(read, diagnostics)
    assert (service is None) is diagnostics.has_errors
    if service is not None:
        check(service)


def check(service: Service) -> None:
    for table in service.tables:
        assert_distinct([column.attribute for column in table.columns])
        assert_distinct([column.name.casefold() for column in table.columns], identifiers=False)
    assert_distinct([table.class_name for table in service.tables])
    assert_distinct([table.module.casefold() for table in service.tables])
    assert_distinct([table.package.casefold() for table in service.tables])
    assert_distinct([endpoint.name for endpoint in service.endpoints])
    known = {table.name: place for place, table in enumerate(service.tables)}
    assert sorted(service.insert_order) == sorted(known)
    for endpoint in service.endpoints:
        check_endpoint(endpoint)


def check_endpoint(endpoint: Endpoint) -> None:
    parameters = [parameter.attribute for parameter in endpoint.path_parameters]
    assert_distinct(parameters + [query.attribute for query in endpoint.query])
    for shape in (endpoint.body, endpoint.success.body):
        for one in objects(shape):
            assert_distinct([field.attribute for field in one.fields])
            assert_distinct([one.name])


def objects(shape: Shape | None) -> Iterator[Object]:
    if isinstance(shape, Object):
        yield shape
        for field in shape.fields:
            yield from objects(field.shape)
    elif isinstance(shape, Array):
        yield from objects(shape.items)


def assert_distinct(names: list[str], identifiers: bool = True) -> None:
    assert len(set(names)) == len(names)
    assert not identifiers or all(name.isidentifier() and not keyword.iskeyword(name) for name in names)
