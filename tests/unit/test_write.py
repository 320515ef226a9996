"""Writing a tree: what is ours is replaced and removed, what a person wrote stays."""

import os
import stat
from pathlib import Path

import pytest

from bkgen.diagnostics import Diagnostics
from bkgen.write import Outcome, State, read_plan, up_to_date, write_tree
from bkgen.write.lock import exclusive
from bkgen.write.manifest import Manifest, write_manifest

FIRST = {"app/main.py": "one\n", "app/posts/router.py": "posts\n", "README.md": "read me\n"}
SECOND = {"app/main.py": "two\n", "app/users/router.py": "users\n", "README.md": "read me\n"}


def write(tree: dict[str, str], root: Path, *, force: bool = False, fingerprint: str = "f") -> Outcome:
    diagnostics = Diagnostics()
    outcome = write_tree(tree, root, fingerprint, diagnostics, force=force)
    assert outcome is not None, [diagnostic.message for diagnostic in diagnostics]
    assert not len(diagnostics)
    return outcome


def refused(tree: dict[str, str], root: Path) -> list[tuple[str, str]]:
    diagnostics = Diagnostics()
    assert write_tree(tree, root, "f", diagnostics) is None
    return [(diagnostic.code, diagnostic.message.replace(str(root), "DIR")) for diagnostic in diagnostics]


def on_disk(root: Path) -> dict[str, str]:
    """Every file but bkgen's own records."""
    return {
        path.relative_to(root).as_posix(): path.read_text()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.parent.name != ".bkgen"
    }


def test_a_new_folder_gets_all_files(tmp_path: Path) -> None:
    root = tmp_path / "not" / "there yet"
    assert sorted(write(FIRST, root).created) == sorted(FIRST)
    assert on_disk(root) == FIRST
    assert [path.name for path in (root / ".bkgen").iterdir()] == ["manifest.json"]


def test_the_next_tree_replaces_ours_and_removes_what_is_stale_with_its_folder(tmp_path: Path) -> None:
    write(FIRST, tmp_path)
    (tmp_path / "app/posts/__pycache__").mkdir()
    (tmp_path / "app/posts/__pycache__/router.cpython-311.pyc").write_bytes(b"")
    outcome = write(SECOND, tmp_path)
    assert (outcome.created, outcome.replaced) == (["app/users/router.py"], ["app/main.py"])
    assert outcome.removed == ["app/posts/router.py"]
    assert on_disk(tmp_path) == SECOND
    assert not (tmp_path / "app/posts").exists()


