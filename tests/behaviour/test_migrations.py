"""Migrations of changed schemas, on databases with rows: SQLite, and PostgreSQL where there is one.

BKGEN_MIGRATIONS says how many pairs of schemas are tried (16, half of them on each; more are all tried on both), and
BKGEN_MIGRATIONS_FROM with which seed they begin.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, MetaData, insert, select
from sqlalchemy.exc import DBAPIError

from bkgen.migrate.expand import EXPANDED
from tests.behaviour.migrated import Migrated, RefusedError, databases, drop_databases, empty, shape
from tests.behaviour.schema_pairs import ANYTHING, Pair, Rows, pair

CASES = Path(__file__).parents[1] / "cases" / "migrations"
PAIRS = int(os.environ.get("BKGEN_MIGRATIONS", "16"))
FIRST = int(os.environ.get("BKGEN_MIGRATIONS_FROM", "0"))
BATCH = 5
HALFWAY = f"0001{EXPANDED}"
_HASHED = "Columns participating in a foreign key are renamed"
"""What MariaDB says where a table has unique texts without a limit, too: it has to be made anew, and it will not."""
BATCHES = [
    (dialect, first)
    for number, first in enumerate(range(FIRST, FIRST + PAIRS, BATCH))
    for place, dialect in enumerate(("sqlite", "postgresql", "mariadb"))
    if PAIRS > 30 or number % 3 == place
]


KEY = {"name": "id", "type": "uuid", "primary": True}
NOTES = {"method": "GET", "path": "/notes/{id}", "response": {"200": "object"}}


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def dialect(request: pytest.FixtureRequest) -> str:
    """What the databases of a test are of."""
    return str(request.param)


@pytest.fixture
def two_databases(dialect: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """URLs of empty databases: one to migrate, and one to make from models."""
    if dialect == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path}/a.db", f"sqlite+aiosqlite:///{tmp_path}/b.db"
        return
    server = request.getfixturevalue(dialect)
    name = f"bkgen_pairs_{os.getpid()}"
    yield databases(server, name)
    drop_databases(server, name)


@pytest.mark.parametrize(("dialect", "first"), BATCHES, indirect=["dialect"])
def test_rows_outlive_the_change_of_their_schema(first: int, tmp_path: Path, two_databases: tuple[str, str]) -> None:
    for seed in range(first, min(first + BATCH, FIRST + PAIRS)):
        root = tmp_path / str(seed)
        root.mkdir()
        changed = pair(seed)
        try:
            follow(changed, Migrated(root, two_databases[0]), two_databases[1])
            shutil.rmtree(root)
            root.mkdir()
            follow_in_two(changed, Migrated(root, two_databases[0]), two_databases[1])
        except Exception as error:
            if _HASHED in str(error):
                continue
            revisions = sorted((root / "migrations" / "versions").glob("*.py"))[1:]
            script = "\n".join(path.read_text(encoding="utf-8") for path in revisions)
            error.add_note(f"seed {seed}: {changed.edits}\n{script}")
            raise


@pytest.mark.parametrize("case", ["index-derived", "index-derived-renamed"])
def test_indexes_of_some_rows_are_as_the_models_have_them(
    dialect: str, case: str, tmp_path: Path, two_databases: tuple[str, str]
) -> None:
    backend = Migrated(tmp_path, two_databases[0])
    before, after = (json.loads((CASES / case / f"{name}.json").read_text("utf-8")) for name in ("before", "after"))
    backend.generate(before)
    backend.upgrade()
    first = backend.run(shape)
    assert backend.generate(after)
    backend.upgrade()
    backend.check()
    found = backend.run(shape)
    assert found == anew(after, backend, two_databases[1])
    assert dialect == "mariadb" or any(
        where for table in found.values() if table for _, _, where in table["indexes"].values()
    )
    backend.downgrade("0001")
    assert backend.run(shape) == first


def owned(unique: list[list[str]], *, alone: bool = False) -> dict[str, Any]:
    """Two tables, of which one refers to the other and has these unique rules; or its reference is unique."""
    reference = {"name": "user_id", "type": "uuid", "references": {"table": "users", "column": "id"}, "unique": alone}
    columns = [KEY, reference, {"name": "n", "type": "integer"}]
    tables = [{"name": "users", "columns": [KEY]}, {"name": "notes", "columns": columns, "unique": unique}]
    return {"tables": tables, "endpoints": [NOTES]}


def go_there_and_back(backend: Migrated, first: dict[str, Any]) -> None:
    """Migrate to the last revision, back to the `first` shape, and to the last one again."""
    backend.upgrade()
    backend.check()
    second = backend.run(shape)
    backend.downgrade("0001")
    assert backend.run(shape) == first
    backend.upgrade()
    assert backend.run(shape) == second


def numbered(key: str, *references: str) -> dict[str, Any]:
    """Two tables, of which one refers to the other's keys of that type; each reference is what its deletions do."""
    users = {"name": "users", "columns": [{"name": "id", "type": key, "primary": True, "default": "autoincrement"}]}
    columns: list[dict[str, Any]] = [KEY]
    for number, deletes in enumerate(references):
        leads = {"references": {"table": "users", "column": "id"}, "onDelete": deletes}
        columns.append({"name": f"user_{number}", "type": key, "nullable": True, **leads})
    return {"tables": [users, {"name": "notes", "columns": columns}], "endpoints": [NOTES]}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (numbered("integer", "RESTRICT"), numbered("bigint", "CASCADE")),
        (numbered("integer", "RESTRICT"), numbered("bigint", "RESTRICT", "CASCADE")),
        (owned([], alone=True), owned([])),
        (owned([["user_id", "n"]]), owned([])),
        (owned([], alone=True), owned([["user_id", "n"]])),
    ],
    ids=[
        "key wider, and deletions do otherwise",
        "key wider, and one more reference",
        "unique no more",
        "unique together no more",
        "unique together instead",
    ],
)
def test_what_references_need_changes_and_comes_back(
    before: dict[str, Any], after: dict[str, Any], tmp_path: Path, two_databases: tuple[str, str]
) -> None:
    backend = Migrated(tmp_path, two_databases[0])
    backend.generate(before)
    backend.upgrade()
    first = backend.run(shape)
    backend.generate(after)
    go_there_and_back(backend, first)


