"""The migrations lead to the tables that the models describe, and back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from tests.database import ROOT, ScratchDatabase


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Config]:
    """For a database that has been migrated."""
    database = ScratchDatabase(tmp_path)
    yield Config(ROOT / "alembic.ini")
    database.remove()


def test_models_and_migrations_agree(config: Config) -> None:
    command.check(config)


def test_migrations_can_be_taken_back(config: Config) -> None:
    command.downgrade(config, "base")
    command.upgrade(config, "head")
    command.check(config)
