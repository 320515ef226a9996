"""Imports run one way through the stages: the layers that `pyproject.toml` lists for import-linter."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_imports_run_one_way() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    done = subprocess.run([*command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_light_commands_do_not_load_the_renderer() -> None:
    # Together they take over a second, for which `validate`, `--help` and an unchanged `check` need not wait.
    heavy = ("jinja2", "datamodel_code_generator", "black", "fastapi", "sqlalchemy", "pydantic")
    script = f"import sys, bkgen.cli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
