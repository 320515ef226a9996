"""A process that cannot work says why in a sentence, without a traceback, and ends."""

from tests.server import run_module


def test_with_a_database_that_does_not_answer() -> None:
    code, output = run_module("app", DATABASE_URL="postgres://me:secret@127.0.0.1:1/app")
    assert code == 3
    assert "The database at postgresql+asyncpg://me:***@127.0.0.1:1/app does not answer" in output
    assert "Traceback" not in output


def test_before_the_migrations() -> None:
    code, output = run_module("app", DATABASE_URL="sqlite:///:memory:")
    assert code == 3
    assert "Run: alembic upgrade head" in output
    assert "Traceback" not in output
