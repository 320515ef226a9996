"""Who has a role within the row that the path names finds that row for sure: there is no 404 to document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bkgen.pipeline import compile_documents
from tests.behaviour.generated import documents

MEMBERSHIPS = Path(__file__).parents[1] / "behaviour" / "documents" / "memberships.json"
ONE = "GET /organisations/{slug}"
LIST = "GET /organisations/{slug}/members"
OTHER = "PATCH /organisations/{slug}/members/{user_id}"


def statuses(folder: Path, policies: dict[str, str] | None) -> dict[str, list[int]]:
    """What each endpoint can answer with, where organisations have these policies."""
    document: dict[str, Any] = json.loads(MEMBERSHIPS.read_text(encoding="utf-8"))
    if policies is not None:
        table = next(table for table in document["tables"] if table["name"] == "organisations")
        table["policies"] = policies
    service, diagnostics = compile_documents(documents(folder, document))
    assert service is not None, list(diagnostics)
    return {
        f"{endpoint.method} {endpoint.path}": [response.status for response in endpoint.responses]
        for endpoint in service.endpoints
    }


@pytest.mark.parametrize(
    "policies", [None, {"read": "actor.is('reader', row)", "update": "actor.is('owner', row)"}], ids=["all", "members"]
)
def test_no_404_where_a_role_says_that_the_row_is_there(policies: dict[str, str] | None, tmp_path: Path) -> None:
    found = statuses(tmp_path, policies)
    assert 404 not in found[ONE]
    assert 404 not in found[LIST]


def test_404_where_a_policy_may_hide_the_row_from_its_members(tmp_path: Path) -> None:
    found = statuses(tmp_path, {"read": "actor.is('owner', row)", "update": "actor.is('owner', row)"})
    assert 404 in found[ONE]
    assert 404 in found[LIST]


def test_404_where_the_path_names_another_row_below(tmp_path: Path) -> None:
    assert 404 in statuses(tmp_path, None)[OTHER]