@pytest.mark.parametrize("in_two", [False, True], ids=["in one step", "in two"])
@pytest.mark.parametrize("what", ["notes", "notes.user_0"])
def test_a_key_gets_wider_and_what_refers_to_it_goes(
    what: str, in_two: bool, tmp_path: Path, two_databases: tuple[str, str]
) -> None:
    backend = Migrated(tmp_path, two_databases[0])
    backend.generate(numbered("integer", "SET NULL"))
    backend.upgrade()
    first = backend.run(shape)
    after = numbered("bigint")
    if what == "notes":
        after["tables"].pop()
        after["endpoints"] = [{**NOTES, "path": "/users/{id}"}]
    backend.generate(after, {what}, in_two=in_two)
    go_there_and_back(backend, first)


@pytest.mark.parametrize("number", ["integer", "bigint"])
def test_booleans_become_numbers_and_booleans_again(
    number: str, tmp_path: Path, two_databases: tuple[str, str]
) -> None:
    def noted(type_: str) -> dict[str, Any]:
        columns = [KEY, {"name": "seen", "type": type_, "nullable": True}]
        return {"tables": [{"name": "notes", "columns": columns}], "endpoints": [NOTES]}

    backend = Migrated(tmp_path, two_databases[0])
    backend.generate(noted("boolean"))
    backend.upgrade()
    notes = backend.metadata().tables["notes"]
    rows = [{"id": UUID(int=place), "seen": value} for place, value in enumerate([True, False, None])]
    backend.run(lambda connection: connection.execute(insert(notes), rows).close())
    ordered = select(notes.c.seen).order_by(notes.c.id)
    backend.generate(noted(number))
    backend.upgrade()
    backend.check()
    numbers = backend.metadata().tables["notes"].c
    found = backend.run(lambda connection: connection.scalars(select(numbers.seen).order_by(numbers.id)).all())
    assert found == [1, 0, None]
    backend.downgrade("0001")
    assert backend.run(lambda connection: connection.scalars(ordered).all()) == [True, False, None]


