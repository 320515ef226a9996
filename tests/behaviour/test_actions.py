"""A shop whose carts, checkout and orders are actions alone: its style, its own tests, and many buyers at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.behaviour.generated import Backend, backend

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Backend:
    made = backend(tmp_path_factory.mktemp("shop"), json.loads((HERE / "shop.json").read_text()))
    made.check_style()
    made.check_types()
    (made.folder / "tests" / "test_shop.py").write_text((HERE / "shop_tests.py").read_text())
    return made


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