def test_files_that_have_their_text_are_not_touched(tmp_path: Path) -> None:
    write(FIRST, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    write(FIRST, tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    write(SECOND, tmp_path)
    assert (tmp_path / "README.md").stat().st_mtime_ns == before[tmp_path / "README.md"]


def test_an_edited_file_is_kept_until_force_and_then_kept_beside(tmp_path: Path) -> None:
    write(FIRST, tmp_path)
    (tmp_path / "app/main.py").write_text("mine\n")
    for _ in range(2):
        assert [(change.path, change.state) for change in write(SECOND, tmp_path).kept] == [
            ("app/main.py", State.EDITED)
        ]
        assert on_disk(tmp_path) == {**SECOND, "app/main.py": "mine\n"}
    (tmp_path / "app/main.py.orig").write_text("older\n")
    assert write(SECOND, tmp_path, force=True).aside == ["app/main.py.orig2"]
    assert on_disk(tmp_path) == {**SECOND, "app/main.py.orig": "older\n", "app/main.py.orig2": "mine\n"}


def test_an_edited_file_that_is_no_longer_generated_stays_and_is_told_once(tmp_path: Path) -> None:
    write(FIRST, tmp_path)
    (tmp_path / "app/posts/router.py").write_text("mine\n")
    outcome = write(SECOND, tmp_path, force=True)
    assert [(change.path, change.state) for change in outcome.kept] == [("app/posts/router.py", State.EDITED_STALE)]
    assert on_disk(tmp_path) == {**SECOND, "app/posts/router.py": "mine\n"}
    assert write(SECOND, tmp_path).kept == []


def test_a_file_of_a_person_where_a_new_one_would_go_is_kept(tmp_path: Path) -> None:
    write(FIRST, tmp_path)
    (tmp_path / "app/users").mkdir()
    (tmp_path / "app/users/router.py").write_text("mine\n")
    (tmp_path / "app/users/notes.txt").write_text("notes\n")
    assert [change.state for change in write(SECOND, tmp_path).kept] == [State.FOREIGN]
    assert on_disk(tmp_path) == {**SECOND, "app/users/router.py": "mine\n", "app/users/notes.txt": "notes\n"}
    write(FIRST, tmp_path)
    assert on_disk(tmp_path) == {**FIRST, "app/users/router.py": "mine\n", "app/users/notes.txt": "notes\n"}


def test_a_removed_file_is_written_again(tmp_path: Path) -> None:
    write(FIRST, tmp_path)
    (tmp_path / "README.md").unlink()
    assert write(FIRST, tmp_path).created == ["README.md"]


def test_a_link_to_a_file_is_a_persons(tmp_path: Path) -> None:
    root, shared = tmp_path / "root", tmp_path / "shared.py"
    write(FIRST, root)
    shared.write_text("one\n")
    (root / "app/main.py").unlink()
    (root / "app/main.py").symlink_to(shared)
    assert [change.path for change in write(SECOND, root).kept] == ["app/main.py"]
    assert write(SECOND, root, force=True).aside == ["app/main.py.orig"]
    assert (shared.read_text(), (root / "app/main.py").read_text()) == ("one\n", "two\n")


def test_the_mode_of_a_file_is_kept(tmp_path: Path) -> None:
    write(FIRST, tmp_path)
    (tmp_path / "app/main.py").chmod(0o755)
    write(SECOND, tmp_path)
    assert stat.S_IMODE((tmp_path / "app/main.py").stat().st_mode) == 0o755


def test_a_folder_with_other_files_is_fine_while_none_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "contract.json").write_text("{}")
    (tmp_path / "README.md").write_text(FIRST["README.md"])
    write(FIRST, tmp_path)
    assert on_disk(tmp_path) == {**FIRST, "contract.json": "{}"}


def test_a_folder_that_is_not_ours_is_refused_where_files_are_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine\n")
    assert refused(FIRST, tmp_path) == [
        ("BK705", "`DIR` has files that bkgen did not write, where it would write its own: `README.md`")
    ]
    assert on_disk(tmp_path) == {"README.md": "mine\n"}
    assert write(FIRST, tmp_path, force=True).aside == ["README.md.orig"]


@pytest.mark.parametrize("damage", ["{", '{"format": 1}', "edited", "escape"])
def test_a_damaged_manifest_makes_no_file_ours(tmp_path: Path, damage: str) -> None:
    write(FIRST, tmp_path)
    manifest = tmp_path / ".bkgen/manifest.json"
    if damage == "edited":
        manifest.write_text(manifest.read_text().replace("README.md", "CHANGES.md"))
    elif damage == "escape":
        write_manifest(tmp_path, Manifest("f", {"../outside": "0"}))
    else:
        manifest.write_text(damage)
    write(FIRST, tmp_path)  # nothing differs, so nothing is lost by taking the files over
    manifest.write_text("{")
    assert refused(SECOND, tmp_path) == [
        (
            "BK704",
            "`.bkgen/manifest.json` is no valid JSON, so bkgen cannot tell which of these files in `DIR` are its own: "
            "`app/main.py`",
        )
    ]


@pytest.mark.parametrize(
    ("tree", "code"),
    [
        ({"../x": ""}, "BK701"),
        ({"/x": ""}, "BK701"),
        ({"a/X": "", "a/x": ""}, "BK701"),
        ({"outside/x": ""}, "BK701"),
        ({"folder": ""}, "BK702"),
        ({"file/x": ""}, "BK702"),
        ({"dangling": ""}, "BK702"),
        ({"pipe": ""}, "BK702"),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is(tmp_path: Path, tree: dict[str, str], code: str) -> None:
    root = tmp_path / "root"
    (root / "folder").mkdir(parents=True)
    (root / "file").write_text("")
    (root / "outside").symlink_to(tmp_path)
    (root / "dangling").symlink_to(tmp_path / "nowhere")
    os.mkfifo(root / "pipe")
    assert [found for found, _ in refused({"fine": "", **tree}, root)] == [code]
    assert sorted(path.name for path in root.iterdir()) == ["dangling", "file", "folder", "outside", "pipe"]


def test_output_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    assert [code for code, _ in refused(FIRST, tmp_path / "out")] == ["BK702"]


def test_two_writers_do_not_mix(tmp_path: Path) -> None:
    with exclusive(tmp_path):
        assert refused(FIRST, tmp_path) == [("BK703", "another bkgen is writing to `DIR`")]
    write(FIRST, tmp_path)


def test_a_failure_to_write_leaves_the_old_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(FIRST, tmp_path)
    synced = 0

    def full_after_two(_descriptor: int) -> None:
        nonlocal synced
        synced += 1
        if synced > 2:
            raise OSError(28, "No space left on device", "somewhere")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full_after_two)
        assert refused(SECOND, tmp_path) == [("BK702", "cannot write to `somewhere`: No space left on device")]
    assert on_disk(tmp_path) == FIRST
    write(SECOND, tmp_path)
    assert on_disk(tmp_path) == SECOND


def test_a_file_saved_between_plan_and_write_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(FIRST, tmp_path)

    def plan_then_edit(*arguments: object, **options: object) -> object:
        plan = read_plan(*arguments, **options)  # type: ignore[arg-type]
        (tmp_path / "app/main.py").write_text("mine\n")
        (tmp_path / "app/posts/router.py").write_text("mine, too\n")
        return plan

    monkeypatch.setattr("bkgen.write.tree.read_plan", plan_then_edit)
    assert [change.path for change in write(SECOND, tmp_path).kept] == ["app/main.py", "app/posts/router.py"]
    assert on_disk(tmp_path) == {**SECOND, "app/main.py": "mine\n", "app/posts/router.py": "mine, too\n"}


def test_up_to_date_is_told_from_fingerprint_and_hashes(tmp_path: Path) -> None:
    assert not up_to_date(tmp_path, "f")
    write(FIRST, tmp_path)
    assert up_to_date(tmp_path, "f")
    assert not up_to_date(tmp_path, "g")
    (tmp_path / "README.md").write_text("mine\n")
    assert not up_to_date(tmp_path, "f")
    (tmp_path / "README.md").unlink()
    assert not up_to_date(tmp_path, "f")


def test_a_plan_names_every_difference_and_shows_it(tmp_path: Path) -> None:
    write(FIRST, tmp_path)
    (tmp_path / "README.md").write_text("mine\x0cstill mine")
    plan = read_plan(SECOND, tmp_path, Diagnostics())
    assert plan is not None
    assert {change.path: change.state for change in plan.differences} == {
        "README.md": State.EDITED,
        "app/main.py": State.OUTDATED,
        "app/posts/router.py": State.STALE,
        "app/users/router.py": State.MISSING,
    }
    assert plan.changes[0].diff() == (
        "--- README.md\ton disk\n+++ README.md\tgenerated\n@@ -1 +1 @@\n"
        "-mine\x0cstill mine\n\\ No newline at end of file\n+read me\n"
    )
    assert on_disk(tmp_path)["README.md"] == "mine\x0cstill mine"