def test_columns_that_references_lead_to_are_renamed_in_two_steps(
    tmp_path: Path, two_databases: tuple[str, str]
) -> None:
    """What refers to them is a table that goes, and the table itself, with rows before those that they refer to."""

    def items(code: str, parent: str, **was: dict[str, str]) -> dict[str, Any]:
        key = {"name": code, "type": "VARCHAR(20)", "unique": True, **was.get(code, {})}
        reference = {"references": {"table": "items", "column": code}, "nullable": True, **was.get(parent, {})}
        columns = [KEY, key, {"name": parent, "type": "VARCHAR(20)", **reference}]
        return {"name": "items", "columns": columns}

    endpoints = [{"method": "GET", "path": "/items/{id}", "response": {"200": "object"}}]
    item = {"name": "item", "type": "VARCHAR(20)", "references": {"table": "items", "column": "code"}}
    before = {
        "tables": [items("code", "parent"), {"name": "notes", "columns": [KEY, item]}],
        "endpoints": endpoints,
    }
    after = {
        "tables": [items("sku", "above", sku={"was": "code"}, above={"was": "parent"})],
        "endpoints": endpoints,
    }
    rows_before: Rows = {
        "items": [
            {"id": UUID(int=2), "code": "b", "parent": None},
            {"id": UUID(int=1), "code": "a", "parent": "b"},
        ],
        "notes": [{"id": UUID(int=3), "item": "a"}],
    }
    rows_after: Rows = {
        "items": [
            {"id": UUID(int=2), "sku": "b", "above": None},
            {"id": UUID(int=1), "sku": "a", "above": "b"},
        ]
    }
    changed = Pair(before, after, rows_before, rows_after, {"notes"}, ["rename what is referred to"])
    follow(changed, Migrated(tmp_path, two_databases[0]), two_databases[1])
    shutil.rmtree(tmp_path / "migrations")
    assert follow_in_two(changed, Migrated(tmp_path, two_databases[0]), two_databases[1])


def follow(changed: Pair, backend: Migrated, other: str) -> None:
    """Migrate a database with rows forth, back and forth again, and compare it with what the models say."""
    backend.run(empty)
    backend.generate(changed.before)
    backend.upgrade()
    before = backend.metadata()
    backend.run(lambda connection: put(connection, before, changed.rows))
    script = backend.generate(changed.after, changed.allowed)
    after = backend.metadata()
    backend.upgrade()
    compare(backend.run(lambda connection: rows(connection, after)), changed.expected)
    backend.check()
    assert backend.run(shape) == anew(changed.after, backend, other)
    if script and changed.one_way:
        with pytest.raises((DBAPIError, RuntimeError)):  # or what migrations/env.py says on SQLite
            backend.downgrade("0001")
        if "mariadb" not in other:  # it does not take back what was done until then
            compare(backend.run(lambda connection: rows(connection, after)), changed.expected)
    elif script:
        backend.downgrade("0001")
        backend.upgrade()
        assert backend.run(shape) == anew(changed.after, backend, other)
        again = backend.run(lambda connection: rows(connection, after))
        assert {name: len(found) for name, found in again.items()} == {
            name: len(changed.expected[name]) for name in again
        }
        backend.downgrade("base")
        assert backend.run(shape) == {}


