"""A shop whose carts, checkout and orders are actions alone: its style, its own tests, and many buyers at once."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from tests.behaviour.generated import Backend, backend

HERE = Path(__file__).parent
POSTGRES = os.environ.get("BKGEN_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Backend:
    made = backend(tmp_path_factory.mktemp("shop"), json.loads((HERE / "shop.json").read_text()))
    made.check_style()
    made.check_types()
    (made.folder / "tests" / "test_shop.py").write_text((HERE / "shop_tests.py").read_text())
    return made


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> str:
    """The URL of a PostgreSQL server; empty for SQLite."""
    if request.param == "sqlite":
        return ""
    if not asyncio.run(_reachable()):
        pytest.skip(f"no PostgreSQL answers at {POSTGRES}; name another one in BKGEN_TEST_POSTGRES")
    return POSTGRES


async def _reachable() -> bool:
    try:
        connection = await asyncpg.connect(POSTGRES, timeout=3)
    except (OSError, asyncpg.PostgresError):
        return False
    await connection.close()
    return True


def test_shop(shop: Backend, server: str) -> None:
    (shop.folder / "tests" / "test_shop.py").write_text((HERE / "shop_tests.py").read_text())
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "tests/test_shop.py",
            "tests/carts",
            "tests/orders",
            "tests/parcels",
        ],
        cwd=shop.folder,
        env={**os.environ, "TEST_DATABASE_URL": server},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:]
