"""What the database of a generated backend refuses, and how that is told: beyond what the backend's own tests see."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.behaviour.generated import Backend, backend

USERS = {
    "name": "users",
    "columns": [
        {"name": "id", "type": "uuid", "primary": True},
        {"name": "email", "type": "VARCHAR(40)", "unique": True},
    ],
}
POSTS = {
    "name": "posts",
    "columns": [
        {"name": "id", "type": "uuid", "primary": True},
        {"name": "user_id", "type": "uuid", "references": {"table": "users", "column": "id"}},
        {"name": "editor-id", "type": "uuid", "nullable": True, "references": {"table": "users", "column": "id"}},
    ],
}
DOCUMENT = {
    "tables": [USERS, POSTS],
    "endpoints": [
        {"method": "POST", "path": "/users/{user_id}/posts", "response": {"201": "object"}},
        {"method": "POST", "path": "/login", "requestBody": {"email": "string", "password": "string"},
         "response": {"200": {"token": "string"}}},
    ],
}  # fmt: skip
# Before each script: `database` and `rows` as the backend's own tests have them.
BEGIN = """
import asyncio
import asyncpg
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4
from app.errors import Conflict, NotFound
from app.models import User
from app.posts import queries, schemas
from tests.database import ScratchDatabase
from tests.rows import Rows
database = ScratchDatabase(Path(mkdtemp()))
rows = Rows(database)
"""
BAD_REFERENCE = """
author = rows.user()["id"]
try:
    database.run(queries.create_user_post, author, schemas.PostCreate.model_validate({"editor-id": uuid4()}))
except Conflict as conflict:
    assert list(conflict.attributes) == ["editor_id"], conflict.attributes
else:
    raise AssertionError
"""
# The check finds the author, who is deleted by then by somebody else, in a transaction that ends a little later.
DELETED = """
author = rows.user()["id"]
async def delete_author(started):
    connection = await asyncpg.connect(database.url.replace("+asyncpg", ""))
    async with connection.transaction():
        await connection.execute("DELETE FROM users WHERE id = $1", author)
        started.set()
        await asyncio.sleep(0.5)
    await connection.close()
async def main():
    started = asyncio.Event()
    deleting = asyncio.create_task(delete_author(started))
    await started.wait()
    try:
        await database._database.run(queries.create_user_post, author, schemas.PostCreate())
    except NotFound:
        await deleting
    else:
        raise AssertionError
database._runner.run(main())
"""
LOWER_CASE = """
name = "\\u0130" * 36 + "@x.y"
rows.user(email=name)
assert database.has(User, email=name)
assert database.has(User, email="i" * 36 + "@x.y")
"""
END = """
database.remove()
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Backend:
    return backend(tmp_path_factory.mktemp("conflicts"), DOCUMENT)


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> str:
    """The URL of a PostgreSQL server; empty for SQLite."""
    return "" if request.param == "sqlite" else request.getfixturevalue("postgresql")


def run(made: Backend, script: str, server: str) -> None:
    """Run a script beside the backend's tests, on a database of its own; fail with what it printed."""
    environment = {**os.environ, "TEST_DATABASE_URL": server, "SECRET_KEY": "for this test alone and long enough"}
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + script + END],
        cwd=made.folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


def test_only_the_reference_that_leads_nowhere_is_named(made: Backend, server: str) -> None:
    run(made, BAD_REFERENCE, server)


def test_a_parent_that_is_being_deleted_is_not_found(made: Backend, postgresql: str) -> None:
    run(made, DELETED, postgresql)


def test_sign_in_names_fit_their_column_in_lower_case(made: Backend, server: str) -> None:
    run(made, LOWER_CASE, server)
