"""Checks the structure of documents against their JSON Schemas."""

from __future__ import annotations

from bkgen.diagnostics import Diagnostics
from bkgen.load.documents import Documents
from bkgen.validate.checker import check
from bkgen.validate.schemas import schema

__all__ = ["structure"]


def structure(documents: Documents, diagnostics: Diagnostics) -> None:
    """Reports everything that is not as `specs/*.schema.json` say."""
    for kind, nodes in (
        ("endpoint", documents.endpoints),
        ("table", documents.tables),
        ("collection", documents.collections),
        ("view", documents.views),
        ("service", (documents.service,) if documents.service else ()),
    ):
        rules = schema(kind)
        for node in nodes:
            check(node, rules, rules["title"], diagnostics)
