"""Numbers that a table sets are refused like those of bodies where they are out of a range."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bkgen.pipeline import compile_documents
from bkgen.render.action_failures import reckons


@pytest.mark.parametrize(
    ("value", "expected"),
    [("row.items * 2", True), ("row.items", False), ("7", False)],
    ids=["reckoned", "the same", "constant"],
)
def test_a_create_whose_table_reckons_a_number_may_be_refused(value: str, expected: bool, tmp_path: Path) -> None:
    columns = [
        {"name": "id", "type": "uuid", "primary": True},
        {"name": "items", "type": "integer"},
        {"name": "weight", "type": "integer"},
    ]
    document = {
        "tables": [{"name": "parcels", "columns": columns, "set": {"weight": value}}],
        "endpoints": [{"method": "POST", "path": "/parcels", "response": {"201": "object"}}],
    }
    (tmp_path / "api.json").write_text(json.dumps(document), encoding="utf-8")
    service, found = compile_documents([tmp_path])
    assert service is not None, list(found)
    (create,) = (endpoint for endpoint in service.endpoints if endpoint.method == "POST")
    assert reckons(create, service) is expected
