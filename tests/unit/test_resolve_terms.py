"""What policies ask of the rows of steps: no more than does not follow from the rest, and no less."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bkgen.model.actions import Delete, Step, Update, every
from bkgen.pipeline import compile_documents
from tests.behaviour.generated import documents

USERS: dict[str, Any] = {
    "name": "users",
    "columns": [
        {"name": "id", "type": "uuid", "primary": True},
        {"name": "email", "type": "email", "unique": True},
    ],
}
LOGIN = {"method": "POST", "path": "/login", "response": {"200": {"token": "string"}}}
OWN = "row.owner_id == actor.id"
OWN_OR_EDITED = "row.owner_id == actor.id || row.editor_id == actor.id"


def steps(folder: Path, do: list[dict[str, Any]], policies: dict[str, str], **column: Any) -> list[Step]:
    """The steps of an action on texts, which have an owner, an editor, and a `state` that may say more."""
    texts = {
        "name": "texts",
        "columns": [
            {"name": "id", "type": "uuid", "primary": True},
            {"name": "owner_id", "type": "uuid", "references": "users", "inverse": "texts"},
            {"name": "editor_id", "type": "uuid", "references": "users", "inverse": "edited"},
            {"name": "state", "type": "open | closed", "default": "open", **column},
        ],
        "policies": policies,
    }
    path = "/texts/{id}/act"
    act = {"method": "POST", "path": path, "auth": True, "do": do, "response": {"204": {}}}
    document = {"tables": [USERS, texts], "endpoints": [LOGIN, act]}
    service, diagnostics = compile_documents(documents(folder, document))
    assert service is not None, list(diagnostics)
    return list(every(next(endpoint for endpoint in service.endpoints if endpoint.path == path).steps))


def test_a_row_that_was_written_may_be_one_that_can_be_read_no_more(tmp_path: Path) -> None:
    handed_over = {"update": "texts", "where": "row.id == path.id", "set": {"owner_id": "row.editor_id"}, "as": "text"}
    policies = {"read": OWN, "delete": OWN, "update": OWN_OR_EDITED}
    *_, last = steps(tmp_path, [handed_over, {"delete": "texts", "where": "row.id == text.id"}], policies)
    assert isinstance(last, Delete)
    assert last.terms.allowed is not None
    assert last.terms.allowed.text == OWN


def test_a_policy_that_says_what_another_says_is_asked_once(tmp_path: Path) -> None:
    delete = [{"delete": "texts", "where": "row.id == path.id"}]
    (step,) = steps(tmp_path, delete, {"read": OWN, "delete": OWN_OR_EDITED})
    assert isinstance(step, Delete)
    assert step.terms.visible is not None
    assert step.terms.allowed is None
    assert not step.terms.covered


def test_who_may_change_the_state_is_asked_no_policy_that_says_less(tmp_path: Path) -> None:
    close = [{"update": "texts", "where": "row.id == path.id", "set": {"state": "'closed'"}}]
    states = [{"name": "close", "from": "open", "to": "closed", "by": OWN}]
    (step,) = steps(tmp_path, close, {"read": OWN_OR_EDITED, "update": OWN_OR_EDITED}, states=states)
    assert isinstance(step, Update)
    assert step.terms.allowed is None
    assert step.terms.covered
    assert step.terms.by is not None


def test_a_row_that_a_loop_wrote_is_not_the_one_of_that_name_behind_it(tmp_path: Path) -> None:
    do = [
        {"load": "users", "where": "row.id == actor.id", "as": "me"},
        {
            "each": "me.texts",
            "as": "one",
            "do": [{"update": "texts", "where": "row.id == one.id", "set": {"state": "'open'"}, "as": "text"}],
        },
        {"load": "texts", "where": "row.id == path.id", "as": "text", "policies": False},
        {"update": "texts", "where": "row.id == text.id", "set": {"state": "'closed'"}},
    ]
    *_, last = steps(tmp_path, do, {"read": OWN, "update": OWN})
    assert isinstance(last, Update)
    assert last.terms.visible is not None
