"""Migrations of changed schemas, on databases with rows: SQLite, and PostgreSQL where there is one.

BKGEN_MIGRATIONS says how many pairs of schemas are tried (30, half of them on each; more are all tried on both), and
BKGEN_MIGRATIONS_FROM with which seed they begin.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, MetaData, insert, select
from sqlalchemy.exc import DBAPIError

from tests.behaviour.migrated import Migrated, databases, empty, shape
from tests.behaviour.schema_pairs import ANYTHING, Pair, Rows, pair

PAIRS = int(os.environ.get("BKGEN_MIGRATIONS", "30"))
FIRST = int(os.environ.get("BKGEN_MIGRATIONS_FROM", "0"))
BATCH = 5
BATCHES = [
    (dialect, first)
    for number, first in enumerate(range(FIRST, FIRST + PAIRS, BATCH))
    for place, dialect in enumerate(("sqlite", "postgresql"))
    if PAIRS > 30 or number % 2 == place
]


@pytest.fixture(scope="module")
def two_databases(maybe_postgresql: str | None) -> tuple[str, str] | None:
    """URLs of databases on a server: one to migrate, and one to make from models."""
    return databases(maybe_postgresql, f"bkgen_pairs_{os.getpid()}") if maybe_postgresql else None


@pytest.mark.parametrize(("dialect", "first"), BATCHES)
def test_rows_outlive_the_change_of_their_schema(
    dialect: str, first: int, tmp_path: Path, two_databases: tuple[str, str] | None
) -> None:
    if dialect == "postgresql" and two_databases is None:
        pytest.skip("there is no PostgreSQL")
    for seed in range(first, min(first + BATCH, FIRST + PAIRS)):
        root = tmp_path / str(seed)
        root.mkdir()
        urls = two_databases if dialect == "postgresql" else None
        changed = pair(seed)
        try:
            follow(changed, Migrated(root, urls[0] if urls else f"sqlite+aiosqlite:///{root}/a.db"), urls and urls[1])
        except Exception as error:
            revisions = sorted((root / "migrations" / "versions").glob("0002*"))
            script = revisions[0].read_text(encoding="utf-8") if revisions else ""
            error.add_note(f"seed {seed}: {changed.edits}\n{script}")
            raise


def follow(changed: Pair, backend: Migrated, other: str | None) -> None:
    """Migrate a database with rows forth, back and forth again, and compare it with what the models say."""
    other = other or f"sqlite+aiosqlite:///{backend.root}/b.db"
    if "postgresql" in other:
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
    assert backend.run(shape) == made_from(after, backend, other)
    if script and changed.one_way:
        with pytest.raises(DBAPIError):
            backend.downgrade("0001")
        compare(backend.run(lambda connection: rows(connection, after)), changed.expected)
    elif script:
        backend.downgrade("0001")
        backend.upgrade()
        assert backend.run(shape) == made_from(after, backend, other)
        again = backend.run(lambda connection: rows(connection, after))
        assert {name: len(found) for name, found in again.items()} == {
            name: len(changed.expected[name]) for name in again
        }
        backend.downgrade("base")
        assert backend.run(shape) == {}


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


def made_from(metadata: MetaData, backend: Migrated, url: str) -> dict[str, Any]:
    """The shape of a database that is made from models."""

    def make(connection: Connection) -> dict[str, Any]:
        if connection.dialect.name == "postgresql":
            empty(connection)
        metadata.create_all(connection)
        return shape(connection)

    return backend.run(make, url)


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
