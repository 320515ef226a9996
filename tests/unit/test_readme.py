"""The README's commands are the ones that CI runs, and the ones that exist."""

from pathlib import Path

from bkgen.cli import main

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_first_two_commands_are_what_ci_runs() -> None:
    commands = [block.split("```")[0].strip() for block in README.split("```sh\n")[1:]]
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert [command for command in commands[:2] if command in ci] == commands[:2]


def test_it_shows_the_documents_of_the_login_example_as_they_are() -> None:
    blocks = [block.split("```")[0] for block in README.split("```json\n")[1:]]
    login = ROOT / "examples" / "login"
    assert blocks == [(login / name).read_text(encoding="utf-8") for name in ("contract.json", "database.json")]


def test_every_command_is_listed() -> None:
    assert [name for name in main.commands if f"| `bkgen {name} " not in README] == []