def follow_in_two(changed: Pair, backend: Migrated, other: str) -> bool:
    """Migrate in two steps, if a schema can serve both sides; halfway, the rows are still what they were."""
    backend.run(empty)
    backend.generate(changed.before)
    backend.upgrade()
    before = backend.metadata()
    backend.run(lambda connection: put(connection, before, changed.rows))
    first = backend.run(shape)
    try:
        script = backend.generate(changed.after, changed.allowed, in_two=True)
    except RefusedError:
        return False
    after = backend.metadata()
    if script:
        backend.upgrade(HALFWAY)
        compare(backend.run(lambda connection: rows(connection, before)), changed.rows)
        halfway = backend.run(shape)
    backend.upgrade()
    compare(backend.run(lambda connection: rows(connection, after)), changed.expected)
    backend.check()
    second = backend.run(shape)
    assert second == anew(changed.after, backend, other)
    if script and not changed.one_way:
        backend.downgrade(HALFWAY)
        assert backend.run(shape) == halfway
        backend.downgrade("0001")
        assert backend.run(shape) == first
        backend.upgrade()
        assert backend.run(shape) == second
    return True


def put(connection: Connection, metadata: MetaData, rows: Rows) -> None:
    for table in metadata.sorted_tables:
        for row in rows[table.name]:
            values = {column.key: row[column.name] for column in table.columns}
            connection.execute(insert(table).values(values))


def rows(connection: Connection, metadata: MetaData) -> Rows:
    found: Rows = {}
    for table in metadata.tables.values():
        result = connection.execute(select(*table.columns)).all()
        found[table.name] = [dict(zip((column.name for column in table.columns), row, strict=True)) for row in result]
    return found


def anew(document: dict[str, Any], backend: Migrated, url: str) -> dict[str, Any]:
    """The shape of an empty database that is made from models; MariaDB's from the first migration of the document.

    Models do not say how much of a text MariaDB is to have in an index.
    """

    def make(connection: Connection) -> dict[str, Any]:
        empty(connection)
        metadata.create_all(connection)
        return shape(connection)

    if not url.startswith("mariadb"):
        metadata = backend.metadata()
        return backend.run(make, url)
    (backend.root / "anew").mkdir(exist_ok=True)
    other = Migrated(backend.root / "anew", url)
    other.run(empty)
    other.generate(document)
    other.upgrade()
    return other.run(shape)


def compare(found: Rows, expected: Rows) -> None:
    """Fail unless the rows are as expected, in any order; of some values only that they are there."""
    assert set(found) == set(expected)
    for table, wanted in expected.items():
        assert len(found[table]) == len(wanted), table
        for row in wanted:
            near = [one for one in found[table] if is_like(one, row)]
            assert near, (table, differences(row, found[table]))


def differences(row: dict[str, Any], found: list[dict[str, Any]]) -> list[tuple[str, Any, Any]]:
    """How the row that is nearest to the wanted one differs from it."""
    every = [
        [
            (name, value, one.get(name))
            for name, value in row.items()
            if not is_like({name: one.get(name)}, {name: value})
        ]
        for one in found
    ]
    return min(every, key=len)


def is_like(found: dict[str, Any], wanted: dict[str, Any]) -> bool:
    return set(found) == set(wanted) and all(
        found[name] is not None if value is ANYTHING else same(found[name], value) for name, value in wanted.items()
    )


def same(found: Any, wanted: Any) -> bool:
    return isinstance(found, type(wanted)) and isinstance(found, bool) == isinstance(wanted, bool) and found == wanted


def notes(*columns: dict[str, Any]) -> dict[str, Any]:
    return {"tables": [{"name": "notes", "columns": [KEY, *columns]}], "endpoints": [NOTES]}


