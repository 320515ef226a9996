"""The schemas are valid, an editor's validator agrees with bkgen's, and no document ends in a traceback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from bkgen.assets import folder
from bkgen.diagnostics import Diagnostics
from bkgen.load import load
from bkgen.load.documents import Documents
from bkgen.load.read_json import read_json
from bkgen.model.endpoints import Operation
from bkgen.model.tables import OnDelete
from bkgen.report import FORMATS, report
from bkgen.resolve.api_keys import API_KEY_OPERATIONS
from bkgen.source import SourceFile
from bkgen.validate import structure
from bkgen.validate.checker import KEYWORDS, check
from bkgen.validate.schemas import schema

KINDS = ("endpoint", "table", "service")
SCHEMAS: dict[str, dict[str, Any]] = {
    path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder("specs").glob("*.schema.json"))
}
REGISTRY: Registry[Any] = Registry().with_resources((name, Resource.from_contents(it)) for name, it in SCHEMAS.items())
VALIDATORS = {name: Draft202012Validator(rules, registry=REGISTRY) for name, rules in SCHEMAS.items()}

_ENDPOINT = {"method": "GET", "path": "/users", "response": {"200": {"id": "uuid"}}}
_TABLE = {"name": "users", "columns": [{"name": "id", "type": "uuid", "primary": True}]}

_KEYS = sorted(
    {key for name in KINDS for key in (*schema(name)["properties"], "x", "200", "99", "table", "column", "columns")}
)
_WORDS = st.sampled_from(
    [
        "GET",
        "get",
        "/a/:id",
        "users",
        "",
        "users.id",
        "uuid",
        "CASCADE",
        "Bearer",
        "no one",
        "VARCHAR(9) NOT NULL",
        "5/minute",
        "id",
    ]
)
_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 1000) | st.floats(-3, 3) | _WORDS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(_KEYS) | st.text(max_size=3), inner, max_size=4),
    max_leaves=15,
)


def _valid(rules: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that a schema takes, and now and then one that it does not."""
    choices: list[st.SearchStrategy[Any]] = [st.sampled_from(rules["examples"])] if "examples" in rules else []
    if "enum" in rules:
        choices.append(st.sampled_from(rules["enum"]))
    if "properties" in rules:
        inner = {key: _valid(value) for key, value in rules["properties"].items() if not key.startswith("$")}
        needed = {key: inner.pop(key) for key in rules.get("required", ())}
        choices.append(st.fixed_dictionaries(needed, optional=inner))
    if isinstance(items := rules.get("items"), dict):
        choices.append(st.lists(_valid(items), max_size=2))
    return st.one_of(*choices, _ANYTHING) if choices else _ANYTHING


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_valid(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize("kind", KINDS)
def test_the_checker_knows_every_keyword(kind: str) -> None:
    assert set(_keywords(schema(kind))) <= KEYWORDS


@pytest.mark.parametrize("kind", KINDS)
def test_examples_are_as_their_schemas_say(kind: str) -> None:
    for rules in _subschemas(schema(kind)):
        for example in rules.get("examples", ()):
            assert Draft202012Validator(rules).is_valid(example), (example, rules)


@pytest.mark.parametrize("kind", KINDS)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_the_checker_agrees_with_jsonschema(kind: str, data: st.DataObject) -> None:
    value = data.draw(_valid(schema(kind)))
    diagnostics = Diagnostics()
    node = read_json(SourceFile(Path("a.json"), "a.json", json.dumps(value)), diagnostics)
    if node is None or len(diagnostics):
        return  # a string that no document may hold
    check(node, schema(kind), kind, diagnostics)
    assert (len(diagnostics) == 0) == VALIDATORS[f"{kind}.schema.json"].is_valid(value), [str(it) for it in diagnostics]


@pytest.mark.parametrize(
    "document",
    [
        _ENDPOINT,
        _ENDPOINT | {"$schema": "document.schema.json"},
        [_ENDPOINT],
        {"endpoints": [_ENDPOINT], "tables": [_TABLE], "service": {"name": "Shop"}},
        {"$schema": "document.schema.json", "tables": [_TABLE]},
        {"context": {"api_endpoints": [_ENDPOINT], "database_schema": {"tables": [_TABLE]}}},
    ],
)
def test_editors_and_bkgen_accept_documents(tmp_path: Path, document: Any) -> None:
    assert VALIDATORS["document.schema.json"].is_valid(document)
    assert not _findings(tmp_path, document)


@pytest.mark.parametrize(
    "document",
    [{}, {"endpoints": {}}, [5], {"method": "GET"}, {"tables": [{"name": "a"}]}, {"name": "x"}, _ENDPOINT | {"x": 1}],
)
def test_editors_and_bkgen_refuse_documents(tmp_path: Path, document: Any) -> None:
    assert not VALIDATORS["document.schema.json"].is_valid(document)
    assert _findings(tmp_path, document)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(document=_ANYTHING | st.dictionaries(st.sampled_from(["endpoints", "tables", "service", "context"]), _ANYTHING))
def test_no_document_ends_in_a_traceback(tmp_path: Path, document: Any) -> None:
    (tmp_path / "document.json").write_text(json.dumps(document), encoding="utf-8")
    diagnostics = Diagnostics()
    structure(load([tmp_path], diagnostics), diagnostics)
    for form in FORMATS:
        report(diagnostics, form)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode), suffix=st.sampled_from(["json", "yaml"])
)
def test_no_file_ends_in_a_traceback(tmp_path: Path, content: bytes, suffix: str) -> None:
    path = tmp_path / f"document.{suffix}"
    path.write_bytes(content)
    diagnostics = Diagnostics()
    structure(load([path], diagnostics), diagnostics)
    report(diagnostics)


def test_nothing_is_found_in_nothing() -> None:
    diagnostics = Diagnostics()
    structure(Documents((), (), (), (), None, ()), diagnostics)
    assert len(diagnostics) == 0


def _findings(directory: Path, document: Any) -> list[str]:
    (directory / "document.json").write_text(json.dumps(document), encoding="utf-8")
    diagnostics = Diagnostics()
    structure(load([directory], diagnostics), diagnostics)
    return [found.code for found in diagnostics]


def _subschemas(rules: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield rules
    for key in ("items", "additionalProperties", "propertyNames"):
        if isinstance(inner := rules.get(key), dict):
            yield from _subschemas(inner)
    for inner in rules.get("properties", {}).values():
        yield from _subschemas(inner)


def _keywords(rules: dict[str, Any]) -> Iterator[str]:
    for inner in _subschemas(rules):
        yield from inner


def test_schemas_offer_what_the_model_knows() -> None:
    by_word = [one for one in Operation if one not in (Operation.ACTION, Operation.HANDLER)]  # `do`, `handler`
    assert schema("endpoint")["properties"]["operation"]["enum"] == [*by_word, *API_KEY_OPERATIONS]
    column = schema("table")["properties"]["columns"]["items"]["properties"]
    assert set(column["onDelete"]["enum"]) == set(OnDelete)
