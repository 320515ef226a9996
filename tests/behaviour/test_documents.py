"""Whole backends of documents that say more than the examples: their style, their types and their own tests."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.behaviour.generated import OF_EVERY_CONTRACT, OF_NO_DATABASE, Backend, backend, untraced

DOCUMENTS = Path(__file__).parent / "documents"
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
IN_REDIS = {"caches", "data"}
"""Where processes share something."""
WHERE_IT_DIFFERS = {
    "access_tokens": {"api-keys", "cookies", "second-factor", "tokens-es256", "tokens-rs256"},
    "create_user": {"columns", "roles", "several-roles"},
    "data": {"columns", "data", "order-lines", "owners", "relations", "uploads"},
    "every_endpoint": {"api-keys", "drafts", "envelopes", "limits", "oauth2", "order-lines", "tenants", "uploads"},
    "mail_settings": {"accounts"},
    "plans": {"collections", "indexes", "order-lines", "presets", "relations"},
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


def test_own_tests_pass(
    made: Backend,
    maybe_mariadb: str | None,
    maybe_postgresql: str | None,
    maybe_redis: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = made.folder.parent.name.rstrip("0123456789")
    monkeypatch.setenv("TEST_REDIS_URL", maybe_redis if name in IN_REDIS else "")
    thorough = bool(os.environ.get("BKGEN_EXAMPLES"))
    on_mariadb = maybe_mariadb is not None and (name in ON_MARIADB or name in ON_MARIADB_TOO)
    on_postgresql = maybe_postgresql is not None and (thorough or not on_mariadb or name in ON_MARIADB_TOO)
    on_sqlite = name in BOTH or (thorough and name in MORE) or not (on_postgresql or on_mariadb)
    alike = () if thorough else (file for file, documents in WHERE_IT_DIFFERS.items() if name not in documents)
    left_out = (*OF_EVERY_CONTRACT, *alike)
    for url, is_run in ((maybe_postgresql, on_postgresql), (maybe_mariadb, on_mariadb), ("", on_sqlite)):
        if not is_run:
            continue
        monkeypatch.setenv("TEST_DATABASE_URL", url or "")
        made.check_suite(*(f"--ignore=tests/test_{file}.py" for file in left_out))
        left_out += OF_NO_DATABASE


def test_an_envelope_is_in_the_openapi_document(made: Backend) -> None:
    document = made.openapi()
    bodies = {
        path: json_body["schema"]["$ref"].rpartition("/")[2]
        for path, methods in document["paths"].items()
        for operation in methods.values()
        if (json_body := operation.get("requestBody", {}).get("content", {}).get("application/json"))
    }
    envelopes = {path: name for path, name in bodies.items() if name.endswith("Envelope")}
    if not envelopes:
        pytest.skip("this document has no envelope")
    for name in envelopes.values():
        schema = document["components"]["schemas"][name]
        assert len(schema["properties"]) == 1
        assert schema["required"] == list(schema["properties"])
        assert schema["additionalProperties"] is False
