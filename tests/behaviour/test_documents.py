"""Whole backends of documents that say more than the examples: their style, their types and their own tests."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.behaviour.generated import OF_EVERY_CONTRACT, OF_NO_DATABASE, Backend, backend, untraced

DOCUMENTS = Path(__file__).parent / "documents"
THOROUGH = bool(os.environ.get("BKGEN_EXAMPLES"))
BOTH = {"collections", "columns", "data"}
MORE = {
    *("accounts", "api-keys", "audit-trail", "oauth2", "order-lines", "owners", "relations", "second-factor"),
    "uploads",
}
"""Where the databases could differ beyond what the examples show on both: BKGEN_EXAMPLES=1 runs MORE on both, too.

The others run on PostgreSQL where it is.
"""
ON_MARIADB = {
    *(
        "albums",
        "articles",
        "chinook",
        "conduit-users",
        "counters",
        "drafts",
        "guesses",
        "input",
        "limits",
        "memberships",
        "northwind",
        "notes",
    ),
    *("own-account", "password-grant", "permissions", "roles", "several-roles", "tenants"),
}
"""Where nothing is special about a server, so that it is MariaDB. BKGEN_EXAMPLES=1 runs these on PostgreSQL, too."""
ON_MARIADB_TOO = {"caches", "columns", "data", "groups", "queues", "versions"}
SEVERAL = BOTH | ON_MARIADB_TOO | ((MORE | ON_MARIADB) if THOROUGH else set())
IN_REDIS = {"caches", "data"}
"""Where processes share something."""
WHERE_IT_DIFFERS = {
    "access_tokens": {"api-keys", "cookies", "second-factor", "tokens-es256", "tokens-rs256"},
    "create_user": {"columns", "roles", "several-roles"},
    "database": {"caches", "collections", "versions"},
    "data": {"columns", "data", "order-lines", "owners", "relations", "uploads"},
    "every_endpoint": {"api-keys", "drafts", "envelopes", "limits", "oauth2", "order-lines", "tenants", "uploads"},
    "mail_settings": {"accounts"},
    "plans": {"bounds", "collections", "corners", "indexes", "order-lines", "presets", "relations"},
}
"""Tests that are much the same for every contract, and the documents that have something of their own there.

The examples run all of them, and so do documents with BKGEN_EXAMPLES=1.
"""


@pytest.fixture(scope="module", params=sorted(path.stem for path in DOCUMENTS.glob("*.json")))
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Backend:
    """The backend of a document, with the tests that stand beside that."""
    document = json.loads((DOCUMENTS / f"{request.param}.json").read_text(encoding="utf-8"))
    made = backend(tmp_path_factory.mktemp(request.param), document)
    for own_tests in DOCUMENTS.glob(f"{request.param}.*test"):
        name = own_tests.stem.removeprefix(f"{request.param}.")
        shutil.copyfile(own_tests, made.folder / "tests" / f"test_{name}.py")
    return made


def test_code_is_formatted_linted_and_typed(made: Backend) -> None:
    made.check_style()
    made.check_types()


def test_what_is_traced_to_the_documents_is_there(made: Backend) -> None:
    assert untraced(made.folder) == []


def test_own_tests_pass(made: Backend, places: list[str]) -> None:
    _check_suite(made, places[0])


@pytest.mark.parametrize("made", sorted(SEVERAL), indirect=True)
@pytest.mark.parametrize("further", [1, 2])
def test_own_tests_pass_on_a_further_database(made: Backend, places: list[str], further: int) -> None:
    if further >= len(places):
        pytest.skip("it has run on all databases that are there and are for this document")
    _check_suite(made, places[further], *OF_NO_DATABASE)


@pytest.fixture
def places(
    made: Backend,
    maybe_mariadb: str | None,
    maybe_postgresql: str | None,
    maybe_redis: str,
    monkeypatch: pytest.MonkeyPatch,
) -> list[str]:
    """The URLs of the databases that a document's tests run on; an empty one is SQLite."""
    name = _name(made)
    monkeypatch.setenv("TEST_REDIS_URL", maybe_redis if name in IN_REDIS else "")
    on_mariadb = maybe_mariadb is not None and (name in ON_MARIADB or name in ON_MARIADB_TOO)
    on_postgresql = maybe_postgresql is not None and (THOROUGH or not on_mariadb or name in ON_MARIADB_TOO)
    on_sqlite = name in BOTH or (THOROUGH and name in MORE) or not (on_postgresql or on_mariadb)
    choices = ((maybe_postgresql, on_postgresql), (maybe_mariadb, on_mariadb), ("", on_sqlite))
    return [url or "" for url, is_run in choices if is_run]


def _name(made: Backend) -> str:
    return made.folder.parent.name.rstrip("0123456789")


def _check_suite(made: Backend, database: str, *left_out: str) -> None:
    alike = () if THOROUGH else (file for file, documents in WHERE_IT_DIFFERS.items() if _name(made) not in documents)
    ignored = [f"--ignore=tests/test_{file}.py" for file in (*OF_EVERY_CONTRACT, *alike, *left_out)]
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TEST_DATABASE_URL", database)
        made.check_suite(*ignored)


@pytest.mark.parametrize("made", ["conduit-users", "envelopes"], indirect=True)
def test_an_envelope_is_in_the_openapi_document(made: Backend) -> None:
    document = made.openapi()
    bodies = {
        path: json_body["schema"]["$ref"].rpartition("/")[2]
        for path, methods in document["paths"].items()
        for operation in methods.values()
        if (json_body := operation.get("requestBody", {}).get("content", {}).get("application/json"))
    }
    envelopes = {path: name for path, name in bodies.items() if name.endswith("Envelope")}
    assert envelopes
    for name in envelopes.values():
        schema = document["components"]["schemas"][name]
        assert len(schema["properties"]) == 1
        assert schema["required"] == list(schema["properties"])
        assert schema["additionalProperties"] is False
