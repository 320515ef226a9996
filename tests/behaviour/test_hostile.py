"""Names and texts that are made to break generated code: each works end to end, or is refused by a diagnostic."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import hostile_documents as hostile
import pytest

from bkgen.assets import folder
from bkgen.pipeline import compile_documents
from bkgen.render import render
from bkgen.report import report
from bkgen.resolve import names
from tests.behaviour.generated import OF_EVERY_CONTRACT, WITHOUT_WHAT_IS_ALIKE, Backend, backend, codes, generate

# All names, and the whole suite of their backend, rejected input included: minutes instead of seconds.
ALL = os.environ.get("BKGEN_HOSTILE") == "all"


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Backend:
    return backend(tmp_path_factory.mktemp("names"), hostile.names_in_one_backend(ALL))


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Backend:
    return backend(tmp_path_factory.mktemp("texts"), hostile.texts_everywhere())


def test_texts_stay_texts_for_every_tool(texts: Backend) -> None:
    texts.check_compiles()
    texts.check_style()
    texts.check_types()
    texts.check_migrates()


def test_texts_are_answered_as_they_were_written(texts: Backend) -> None:
    texts.check_suite(*WITHOUT_WHAT_IS_ALIKE)


def test_descriptions_are_told_as_they_were_written(texts: Backend) -> None:
    told = texts.openapi()
    written = {text.strip() for text in hostile.TEXTS}
    assert told["info"]["description"] == hostile.EVERY_TEXT
    operations = [operation for path in told["paths"].values() for operation in path.values()]
    assert written <= {operation.get("description") for operation in operations}
    note = told["components"]["schemas"]["Note"]
    assert written == {field["description"] for field in note["properties"].values() if "description" in field}
    sentence = "A row of `notes`, as clients see it."
    assert note["description"].split() == [*sentence.split(), *hostile.EVERY_TEXT.split()]


def test_descriptions_change_nothing_in_a_readme(texts: Backend) -> None:
    lines = texts.files["README.md"].splitlines()
    described = [line for line in lines if line.startswith("| `notes")]
    assert len(described) == 1 + len(hostile.TEXTS)
    for line in [*described, *(line for line in lines if line.startswith("| `DELETE"))]:
        shown = re.sub(r"`[^`\\]*`", "", line)  # code
        shown = re.sub(r"\\[!-/:-@\[-`{-~]", "", shown)
        assert not re.search(r"[\\`*_{}\[\]<>#&]", shown), line


def test_names_hide_nothing_from_any_tool(named: Backend) -> None:
    named.check_compiles()
    named.check_style()
    named.check_types()
    named.check_migrates()


def test_names_hide_nothing_in_the_running_backend(named: Backend) -> None:
    named.check_suite(*(() if ALL else ("-k", "_20")))


def test_columns_of_few_values_run_out_of_them_in_no_test(tmp_path: Path) -> None:
    few = backend(tmp_path, hostile.tables_of_few_rows())
    few.check_style()
    few.check_types()
    few.check_suite("--ignore", "tests/test_every_endpoint.py", *WITHOUT_WHAT_IS_ALIKE)


def test_accounts_of_few_values_run_out_of_them_in_no_test(tmp_path: Path) -> None:
    few = backend(tmp_path, hostile.accounts_of_few_rows())
    few.check_style()
    few.check_types()
    few.check_suite(*(f"--ignore=tests/test_{name}.py" for name in ("database", *OF_EVERY_CONTRACT)))


BESIDE_CLASSES = (
    "app/auth/queries.py",
    "app/create_user.py",
    "app/models/__init__.py",
    "app/models/model.py",
    "app/package/queries.py",
    "tests/auth/test_auth.py",
    "tests/package/test_package.py",
    "tests/rows.py",
)
ADDED = ("AuthSession",)  # a model itself: a table of that name is told apart before (BK324)


@pytest.mark.parametrize("template", BESIDE_CLASSES)
def test_no_model_is_called_like_what_stands_beside_it(template: str) -> None:
    for name in imported(template):
        if name[0].isupper() and not name.isupper() and name not in ADDED:
            assert names.class_name(name) != name, name


def test_no_parameter_is_called_like_what_the_queries_import() -> None:
    for name in imported("app/package/queries.py"):
        assert names.parameter(name) != name or not name.islower(), name


def imported(template: str) -> list[str]:
    """The names that a template imports or defines, but for those that it takes from the documents."""
    text = (folder("templates") / "project" / f"{template}.jinja").read_text(encoding="utf-8")
    lines = re.findall(r"^(?:from \S+ )?import (.+)$", text, re.MULTILINE)
    found = [name for line in lines for name in re.findall(r"\b\w+\b", re.sub(r"{.*?}}|{%.*?%}", "", line))]
    return [*found, *re.findall(r"^class (\w+)\b", text, re.MULTILINE)]


UNPRINTABLE = {
    "NUL": "a\0b",
    "right-to-left override": "a\u202eb",
    "escape": "a\x1b[31mb",
    "line separator": "a\u2028b",
}
PLACES: dict[str, Any] = {
    "table": lambda text: {"tables": [{"name": text, "columns": [hostile.id_column()]}]},
    "column": lambda text: {
        "tables": [{"name": "notes", "columns": [hostile.id_column(), {"name": text, "type": "text"}]}]
    },
    "enum": lambda text: with_column({"type": "string", "enum": [text, "b"]}),
    "default": lambda text: with_column({"type": "string", "default": text}),
    "pattern": lambda text: with_column({"type": {"type": "string", "pattern": text}}),
    "summary": lambda text: with_endpoint({"summary": text}),
    "literal": lambda text: with_endpoint({"response": {"204": {}, "404": {"error": f"{text} !"}}}),
    "key of a literal": lambda text: with_endpoint({"response": {"204": {}, "404": {text: "not found"}}}),
    "description of an endpoint": lambda text: with_endpoint({"description": text}),
    "description of a table": lambda text: {
        "tables": [{"name": "notes", "description": text, "columns": [hostile.id_column()]}]
    },
    "description of a column": lambda text: with_column({"type": "text", "description": text}),
    "description of a service": lambda text: with_endpoint({}) | {"service": {"description": text}},
    "service": lambda text: with_endpoint({}) | {"service": {"name": text}},
    "error body": lambda text: with_endpoint({}) | {"service": {"errors": {"body": {text: "{message}"}}}},
    "path": lambda text: with_endpoint({"path": f"/notes/{text}/{{id}}"}),
    "path parameter": lambda text: with_endpoint({"path": f"/notes/{{{text}}}"}),
    "rate limit": lambda text: with_endpoint({"rateLimit": f"5 per minute {text}"}),
    "role": lambda text: with_endpoint({"auth": text}),
    "origin": lambda text: with_endpoint({}) | {"service": {"cors": [f"https://{text}"]}},
}


def with_column(column: dict[str, Any]) -> dict[str, Any]:
    return {"tables": [{"name": "notes", "columns": [hostile.id_column(), {"name": "value", **column}]}]}


def with_endpoint(changes: dict[str, Any]) -> dict[str, Any]:
    endpoint = {"method": "DELETE", "path": "/notes/{id}", "operation": "delete", "table": "notes"}
    return with_column({"type": "text"}) | {"endpoints": [{**endpoint, "response": {"204": {}}, **changes}]}


@pytest.mark.parametrize("text", UNPRINTABLE.values(), ids=UNPRINTABLE)
@pytest.mark.parametrize("place", PLACES)
def test_what_cannot_be_seen_is_refused_everywhere(tmp_path: Path, place: str, text: str) -> None:
    made, diagnostics = generate(tmp_path, PLACES[place](text))
    assert made is None
    assert text not in report(diagnostics)


@pytest.mark.parametrize(
    ("type_", "default"),
    [
        ("NUMERIC(1000,999)", 1),
        ("NUMERIC(38,1)", "1e999999"),
        ("NUMERIC(8,2)", "1e-999999"),
        ("integer", "1e999999999"),
        ("number", "1e999"),
        ("time", "10:00:00+02:00"),
        ("datetime", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_values_that_no_machine_has_are_refused(tmp_path: Path, type_: str, default: object) -> None:
    made, diagnostics = generate(tmp_path, with_column({"type": type_, "default": default}))
    assert made is None
    assert codes(diagnostics)


@pytest.mark.parametrize("scheme", ["", "Bear er", "Bearer\n", 'Bearer"', "日本", "B" * 300])
def test_authorization_schemes_that_no_header_has_are_refused(tmp_path: Path, scheme: str) -> None:
    made, diagnostics = generate(tmp_path, with_endpoint({}) | {"service": {"auth": {"scheme": scheme}}})
    assert made is None
    assert codes(diagnostics)


@pytest.mark.parametrize("limit", ["9" * 5000 + " per minute", "5 per " + "9" * 5000 + " minutes", "0 per hour"])
def test_rate_limits_without_end_are_refused(tmp_path: Path, limit: str) -> None:
    made, diagnostics = generate(tmp_path, with_endpoint({"rateLimit": limit}))
    assert made is None
    assert {code for code, _ in codes(diagnostics)} == {"BK411"}


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..", "a/b", "a\\b", "C:", "/etc", "~", ".", "~root", "a;b", "a'b"]
)
def test_tables_cannot_be_called_like_paths_or_statements(tmp_path: Path, name: str) -> None:
    made, diagnostics = generate(tmp_path, PLACES["table"](name))
    assert made is None
    assert {code for code, _ in codes(diagnostics)} == {"BK304"}


@pytest.mark.parametrize(
    "path", ["/../notes/{id}", "/notes/./{id}", "//notes/{id}", "/no tes/{id}", "/notes/%2e%2e/{id}"]
)
def test_paths_that_mean_other_paths_are_refused(tmp_path: Path, path: str) -> None:
    made, diagnostics = generate(tmp_path, with_endpoint({"path": path}))
    assert made is None
    assert {code for code, _ in codes(diagnostics)} == {"BK401"}


@pytest.mark.parametrize(
    "name", ['a"""b.json', "a{{ b }}.json", "a -- b.json", "a\u202eb.json", "a\nimport os\n.json", "--> <b>.json"]
)
def test_file_names_of_documents_end_no_comment(tmp_path: Path, name: str) -> None:
    from_file = Path(tmp_path, name)
    from_file.write_text(json.dumps(with_endpoint({})), encoding="utf-8")
    service, diagnostics = compile_documents([from_file])
    if service is None:
        assert codes(diagnostics)
        return
    made = Backend(tmp_path / "backend", render(service))
    made.check_compiles()
    for path, text in made.files.items():
        if not path.endswith(".json"):
            assert "import os\n" not in text.split("\n\n")[0]
            assert "\u202e" not in text
            assert text.count("-->") <= 1
