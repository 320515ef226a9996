"""Rows that tests of actions make, where one refers to another."""

from __future__ import annotations

import json
from pathlib import Path

from bkgen.pipeline import compile_documents
from bkgen.render.action_tests import action_tests


def test_a_row_that_another_one_refers_to_by_two_columns_is_made_once(tmp_path: Path) -> None:
    copies = [{"name": "shelf", "type": "integer"}, {"name": "number", "type": "integer"}]
    loans = [
        {"name": "id", "type": "uuid", "primary": True},
        {"name": "shelf", "type": "integer"},
        {"name": "copy_number", "type": "integer"},
        {"name": "open", "type": "boolean", "default": True},
    ]
    reference = {"columns": ["shelf", "copy_number"], "table": "copies"}
    is_copy = "row.shelf == loan.shelf && row.number == loan.copy_number && row.status == 'out'"
    document = {
        "tables": [
            {
                "name": "copies",
                "columns": [*copies, {"name": "status", "type": "in | out", "default": "in"}],
                "primaryKey": ["shelf", "number"],
            },
            {"name": "loans", "columns": loans, "references": [reference]},
        ],
        "endpoints": [
            {
                "method": "POST",
                "path": "/loans/{id}/return",
                "response": {"204": {}},
                "do": [
                    {"update": "loans", "where": "row.id == path.id", "set": {"open": "false"}, "as": "loan"},
                    {"update": "copies", "where": is_copy, "set": {"status": "'in'"}},
                ],
            }
        ],
    }
    (tmp_path / "loans.json").write_text(json.dumps(document))
    service, _ = compile_documents([tmp_path])
    assert service is not None
    good, *_ = action_tests(next(one for one in service.endpoints if one.steps), service)
    assert [line for line in good.lines if line.startswith(("copy =", "loan ="))] == [
        'copy = rows.copy(status="out")',
        'loan = rows.loan(shelf=copy["shelf"], copy_number=copy["number"])',
    ]
