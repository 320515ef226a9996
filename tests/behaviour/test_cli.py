"""The `bkgen` command as a person meets it: what it prints, where, and with which exit code."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bkgen import __version__
from bkgen.assets import folder
from bkgen.cli import main

COMMANDS = ("init", "validate", "lint", "generate", "check", "explain", "run", "try")
BROKEN = {"endpoints": [{"method": "FETCH", "path": "/notes", "response": {"200": "object"}}]}


def bkgen(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def said(result: Result, exit_code: int) -> str:
    """What was printed on both streams, once the exit code is as it should be."""
    assert result.exit_code == exit_code, result.output
    return result.output


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """The documents of `bkgen init`."""
    said(bkgen("init", tmp_path / "documents"), 0)
    return tmp_path / "documents"


@pytest.fixture
def backend(documents: Path, tmp_path: Path) -> Path:
    """What is generated from them."""
    said(bkgen("generate", documents, "-o", tmp_path / "backend"), 0)
    return tmp_path / "backend"


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_has_an_example(command: str) -> None:
    text = said(bkgen(command, "--help"), 0)
    assert f"bkgen {command} " in text.split("Example")[1]


def test_the_commands_are_listed_in_the_order_of_their_use() -> None:
    listed = said(bkgen("--help"), 0).split("Commands:\n")[1].splitlines()
    assert tuple(line.split()[0] for line in listed) == COMMANDS


def test_it_runs_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "bkgen", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"bkgen, version {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("validate",),
        ("validate", "not-there.json"),
        ("explain", "not-there.py:3"),
        ("generate", "."),
        ("validate", ".", "--format", "xml"),
        ("run", ".", "--port", "0"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_why_on_stderr(arguments: tuple[str, ...]) -> None:
    result = bkgen(*arguments)
    assert "Error: " in said(result, 2)
    assert result.stdout == ""


def test_init_writes_documents_without_findings_and_never_overwrites(documents: Path) -> None:
    result = bkgen("validate", documents, "--strict")
    assert (said(result, 0), result.stdout) == ("No findings.\n", "")
    (documents / "database.json").unlink()
    before = (documents / "contract.json").read_bytes()
    assert "contract.json exists and is left as it is" in said(bkgen("init", documents), 1)
    assert (documents / "contract.json").read_bytes() == before
    assert not (documents / "database.json").exists()
    schema = json.loads(before)["$schema"]
    assert (documents / schema).is_file()


def test_validate_exits_with_1_for_errors_and_prints_every_format_on_stdout(tmp_path: Path) -> None:
    (tmp_path / "contract.json").write_text(json.dumps(BROKEN))
    for form, begins in (("text", "contract.json:1:"), ("json", "["), ("sarif", "{"), ("github", "::error ")):
        result = bkgen("validate", tmp_path, "--format", form)
        said(result, 1)
        assert result.stdout.startswith(begins)
        assert (result.stderr == "") == (form != "text")


def test_lint_reviews_the_tables_and_exits_with_1_for_errors_or_for_warnings_where_it_is_strict(tmp_path: Path) -> None:
    columns = [{"name": "id", "type": "uuid", "primary": True}, {"name": "price", "type": "float"}]
    document = tmp_path / "shop.json"
    document.write_text(json.dumps({"tables": [{"name": "products", "columns": columns}]}))
    for form, begins in (("text", "shop.json:1:"), ("json", "["), ("sarif", "{"), ("github", "::warning ")):
        result = bkgen("lint", tmp_path, "--format", form)
        assert "BK957" in said(result, 0)
        assert result.stdout.startswith(begins)
        assert (result.stderr == "Found 1 warning.\n") == (form == "text")
    said(bkgen("lint", tmp_path, "--strict"), 1)
    document.write_text(document.read_text().replace("float", "text"))
    assert said(bkgen("lint", tmp_path, "--strict"), 0) == "No findings.\n"
    document.write_text(json.dumps(BROKEN))
    assert "error[BK2" in said(bkgen("lint", tmp_path), 1)


def test_hints_are_shown_on_request_and_change_no_exit_code(documents: Path) -> None:
    contract = documents / "contract.json"
    contract.write_text(contract.read_text().replace('"rateLimit"', '"rate_limit"'))
    assert said(bkgen("validate", documents, "--strict"), 0) == "No findings.\n"
    assert "rateLimit" in said(bkgen("validate", documents, "--strict", "--hints"), 0)


def test_errors_in_documents_stop_everything_that_builds_on_them(tmp_path: Path) -> None:
    (tmp_path / "contract.json").write_text(json.dumps(BROKEN))
    output = tmp_path / "backend"
    for arguments in (
        ("generate", tmp_path, "-o", output),
        ("generate", tmp_path, "-o", output, "--diff"),
        ("check", tmp_path, "-o", output),
        ("explain", tmp_path),
        ("run", tmp_path),
        ("try", tmp_path),
    ):
        result = bkgen(*arguments)
        assert "contract.json:1:" in said(result, 1)
        assert "contract.json:1:" in result.stderr
    assert not output.exists()


def test_what_is_generated_is_up_to_date_and_again_untouched(documents: Path, backend: Path) -> None:
    assert said(bkgen("check", documents, "-o", backend), 0) == f"{backend} is up to date.\n"
    before = {path: path.stat().st_mtime_ns for path in backend.rglob("*")}
    assert said(bkgen("generate", documents, "-o", backend), 0) == f"{backend} is up to date.\n"
    assert "nothing would change" in said(bkgen("generate", documents, "-o", backend, "--diff"), 0)
    assert {path: path.stat().st_mtime_ns for path in backend.rglob("*")} == before


def test_an_unchanged_run_tells_that_the_documents_have_findings(tmp_path: Path) -> None:
    login, backend = folder("examples") / "login", tmp_path / "backend"
    assert "warning[BK321]" in said(bkgen("generate", login, "-o", backend), 0)
    for arguments in (("generate",), ("check",), ("generate", "--diff")):
        again = bkgen(*arguments, login, "-o", backend)
        assert "have 1 warning: `bkgen validate` shows" in said(again, 0)
        assert again.stderr.count("\n") == 1


def test_an_unchanged_check_renders_nothing(documents: Path, backend: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bkgen.pipeline.import_module", None)
    monkeypatch.setattr("bkgen.pipeline.compile_documents", None)
    said(bkgen("check", documents, "-o", backend), 0)


def test_check_tells_every_kind_of_difference(documents: Path, backend: Path) -> None:
    (backend / "app/main.py").write_text("edited\n")
    (backend / "README.md").unlink()
    contract = documents / "contract.json"
    contract.write_text(contract.read_text().replace("There is no such note", "No such note"))
    result = bkgen("check", documents, "-o", backend)
    said(result, 1)
    assert "--- app/main.py\ton disk\n+++ app/main.py\tgenerated\n" in result.stdout
    assert "--- /dev/null\ton disk\n+++ README.md\tgenerated\n" in result.stdout
    assert "No such note" in result.stdout
    assert "1 missing, " in result.stderr
    assert " outdated, 1 edited." in result.stderr


def test_edited_files_are_kept_listed_and_replaced_only_by_force(documents: Path, backend: Path) -> None:
    main_py = backend / "app/main.py"
    generated = main_py.read_text()
    main_py.write_text("edited\n")
    assert "keep    app/main.py: it was edited\n" in said(bkgen("generate", documents, "-o", backend, "--dry-run"), 0)
    assert "-edited\n" in said(bkgen("generate", documents, "-o", backend, "--diff"), 0)
    assert "kept app/main.py: it was edited\n" in said(bkgen("generate", documents, "-o", backend), 0)
    assert main_py.read_text() == "edited\n"
    said(bkgen("generate", documents, "-o", backend, "--force"), 0)
    assert (main_py.read_text(), main_py.with_name("main.py.orig").read_text()) == (generated, "edited\n")
    said(bkgen("check", documents, "-o", backend), 0)


def test_a_dry_run_writes_nothing(documents: Path, tmp_path: Path) -> None:
    assert "create  app/main.py\n" in said(bkgen("generate", documents, "-o", tmp_path / "out", "--dry-run"), 0)
    assert not (tmp_path / "out").exists()


def test_a_folder_of_another_project_is_refused(documents: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/README.md").write_text("mine\n")
    assert "error[BK705]" in said(bkgen("generate", documents, "-o", tmp_path / "mine"), 1)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["README.md"]


def test_explain_tells_what_endpoints_do(documents: Path) -> None:
    text = said(bkgen("explain", documents), 0)
    for path in ("GET /api/notes", "PATCH /api/notes/{id}", "DELETE /api/notes/{id}"):
        assert path in text


def test_explain_tells_where_a_line_came_from(backend: Path) -> None:
    router = backend / "app/notes/router.py"
    numbers = [number for number, line in enumerate(router.read_text().splitlines(), 1) if "@router.delete" in line]
    assert "contract.json:37 " in said(bkgen("explain", f"{router}:{numbers[0]}"), 0)
    assert "has no line 9999" in said(bkgen("explain", f"{router}:9999"), 1)
    everything = said(bkgen("explain", router), 0).splitlines()
    assert "  the file as a whole (lines 1 to " in everything[0]
    assert any(line.startswith("contract.json:37 ") for line in everything[1:])
    same = said(bkgen("explain", backend / "app/conflicts.py"), 0)
    assert same == "app/conflicts.py is the same in every backend that has this file.\n"


def test_a_mistake_in_bkgen_is_told_in_a_sentence_with_the_details_in_a_file(
    documents: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise RuntimeError("inner detail")

    monkeypatch.setattr("bkgen.cli.compile_documents", fail)
    text = said(bkgen("validate", documents), 70)
    assert "inner detail" not in text
    assert "Traceback" not in text
    details = Path(text.split("The details are in ")[1].split(";")[0])
    assert "RuntimeError: inner detail" in details.read_text()
    details.unlink()


def test_missing_libraries_are_told_with_the_command_that_installs_them(
    documents: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bkgen.run.backend._LIBRARIES", ("no_such_library",))
    for command in ("run", "try"):
        assert "pip install 'bkgen[backend]'" in said(bkgen(command, documents), 2)
