"""Lines of the blog's backend are traced to the place in its documents that a person would name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bkgen.pipeline import compile_documents
from bkgen.render import render
from bkgen.symbols import in_python, in_text, symbols

BLOG = Path(__file__).parents[2] / "examples" / "blog"

# A file, text of a line in it, and what the documents have at the place that the line came from.
LINES = [
    ("app/models/post.py", "class Post(Base):", '"name": "posts"'),
    ("app/models/post.py", "slug: Mapped[str]", '"name": "slug"'),
    ("app/models/post.py", 'Index(None, "status"', '"indexes"'),
    ("app/models/post.py", 'Index(None, "user_id"', '"name": "posts"'),
    ("migrations/versions/0001_initial.py", '"posts",\n', '"name": "posts"'),
    ("migrations/versions/0001_initial.py", 'Column("slug"', '"name": "slug"'),
    ("migrations/versions/0001_initial.py", "uq_posts_slug", '"name": "slug"'),
    ("migrations/versions/0001_initial.py", "fk_posts_user_id", '"name": "user_id"'),
    ("migrations/versions/0001_initial.py", "ix_posts_status_created_at", '"indexes"'),
    ("migrations/versions/0001_initial.py", 'drop_table("posts")', '"name": "posts"'),
    ("migrations/versions/0001_initial.py", 'drop_table("auth_sessions")', "path: /api/auth/refresh"),
    ("app/posts/schemas.py", "class PostCreate(Body):", "slug: {type: string"),
    ("app/posts/schemas.py", "title: Annotated[str, Field(max_length=200, min_length=1)]", "title: {type: string"),
    ("app/posts/schemas.py", "published_at: Moment | None", '"name": "published_at"'),
    ("app/posts/router.py", 'Query(alias="perPage"', "perPage: {type: integer"),
    ("app/posts/router.py", "AccountRateLimit(", "rateLimit: 30 requests per minute per user"),
    ("app/posts/router.py", "queries.create_post", "- method: POST"),
    ("app/posts/queries.py", "def create_post(", "- method: POST"),
    ("app/auth/queries.py", "def find_credentials(", "path: /api/auth/login"),
    ("app/auth/queries.py", "def rotate_session(", "path: /api/auth/refresh"),
    ("app/auth/queries.py", "def revoke_session(", "path: /api/auth/logout"),
    ("app/auth/queries.py", "def get_me_row(", "path: /api/me"),
    ("app/create_user.py", "display_name:", '"name": "display_name"'),
    ("app/main.py", 'title="Blog"', "name: Blog"),
    ("app/settings.py", "redis_url:", "rateLimit: 10 per hour"),
    ("tests/rows.py", "def post(self", '"name": "posts"'),
    ("tests/rows.py", '"slug": unique', '"name": "slug"'),
    ("tests/endpoints.py", '"POST /api/auth/login"', "path: /api/auth/login"),
    ("tests/posts/test_posts.py", '"slug": matching', "slug: {type: string"),
    ("tests/posts/test_posts.py", "def test_create_post_409_taken_slug", "- method: POST"),
    ("tests/auth/test_auth.py", "def test_login_401_of_nobody", "path: /api/auth/login"),
    ("README.md", "| `POST /api/auth/login` |", "path: /api/auth/login"),
    ("README.md", "| `posts.slug` |", '"name": "slug"'),
    ("README.md", "string slug UK", '"name": "slug"'),
    ("README.md", '"users" ||--o{ "posts"', '"name": "user_id"'),
]
# No document has anything to do with them.
SAME_FOR_ALL = [
    "app/health/router.py",
    "app/health/schemas.py",
    "migrations/env.py",
    "tests/curl.py",
    "tests/health/test_health.py",
]


@pytest.fixture(scope="module")
def tree() -> dict[str, str]:
    service, _ = compile_documents([BLOG])
    assert service is not None
    return dict(render(service))


@pytest.fixture(scope="module")
def record(tree: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = json.loads(tree[".bkgen/provenance.json"])
    return found


def test_the_record_is_written_as_python_would_write_it(
    tree: dict[str, str], record: dict[str, list[dict[str, Any]]]
) -> None:
    assert tree[".bkgen/provenance.json"] == json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    assert list(record) == sorted(record)


@pytest.mark.parametrize(("path", "text", "origin"), LINES)
def test_lines_are_traced(
    tree: dict[str, str], record: dict[str, list[dict[str, Any]]], path: str, text: str, origin: str
) -> None:
    line = tree[path][: tree[path].index(text)].count("\n") + 1
    origins = {entry["part"]: entry for entry in record[path]}
    places = symbols(path, tree[path], origins)
    around = {part: last - first for part, (first, last) in places.items() if part in origins and first <= line <= last}
    narrowest = origins[min(around, key=around.__getitem__)]
    document = (BLOG / narrowest["document"]).read_text(encoding="utf-8").splitlines()
    # An endpoint or table may begin a line or two before what names it.
    assert origin in "\n".join(document[narrowest["line"] - 1 :][:2])


def test_policies_are_traced_to_the_expressions_that_say_them() -> None:
    team = BLOG.with_name("team")
    service, _ = compile_documents([team])
    assert service is not None
    record = json.loads(render(service)[".bkgen/provenance.json"])["app/policies.py"]
    [origin] = [entry for entry in record if entry["part"] == "updatable_organisations"]
    document = (team / origin["document"]).read_text(encoding="utf-8").splitlines()
    assert '"update":' in document[origin["line"] - 1]


@pytest.mark.parametrize("path", SAME_FOR_ALL)
def test_what_no_document_asks_for_is_traced_to_none(
    tree: dict[str, str], record: dict[str, list[dict[str, Any]]], path: str
) -> None:
    assert "the same for every contract" in tree[path].splitlines()[0]
    assert path not in record


def test_parts_of_a_module_are_called_after_what_they_are_in() -> None:
    text = """
@decorated
def made(first, second):
    op.create_table(
        "a b", Column("c"), Check(name=op.f("d")),
    )
    return {"key": [
        1,
    ]}
"""
    wanted = ["made", "made.second", "made.a b", "made.a b.c", "made.a b.d", "made.key", "made.none", "none"]
    assert in_python(text, wanted) == {
        "made": (2, 9),
        "made.second": (3, 3),
        "made.a b": (4, 6),
        "made.a b.c": (5, 5),
        "made.a b.d": (5, 5),
        "made.key": (7, 9),
    }


def test_lines_of_a_text_are_called_by_what_they_say() -> None:
    assert in_text("no \\{\none\n  two {\n    one\n  }\none") == {
        "no \\{": (1, 1),
        "one": (2, 2),
        "two {": (3, 3),
        "two { one": (4, 4),
        "two { }": (5, 5),
    }
