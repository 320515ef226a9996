"""The migrations lead to the tables that the models describe, and back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect

from app.models import Base
from tests.database import ROOT, ScratchDatabase


def checks(connection: Connection) -> dict[str, dict[str | None, str]]:
    """The conditions on the rows of each table, which Alembic does not compare."""
    found = inspect(connection)
    return {
        table: {one["name"]: one["sqltext"] for one in found.get_check_constraints(table)}
        for table in Base.metadata.tables
    }


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[ScratchDatabase]:
    """A database of its own."""
    database = ScratchDatabase(tmp_path)
    yield database
    database.remove()


@pytest.fixture
def config(migrated: ScratchDatabase) -> Config:
    """For a database that has been migrated."""
    return Config(ROOT / "alembic.ini")


def test_models_and_migrations_agree(config: Config) -> None:
    command.check(config)


def test_models_and_migrations_allow_the_same_values(migrated: ScratchDatabase) -> None:
    by_migrations = migrated.run(checks)
    migrated.drop_tables()
    migrated.run(Base.metadata.create_all)
    assert migrated.run(checks) == by_migrations


def test_migrations_can_be_taken_back(config: Config) -> None:
    command.downgrade(config, "base")
    command.upgrade(config, "head")
    command.check(config)
