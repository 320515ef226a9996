"""Items of arrays with constraints, beside models that are called like them."""

from __future__ import annotations

import json
from pathlib import Path

from bkgen.pipeline import compile_documents
from bkgen.render import render

DOCUMENT = {
    "tables": [
        {"name": "posts", "columns": [{"name": "id", "type": "uuid", "primary": True}]},
        {
            "name": "tags",
            "columns": [
                {"name": "id", "type": "uuid", "primary": True},
                {"name": "name", "type": "VARCHAR(40)", "unique": True},
            ],
        },
        {
            "name": "post_tags",
            "columns": [
                {"name": "post_id", "type": "uuid", "references": "posts.id"},
                {"name": "tag_id", "type": "uuid", "references": "tags.id"},
            ],
            "primaryKey": ["post_id", "tag_id"],
        },
    ],
    "endpoints": [
        {
            "method": "POST",
            "path": "/posts",
            "requestBody": {"tags": ["string"]},
            "response": {"201": {"id": "uuid", "tags": ["Tag"], "items": "= size(row.tags)"}},
        },
    ],
}


def test_a_list_of_words_may_be_called_like_the_rows_of_the_answer(tmp_path: Path) -> None:
    (tmp_path / "posts.json").write_text(json.dumps(DOCUMENT))
    service, _ = compile_documents([tmp_path])
    assert service is not None
    schemas = render(service)["app/posts/schemas.py"]
    assert "items: StrictInt" in schemas  # a field of that name is no array
    assert "tags: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=100)]" in schemas
    assert "class Tag(Answer):" in schemas
    assert "tags: list[Tag]" in schemas