def generated(document: dict[str, Any], folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """What `bkgen generate` says."""
    (folder / "api.json").write_text(json.dumps(document), encoding="utf-8")
    command = [sys.executable, "-m", "bkgen", "generate", "api.json", "-o", "backend", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_backend_with_several_revisions_passes_its_own_tests_of_them(server: str, tmp_path: Path) -> None:
    title, state = {"name": "title", "type": "string"}, {"name": "state", "type": "a | b", "default": "a"}
    assert generated(notes(title), tmp_path).returncode == 0
    done = generated(notes(title | {"name": "name", "was": "title", "unique": True}, state), tmp_path)
    assert "migrations/versions/0002_rename_notes_title_to_name_and_more.py leads to the new ones" in done.stdout
    done = generated(notes(state | {"type": "a | b | c"}), tmp_path, "--allow-loss", "notes.name")
    assert done.returncode == 0, done.stderr
    backend = tmp_path / "backend"
    environment = {**os.environ, "TEST_DATABASE_URL": server}
    for tool in (
        ["pytest", "-q", "-n", "0", "tests/test_migrations.py"],
        ["black", "--check", "-q", "migrations"],
        ["ruff", "check", "-q", "migrations"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *tool], cwd=backend, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert len(list((backend / "migrations" / "versions").glob("0*.py"))) == 3


def test_a_migration_that_fails_leaves_sqlite_as_it_was(tmp_path: Path) -> None:
    backend = Migrated(tmp_path, f"sqlite+aiosqlite:///{tmp_path}/a.db")
    title = {"name": "title", "type": "string"}
    backend.generate(notes(title))
    backend.upgrade()
    before = backend.metadata()
    row = {"id": UUID(int=1), "title": "same"}
    backend.run(lambda connection: put(connection, before, {"notes": [row, row | {"id": UUID(int=2)}]}))
    shaped = backend.run(shape)
    backend.generate(notes(title | {"unique": True}, {"name": "more", "type": "integer", "default": 1}))
    with pytest.raises(DBAPIError, match="UNIQUE"):
        backend.upgrade()
    assert backend.run(shape) == shaped
    assert len(backend.run(lambda connection: rows(connection, before))["notes"]) == 2


def test_rows_that_would_refer_to_nothing_stop_a_migration_of_sqlite(tmp_path: Path) -> None:
    backend = Migrated(tmp_path, f"sqlite+aiosqlite:///{tmp_path}/a.db")
    above = {"name": "above", "type": "uuid", "nullable": True}
    backend.generate(notes(above))
    backend.upgrade()
    before = backend.metadata()
    row = {"id": UUID(int=1), "above": UUID(int=2)}
    backend.run(lambda connection: put(connection, before, {"notes": [row]}))
    shaped = backend.run(shape)
    backend.generate(notes(above | {"references": "notes.id"}))
    with pytest.raises(RuntimeError, match="rows of notes refer to none of notes"):
        backend.upgrade()
    assert backend.run(shape) == shaped


def test_rows_that_would_be_lost_are_counted(tmp_path: Path) -> None:
    backend = Migrated(tmp_path, f"sqlite+aiosqlite:///{tmp_path}/a.db")
    title = {"name": "title", "type": "string", "nullable": True}
    backend.generate(notes(title))
    backend.upgrade()
    before = backend.metadata()
    found = [{"id": UUID(int=number), "title": "x" * number or None} for number in range(7)]
    backend.run(lambda connection: put(connection, before, {"notes": found}))
    generated(notes(title), tmp_path)
    database = ("--database", f"sqlite:///{tmp_path}/a.db")
    assert "values would be lost (6 rows)" in generated(notes(), tmp_path, *database).stderr
    shorter = notes(title | {"type": "VARCHAR(4)"})
    assert "would be cut (2 rows)" in generated(shorter, tmp_path, *database).stderr
    required = notes(title | {"nullable": False})
    assert "may have null there (1 row)" in generated(required, tmp_path, *database).stderr
    missing = generated(required, tmp_path, "--database", f"sqlite:///{tmp_path}/none.db")
    assert missing.returncode == 2
    assert "there is no file" in missing.stderr
    assert not (tmp_path / "none.db").exists()


def test_check_says_that_a_migration_is_missing(tmp_path: Path) -> None:
    generated(notes(), tmp_path)
    (tmp_path / "api.json").write_text(json.dumps(notes({"name": "at", "type": "date", "nullable": True})))
    command = [sys.executable, "-m", "bkgen", "check", "api.json", "-o", "backend"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "no migration leads to the new ones: migrations/versions/0002_add_notes_at.py is missing" in done.stderr
