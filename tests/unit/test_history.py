"""Migrations in the folder of a backend: what is kept, what the next one follows, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bkgen.migrate.history import SCHEMA
from bkgen.pipeline import Evolution, compare, generate
from bkgen.write import disk, tree
from bkgen.write.plan import State

VERSIONS = "migrations/versions"


def documents(root: Path, *columns: str, was: dict[str, str] | None = None) -> list[Path]:
    """Documents of a table with columns."""
    listed: list[dict[str, Any]] = [{"name": "id", "type": "uuid", "primary": True}]
    for column in columns:
        renamed = {"was": was[column]} if was and column in was else {}
        listed.append({"name": column, "type": "string", "nullable": True} | renamed)
    endpoint = {"method": "GET", "path": "/notes/{id}", "response": {"200": "object"}}
    written = {"tables": [{"name": "notes", "columns": listed}], "endpoints": [endpoint]}
    (root / "notes.json").write_text(json.dumps(written), encoding="utf-8")
    return [root / "notes.json"]


def revisions(backend: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((backend / VERSIONS).glob("*.py"))}


@pytest.fixture
def backend(tmp_path: Path) -> Path:
    """A backend that was generated once."""
    folder = tmp_path / "backend"
    assert generate(documents(tmp_path, "title"), folder).outcome is not None
    return folder


def refused(tmp_path: Path, backend: Path, *columns: str) -> str:
    """The code and words of what stops a generation."""
    generation = generate(documents(tmp_path, *columns), backend)
    assert generation.outcome is None
    (finding,) = (found for found in generation.diagnostics if found.code.startswith("BK72"))
    return f"{finding.code} {finding.message}"


def test_earlier_revisions_stay_as_they_are(tmp_path: Path, backend: Path) -> None:
    first = revisions(backend)
    generate(documents(tmp_path, "title", "body"), backend)
    second = revisions(backend)
    assert list(second) == ["0001_initial.py", "0002_add_notes_body.py"]
    assert second.items() >= first.items()
    generate(documents(tmp_path, "title", "text", was={"text": "body"}), backend)
    third = revisions(backend)
    assert list(third) == [*second, "0003_rename_notes_body_to_text.py"]
    assert third.items() >= second.items()
    assert b'down_revision = "0002"' in third["0003_rename_notes_body_to_text.py"]


def test_what_was_written_is_up_to_date(tmp_path: Path, backend: Path) -> None:
    paths = documents(tmp_path, "title", "body")
    before = compare(paths, backend)
    assert before.plan is not None
    assert f"{VERSIONS}/0002_add_notes_body.py" in [change.path for change in before.plan.having(State.MISSING)]
    generate(paths, backend)
    assert compare(paths, backend).up_to_date
    (backend / ".bkgen" / "manifest.json").unlink()
    assert generate(paths, backend, force=True).outcome is not None
    assert list(revisions(backend)) == ["0001_initial.py", "0002_add_notes_body.py"]


def test_another_document_with_the_same_tables_makes_no_revision(tmp_path: Path, backend: Path) -> None:
    paths = documents(tmp_path, "title")
    more = json.loads(paths[0].read_text(encoding="utf-8"))
    more["endpoints"].append({"method": "DELETE", "path": "/notes/{id}", "response": {"204": {}}})
    paths[0].write_text(json.dumps(more), encoding="utf-8")
    before = revisions(backend)
    assert generate(paths, backend).outcome is not None
    assert revisions(backend) == before


def test_a_rename_that_was_done_may_stay_in_the_documents(tmp_path: Path, backend: Path) -> None:
    paths = documents(tmp_path, "name", was={"name": "title"})
    generate(paths, backend)
    before = revisions(backend)
    documents(tmp_path, "name", "body", was={"name": "title"})
    generate(paths, backend)
    assert [*before, "0003_add_notes_body.py"] == list(revisions(backend))


def test_an_edited_revision_stays_edited(tmp_path: Path, backend: Path) -> None:
    generate(documents(tmp_path, "title", "body"), backend)
    path = backend / VERSIONS / "0002_add_notes_body.py"
    edited = path.read_bytes() + b"\n# reviewed\n"
    path.write_bytes(edited)
    generate(documents(tmp_path, "title", "body", "more"), backend)
    assert path.read_bytes() == edited
    generate(documents(tmp_path, "title", "body", "more", "most"), backend, force=True)
    assert path.read_bytes() == edited
    assert len(revisions(backend)) == 4


def hand_written(backend: Path, name: str, follows: str) -> Path:
    path = backend / VERSIONS / f"{name}_by_hand.py"
    path.write_text(f'revision = "{name}"\ndown_revision: str | None = {follows!r}\nimport nothing_there\n')
    return path


def test_the_next_revision_follows_one_that_a_developer_wrote(tmp_path: Path, backend: Path) -> None:
    mine = hand_written(backend, "a1b2c3", "0001")
    before = mine.read_bytes()
    generate(documents(tmp_path, "title", "body"), backend)
    assert b'down_revision = "a1b2c3"' in revisions(backend)["0002_add_notes_body.py"]
    assert mine.read_bytes() == before


def test_a_number_that_a_developer_took_is_not_taken_again(tmp_path: Path, backend: Path) -> None:
    hand_written(backend, "0002", "0001")
    generate(documents(tmp_path, "title", "body"), backend)
    assert "0003_add_notes_body.py" in revisions(backend)


def test_two_heads_are_refused(tmp_path: Path, backend: Path) -> None:
    hand_written(backend, "a1", "0001")
    hand_written(backend, "b2", "0001")
    assert refused(tmp_path, backend, "title", "body").startswith("BK721 `migrations/versions` has 2 heads")


def test_two_revisions_of_one_name_are_refused(tmp_path: Path, backend: Path) -> None:
    """As two branches make them."""
    hand_written(backend, "0002", "0001")
    path = backend / VERSIONS / "0002_of_another_branch.py"
    path.write_text('revision = "0002"\ndown_revision = "0001"\n', encoding="utf-8")
    said = refused(tmp_path, backend, "title", "body")
    assert said.startswith("BK721 `migrations/versions/0002_")
    assert said.endswith("both are the revision `0002`")


def test_what_a_branch_has_generated_is_generated_again_behind_another_one(tmp_path: Path, backend: Path) -> None:
    before = (backend / SCHEMA).read_bytes()
    generate(documents(tmp_path, "title", "body"), backend)
    theirs = (backend / SCHEMA).read_bytes()
    kept = revisions(backend)
    (backend / VERSIONS / "0002_add_notes_body.py").unlink()
    (backend / SCHEMA).write_bytes(before)
    generate(documents(tmp_path, "title", "text"), backend)
    assert list(revisions(backend)) == ["0001_initial.py", "0002_add_notes_text.py"]
    (backend / VERSIONS / "0002_add_notes_text.py").unlink()
    (backend / VERSIONS / "0002_add_notes_body.py").write_bytes(kept["0002_add_notes_body.py"])
    (backend / SCHEMA).write_bytes(theirs)
    generate(documents(tmp_path, "title", "body", "text"), backend)
    assert list(revisions(backend)) == ["0001_initial.py", "0002_add_notes_body.py", "0003_add_notes_text.py"]
    assert not compare(documents(tmp_path, "title", "body", "text"), backend).diagnostics.has_errors
    generate(documents(tmp_path, "title", "body", "text", "more"), backend)
    assert list(revisions(backend))[-1] == "0004_add_notes_more.py"


def test_a_head_that_merges_others_is_one(tmp_path: Path, backend: Path) -> None:
    hand_written(backend, "a1", "0001")
    hand_written(backend, "b2", "0001")
    (backend / VERSIONS / "c3.py").write_text('revision = "c3"\ndown_revision = ("a1", "b2")\n')
    generate(documents(tmp_path, "title", "body"), backend)
    assert b'down_revision = "c3"' in revisions(backend)["0002_add_notes_body.py"]


@pytest.mark.parametrize("text", ["revision =", 'revision = call("0002")', "", "x = 1\x00", "revision: str"])
def test_a_file_that_is_no_revision_is_refused(tmp_path: Path, backend: Path, text: str) -> None:
    (backend / VERSIONS / "mine.py").write_text(text)
    assert refused(tmp_path, backend, "title", "body").startswith("BK722 `migrations/versions/mine.py`")


def test_a_revision_that_is_missing_is_told(tmp_path: Path, backend: Path) -> None:
    (backend / VERSIONS / "0001_initial.py").unlink()
    assert "no revision `0001`, which `migrations/schema.json` says" in refused(tmp_path, backend, "title", "body")


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 2}', '{"format": 1, "tables": [{}]}', '{"format": 1}', "\xff"])
def test_a_damaged_record_is_refused(tmp_path: Path, backend: Path, text: str) -> None:
    (backend / "migrations" / "schema.json").write_bytes(text.encode("latin-1"))
    assert refused(tmp_path, backend, "title", "body").startswith("BK720 `migrations/schema.json`")


def test_a_hostile_type_in_the_record_is_refused(tmp_path: Path, backend: Path) -> None:
    record = backend / "migrations" / "schema.json"
    record.write_text(record.read_text().replace('"type": "text"', '"type": "text); import os; ("'))
    assert refused(tmp_path, backend, "title", "body").startswith("BK720 `migrations/schema.json`")


def test_migrations_without_a_record_are_refused_where_the_tables_changed(tmp_path: Path, backend: Path) -> None:
    (backend / "migrations" / "schema.json").unlink()
    assert refused(tmp_path, backend, "title", "body").startswith("BK720")
    assert generate(documents(tmp_path, "title"), backend).outcome is not None
    assert (backend / "migrations" / "schema.json").exists()


def test_a_backend_that_is_begun_anew_has_one_revision(tmp_path: Path, backend: Path) -> None:
    generate(documents(tmp_path, "other"), backend, evolution=Evolution(anew=True))
    assert list(revisions(backend)) == ["0001_initial.py"]
    assert b'"other"' in revisions(backend)["0001_initial.py"]


@pytest.mark.parametrize("cut", ["0002_add_notes_body.py", "schema.json", "nothing"])
def test_a_run_that_was_cut_off_is_completed(
    tmp_path: Path, backend: Path, cut: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = disk.put_in_place

    def until(path: Path) -> None:
        put(path)
        if path.name == cut:
            raise KeyboardInterrupt

    def no_manifest(*_: object) -> None:
        raise KeyboardInterrupt

    paths = documents(tmp_path, "title", "body")
    with monkeypatch.context() as patched:
        patched.setattr(disk, "put_in_place", until)
        patched.setattr(tree, "write_manifest", no_manifest)
        with pytest.raises(KeyboardInterrupt):
            generate(paths, backend)
    assert generate(paths, backend).outcome is not None
    assert list(revisions(backend)) == ["0001_initial.py", "0002_add_notes_body.py"]
    assert compare(paths, backend).up_to_date


def test_a_run_that_was_cut_off_is_no_obstacle_to_other_documents(
    tmp_path: Path, backend: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = disk.put_in_place

    def until(path: Path) -> None:
        put(path)
        if path.name.startswith("0002"):
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(disk, "put_in_place", until)
        with pytest.raises(KeyboardInterrupt):
            generate(documents(tmp_path, "title", "body"), backend)
    assert generate(documents(tmp_path, "title", "else"), backend).outcome is not None
    assert list(revisions(backend)) == ["0001_initial.py", "0002_add_notes_else.py"]
