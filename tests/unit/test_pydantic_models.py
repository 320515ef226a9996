"""The models of a package are the same whoever shares the call that makes them."""

import pytest

from bkgen.pydantic_models import Batch, ModelError, ModelProcess
from bkgen.render import json_schema

PACKAGES = ("posts", "schemas", "straße", "文章", "class_")


def batch(*packages: str) -> Batch:
    """The same three models in each package, of which one refers to another, and one to a third of another package."""
    definitions = {"Url": json_schema.imported("app.schemas", "Url")}
    for package in packages:
        definitions |= {
            f"{package}.Author": json_schema.imported("app.authors.schemas", "Author"),
            f"{package}.Part": {"type": "object", "properties": {"count": {"type": "integer"}}},
            f"{package}.Post": {
                "type": "object",
                "properties": {
                    "createdAt": {"type": "string", "format": "date-time"},
                    "author": {"$ref": f"#/$defs/{package}.Author"},
                    "parts": {"type": "array", "items": {"$ref": f"#/$defs/{package}.Part"}},
                    "link": {"$ref": "#/$defs/Url"},
                },
                "required": ["link"],
            },
        }
    bases = {f"{package}.{name}": "app.schemas.Answer" for package in packages for name in ("Part", "Post")}
    return {
        "definitions": definitions,
        "bases": bases,
        "attributes": {f"{package}.Post.createdAt": "created_at" for package in packages},
        "marks": {f"{package}.Post.created_at": ["app.tidying.Trimmed"] for package in packages},
    }


def models(*batches: Batch) -> dict[str, str]:
    with ModelProcess() as process:
        return process.start(batches)()


def test_packages_do_not_influence_each_other() -> None:
    alone = models(batch("posts"))["posts"]
    together = models(batch(*PACKAGES), batch("last"))
    assert "class Post(Answer):" in alone
    assert ", Trimmed] = MISSING" in alone
    assert "from app.tidying import Trimmed" in alone
    assert "from app.authors.schemas import Author" in alone
    assert {package: together[package] for package in (*PACKAGES, "last")} == dict.fromkeys((*PACKAGES, "last"), alone)


def test_a_process_that_gets_no_work_is_ended() -> None:
    with ModelProcess() as process:
        pass
    assert process.ended


def test_no_package_has_models() -> None:
    assert models() == {}


def test_a_failure_is_reported() -> None:
    with pytest.raises(ModelError, match="datamodel-code-generator failed"):
        models({"definitions": {"posts.Post": {"type": 1}}, "bases": {}, "attributes": {}, "marks": {}})
