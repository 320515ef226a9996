"""Backends whose endpoints are code of their developers."""

from __future__ import annotations

import json
from pathlib import Path

from bkgen.pipeline import compile_documents
from bkgen.render import render


def test_a_backend_of_handlers_alone_has_what_its_readme_tells_them_to_raise(tmp_path: Path) -> None:
    document = {
        "tables": [{"name": "orders", "columns": [{"name": "id", "type": "uuid", "primary": True}]}],
        "endpoints": [
            {
                "method": "POST",
                "path": "/orders/place",
                "handler": "checkout:place_order",
                "response": {"201": {"id": "uuid"}, "409": {"error": "Too late"}},
            }
        ],
    }
    (tmp_path / "orders.json").write_text(json.dumps(document))
    service, _ = compile_documents([tmp_path])
    assert service is not None
    files = render(service)
    assert "`Refused(status, message)` (`app/steps.py`)" in files["README.md"]
    for promised in ("class Refused(ApiError):", "def find_row(", "def read_row("):
        assert promised in files["app/steps.py"]
    for promised in ("class NotFound(ApiError):", "class Conflict(ApiError):"):
        assert promised in files["app/errors/__init__.py"]
