"""The READMEs of the examples name commands that exist and files that are generated."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from bkgen.cli import main
from bkgen.pipeline import compile_documents
from bkgen.render import render

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDERS = sorted(path for path in EXAMPLES.iterdir() if path.is_dir())


def blocks(folder: Path, language: str) -> list[list[str]]:
    text = (folder / "README.md").read_text(encoding="utf-8")
    return [block.splitlines() for block in re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_files_that_it_lists_are_generated(folder: Path) -> None:
    service, _ = compile_documents([folder])
    assert service is not None
    tree = render(service)
    (listed,) = blocks(folder, "text")
    assert [path for path in (line.split()[0] for line in listed) if path not in tree] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_its_commands_name_it(folder: Path) -> None:
    commands = [shlex.split(line, comments=True) for line in blocks(folder, "sh")[0]]
    assert [command[1] for command in commands] == ["try", "explain", "run"]
    for program, command, path in commands:
        assert (program, path) == ("bkgen", f"examples/{folder.name}")
        assert command in main.commands


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_it_names_every_document(folder: Path) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    names = {path.name for path in folder.iterdir() if path.name != "README.md"}
    assert [name for name in names if f"({name})" not in text] == []
