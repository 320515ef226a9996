"""The migrations lead to the tables that the models describe, and back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect

from app.models import Base
from tests.database import ROOT, ScratchDatabase


def rules(connection: Connection) -> dict[str, tuple[list[str], dict[str | None, str]]]:
    """The key of each table and the conditions on its rows, which Alembic does not compare."""
    found = inspect(connection)
    return {
        table: (
            found.get_pk_constraint(table)["constrained_columns"],
            {one["name"]: one["sqltext"] for one in found.get_check_constraints(table)},
        )
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


def test_models_and_migrations_allow_the_same_rows(migrated: ScratchDatabase) -> None:
    by_migrations = migrated.run(rules)
    migrated.drop_tables()
    migrated.run(Base.metadata.create_all)
    assert migrated.run(rules) == by_migrations


def test_migrations_can_be_taken_back(config: Config) -> None:
    command.downgrade(config, "base")
    command.upgrade(config, "head")
    command.check(config)
