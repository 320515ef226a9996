"""Documents in MongoDB: a backend's own tests on its protocol, and migrations that follow a schema."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from bson import Decimal128
from pymongo import MongoClient

from tests import servers
from tests.behaviour.generated import backend

DOCUMENTS = Path(__file__).parent / "documents"
FILES = ("collections", "mongodb", "every_endpoint", "migrations", "settings", "who_may_what")
TOUCHED = ("tests/orders", "tests/parts", "tests/health", *(f"tests/test_{name}.py" for name in FILES))
"""The tests that ask something of documents, or of MongoDB."""
TITLE = {"type": "string", "maxLength": 40}
BY_ID = {"type": "object", "properties": {"id": {"type": "string", "format": "uuid"}}}
BY_NAME = {"type": "object", "properties": {"id": {"type": "string"}}}


def test_the_tests_of_collections_pass_on_mongodb(
    mongodb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = backend(tmp_path, json.loads((DOCUMENTS / "collections.json").read_text(encoding="utf-8")))
    for name in ("collections", "mongodb"):
        tests = "collections.test" if name == "collections" else "collections.mongodb.test"
        shutil.copyfile(DOCUMENTS / tests, made.folder / "tests" / f"test_{name}.py")
    monkeypatch.setenv("TEST_MONGODB_URL", mongodb)
    made.check_suite(*TOUCHED)


class Notes:
    """A backend with documents in MongoDB, of which versions are generated one after the other."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.name = f"notes_{uuid4().hex}"
        self._url = url
        self.client: MongoClient[dict[str, Any]] = MongoClient(url, uuidRepresentation="standard")
        self.documents = self.client[self.name]

    def generate(self, collection: dict[str, Any], *options: str) -> None:
        listed = {"method": "GET", "path": f"/{collection['name']}", "response": {"200": ["object"]}}
        document = {"collections": [collection], "endpoints": [listed]}
        (self.folder / "api.json").write_text(json.dumps(document), encoding="utf-8")
        self._run("bkgen", "generate", "api.json", "-o", "backend", *options, folder=self.folder)

    def alembic(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self._run("alembic", *arguments, folder=self.folder / "backend", check=False)

    def _run(self, *command: str, folder: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        settings = {"MONGODB_URL": f"{self._url}/{self.name}", "DATABASE_URL": f"sqlite:///{self.folder}/a.db"}
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=folder,
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0 or not check, done.stdout + done.stderr
        return done


@pytest.fixture
def notes(mongodb: str, tmp_path: Path) -> Iterator[Notes]:
    notes = Notes(tmp_path, mongodb)
    yield notes
    notes.client.drop_database(notes.name)
    notes.client.close()


def collection(name: str, properties: dict[str, Any], required: list[str], **more: Any) -> dict[str, Any]:
    return {"name": name, "schema": {"type": "object", "properties": properties, "required": required}, **more}


FIRST = collection(
    "drafts",
    {
        "title": TITLE,
        "owner": {"type": "string", "format": "uuid"},
        "old": TITLE,
        "within": {"type": "object", "properties": {"kept": TITLE, "gone": TITLE}},
        "readers": {"type": "array", "items": BY_ID},
    },
    ["title"],
)
SECOND = collection(
    "notes",
    {
        "title": TITLE,
        "owner": {"type": "string"},
        "price": {"type": "string", "format": "decimal", "default": "1.50"},
        "state": {"enum": ["open", "shut"], "default": "open"},
        "within": {"type": "object", "properties": {"kept": TITLE}},
        "readers": {"type": "array", "items": BY_NAME},
    },
    ["title", "price", "state"],
    was="drafts",
    concurrency="optimistic",
    indexes=[{"fields": ["title"], "unique": True}, {"fields": ["within.kept"]}],
)


def test_migrations_change_the_documents_and_can_be_run_again(notes: Notes) -> None:
    first = FIRST | {"indexes": [{"fields": ["owner"]}, {"fields": ["within.kept"]}]}
    notes.generate(first)
    assert notes.alembic("upgrade", "head").returncode == 0
    assert "ix_drafts_owner" in notes.documents["drafts"].index_information()
    one, other, owner, reader = (uuid4() for _ in range(4))
    readers = [{"id": reader}, {}]
    within = {"kept": "k", "gone": "g"}
    document = {"title": "a", "owner": owner, "old": "o", "within": within, "readers": readers}
    notes.documents["drafts"].insert_many([{"_id": one, **document}, {"_id": other, "title": "a"}])
    notes.generate(SECOND, "--allow-loss", "notes.old", "--allow-loss", "notes.within.gone")
    failed = notes.alembic("upgrade", "head")
    assert "Documents in MongoDB break the unique rule uq_notes_title" in failed.stderr
    notes.documents["notes"].update_one({"_id": other}, {"$set": {"title": "b"}})
    done = notes.alembic("upgrade", "head")
    assert done.returncode == 0, done.stderr
    found = {found.pop("_id"): found for found in notes.documents["notes"].find()}
    new = {"price": Decimal128("1.50"), "state": "open", "version": 1}
    assert found == {
        one: {"title": "a", "owner": str(owner), "within": {"kept": "k"}, "readers": [{"id": str(reader)}, {}], **new},
        other: {"title": "b", **new},
    }
    indexes = notes.documents["notes"].index_information()
    assert indexes["uq_notes_title"]["unique"]
    assert "ix_notes_within_kept" in indexes
    assert not [name for name in indexes if name.startswith("ix_drafts")]
    with closing(sqlite3.connect(notes.folder / "a.db")) as tables:
        statement = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        assert {name for (name,) in tables.execute(statement)} == {"ix_notes_within_kept", "uq_notes_title"}
    done = notes.alembic("downgrade", "-1")
    assert done.returncode == 0, done.stderr
    (back,) = notes.documents["drafts"].find({"_id": one})
    assert (back["owner"], back["readers"]) == (UUID(str(owner)), readers)


def test_a_server_without_transactions_is_refused(notes: Notes) -> None:
    notes.generate(FIRST)
    try:
        with servers.mongodb("--standalone") as url:
            alone = Notes(notes.folder, url)
            assert alone.alembic("upgrade", "head").returncode == 0
            started = alone._run("app", folder=notes.folder / "backend", check=False)
            alone.client.close()
    except servers.NoServerError as error:
        pytest.skip(str(error))
    assert started.returncode != 0
    assert "MONGODB_URL names a server that has no transactions. Make it a replica set" in started.stderr
