"""What tests of actions expect of the database afterwards."""

from __future__ import annotations

import ast
import json
from pathlib import Path

from bkgen.pipeline import compile_documents
from bkgen.render.action_tests import action_tests


def lines_of(folder: Path, steps: list[dict[str, object]]) -> list[str]:
    """The lines of the test of an action on `notes` that ends well."""
    columns = [
        {"name": "id", "type": "uuid", "primary": True},
        {"name": "title", "type": "VARCHAR(80)"},
        {"name": "size", "type": "integer", "default": 0},
    ]
    document = {
        "tables": [{"name": "notes", "columns": columns}],
        "endpoints": [
            {
                "method": "POST",
                "path": "/notes/{id}/jot",
                "requestBody": {"title": "string"},
                "do": steps,
                "response": {"204": {}, "404": {}},
            }
        ],
    }
    (folder / "notes.json").write_text(json.dumps(document))
    service, _ = compile_documents([folder])
    assert service is not None
    endpoint = next(one for one in service.endpoints if one.steps)
    good, *_ = action_tests(endpoint, service)
    ast.parse("\n".join(good.lines))
    return list(good.lines)


def test_a_named_value_that_begins_with_a_parenthesis_is_used_whole(tmp_path: Path) -> None:
    steps = [
        {"set": {"words": "trim(body.title + '!')"}},
        {"update": "notes", "where": "row.id == path.id", "set": {"title": "words"}},
    ]
    assert 'assert database.has(Note, id=note["id"], title=("title" + "!").strip())' in lines_of(tmp_path, steps)


def test_another_row_is_made_that_has_to_stay_as_it_is(tmp_path: Path) -> None:
    found = lines_of(tmp_path, [{"update": "notes", "where": "row.id == path.id", "set": {"size": "row.size + 1"}}])
    assert 'assert database.has(Note, id=note["id"], size=note["size"] + 1)' in found
    assert "assert database.is_unchanged(Note, other_note)" in found


def test_a_deleted_row_is_gone_and_no_other_is(tmp_path: Path) -> None:
    found = lines_of(tmp_path, [{"delete": "notes", "where": "row.id == path.id"}])
    assert 'assert not database.has(Note, id=note["id"])' in found
    assert "assert database.is_unchanged(Note, other_note)" in found
