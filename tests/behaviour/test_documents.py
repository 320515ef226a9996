"""Whole backends of documents that say more than the examples: their style, their types and their own tests."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.behaviour.generated import Backend, backend, untraced

DOCUMENTS = Path(__file__).parent / "documents"
BOTH = {"collections", "columns", "data", "relations", "uploads"}
MORE = {"accounts", "api-keys", "audit-trail", "oauth2", "order-lines", "owners", "second-factor"}
"""Where the databases could differ beyond what the examples show on both: BKGEN_EXAMPLES=1 runs MORE on both, too.

The others run on PostgreSQL where it is.
"""
IN_REDIS = {"caches", "data"}
"""Where processes share something."""
WHERE_IT_DIFFERS = {
    "access_tokens": {"api-keys", "cookies", "second-factor", "tokens-es256", "tokens-rs256"},
    "create_user": {"columns", "roles", "several-roles"},
    "every_endpoint": {"api-keys", "drafts", "envelopes", "limits", "oauth2", "order-lines", "tenants", "uploads"},
    "mail_settings": {"accounts"},
    "plans": {"collections", "indexes", "order-lines", "presets", "relations"},
}
"""Tests that are much the same for every contract, and the documents that have something of their own there.

The examples run all of them, and so do documents with BKGEN_EXAMPLES=1.
"""
OF_EVERY_CONTRACT = ("floods", "start")
"""Tests that no contract changes anything for, and that take long: those of the examples are enough."""
OF_NO_DATABASE = (
    "access_tokens",
    "cookies",
    "cors",
    "create_user",
    "every_endpoint",
    "explained",
    "forms",
    "guesses",
    "headers",
    "links",
    "mail_settings",
    "rate_limits",
    "redis_down",
    "service_limit",
    "settings",
    "who_may_what",
)
"""Tests of what is done before or behind the database, or shown by the examples on both: one of two is enough."""


@pytest.fixture(scope="module", params=sorted(path.stem for path in DOCUMENTS.glob("*.json")))
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Backend:
    """The backend of a document, with the tests that stand beside that."""
    document = json.loads((DOCUMENTS / f"{request.param}.json").read_text(encoding="utf-8"))
    made = backend(tmp_path_factory.mktemp(request.param), document)
    own_tests = DOCUMENTS / f"{request.param}.test"
    if own_tests.exists():
        shutil.copyfile(own_tests, made.folder / "tests" / f"test_{request.param}.py")
    return made


def test_code_is_formatted_linted_and_typed(made: Backend) -> None:
    made.check_style()
    made.check_types()


def test_what_is_traced_to_the_documents_is_there(made: Backend) -> None:
    assert untraced(made.folder) == []


def test_own_tests_pass(
    made: Backend, maybe_postgresql: str | None, maybe_redis: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = made.folder.parent.name.rstrip("0123456789")
    monkeypatch.setenv("TEST_REDIS_URL", maybe_redis if name in IN_REDIS else "")
    thorough = bool(os.environ.get("BKGEN_EXAMPLES"))
    is_shown_on_sqlite = name in BOTH or (thorough and name in MORE) or maybe_postgresql is None
    alike = () if thorough else (file for file, documents in WHERE_IT_DIFFERS.items() if name not in documents)
    left_out = (*OF_EVERY_CONTRACT, *alike)
    for url in [*([maybe_postgresql] if maybe_postgresql else []), *([""] if is_shown_on_sqlite else [])]:
        monkeypatch.setenv("TEST_DATABASE_URL", url)
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
