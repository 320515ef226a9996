"""The same documents give the same bytes, wherever, whenever and by whomever they are compiled."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_DOCUMENTS = _ROOT / "examples" / "blog"
# Further interpreters that have bkgen's libraries, with colons between.
_PYTHONS = [Path(path) for path in os.environ.get("BKGEN_PYTHONS", "").split(os.pathsep) if path]
_OTHERS_TASTE = """
[tool.ruff]
line-length = 40
indent-width = 2
[tool.ruff.format]
quote-style = "single"
[tool.datamodel-codegen]
snake-case-field = true
"""


def _generated(
    folder: Path,
    documents: Path = _DOCUMENTS,
    working: Path = _ROOT,
    environment: Mapping[str, str] | None = None,
    python: Path = Path(sys.executable),
    options: tuple[str, ...] = (),
) -> dict[str, bytes]:
    """The backend of `documents`, as the command writes it: path -> bytes, the manifest included."""
    done = subprocess.run(
        [python, "-m", "bkgen", "generate", documents, "-o", folder, *options],
        cwd=working,
        env={**os.environ, "PYTHONPATH": str(_ROOT), **(environment or {})},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return _generated(tmp_path_factory.mktemp("usual") / "backend")


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "0"},
        {"PYTHONHASHSEED": "4294967295"},
        {"TZ": "Pacific/Kiritimati"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "tr_TR.UTF-8", "LANGUAGE": "tr"},
        {"PYTHONOPTIMIZE": "2"},
        {"COLUMNS": "20", "NO_COLOR": "1"},
    ],
    ids=lambda environment: " ".join(f"{name}={value}" for name, value in environment.items()),
)
def test_environment(environment: dict[str, str], usual: dict[str, bytes], tmp_path: Path) -> None:
    assert _generated(tmp_path / "backend", environment=environment) == usual


def test_places(usual: dict[str, bytes], tmp_path: Path) -> None:
    elsewhere = tmp_path / "a folder" / "{{ blog }}"
    # Written in another order, so that folders list their files in another order.
    for path in sorted(filter(Path.is_file, _DOCUMENTS.rglob("*")), reverse=True):
        target = elsewhere / path.relative_to(_DOCUMENTS)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    assert _generated(tmp_path / "absolute", elsewhere) == usual
    assert _generated(tmp_path / "relative", Path("{{ blog }}"), elsewhere.parent) == usual
    assert _generated(tmp_path / "inside", Path(), elsewhere) == usual


def test_settings_of_others(usual: dict[str, bytes], tmp_path: Path) -> None:
    """Settings of Ruff and of the model generator, in the working folder and in the home, are not ours."""
    ruff = tmp_path / ".config" / "ruff"
    ruff.mkdir(parents=True)
    (ruff / "ruff.toml").write_text("line-length = 40\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(_OTHERS_TASTE, encoding="utf-8")
    environment = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / ".config"), "TMPDIR": str(tmp_path)}
    assert _generated(tmp_path / "backend", working=tmp_path, environment=environment) == usual


def test_again(usual: dict[str, bytes], tmp_path: Path) -> None:
    """Written over an older backend of these tables or into an empty folder: the same."""
    older = tmp_path / "older"
    shutil.copytree(_DOCUMENTS, older)
    posts = older / "endpoints" / "posts.yaml"
    posts.write_text(posts.read_text(encoding="utf-8").replace("List what a user", "All that a user"), encoding="utf-8")
    assert _generated(tmp_path / "backend", older) != usual
    assert _generated(tmp_path / "backend") == usual


def test_again_with_other_tables(usual: dict[str, bytes], tmp_path: Path) -> None:
    """Over a backend of other tables, only the migrations are others: they begin with those tables."""
    _generated(tmp_path / "backend", _ROOT / "examples" / "minimal")
    found = _generated(tmp_path / "backend", options=("--allow-loss", "todos"))
    history = ("migrations/", ".bkgen/")
    assert {path for path in found if path.startswith("migrations/versions/")} > {
        path for path in usual if path.startswith("migrations/versions/")
    }
    assert [(path, found[path]) for path in found if not path.startswith(history)] == [
        (path, usual[path]) for path in usual if not path.startswith(history)
    ]


@pytest.mark.parametrize("python", _PYTHONS, ids=lambda python: python.parts[-3])
def test_interpreters(python: Path, usual: dict[str, bytes], tmp_path: Path) -> None:
    assert _generated(tmp_path / "backend", python=python) == usual
