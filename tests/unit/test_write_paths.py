"""Output paths stay in their folder and work on every file system."""

from pathlib import Path

import pytest

from bkgen.write.paths import collisions, escapes, path_problem


@pytest.mark.parametrize("path", ["app/main.py", ".env.example", "app/a b.py", "app/größe.py", "a.b/c.d.e"])
def test_ordinary_paths_are_fine(path: str) -> None:
    assert path_problem(path) is None


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../x",
        "app/../../x",
        "app/./x",
        "app//x",
        "",
        "app/",
        "C:\\x",
        "C:x",
        "app\\x",
        "app/a\nb",
        "app/a\0b",
        "app/what?.py",
        "app/*.py",
        "app/con",
        "app/NUL.py",
        "aux/x.py",
        "app/com1.tar.gz",
        "app/x.",
        "app/x ",
        "app/" + "x" * 201,
        "app/" + "ä" * 101,
    ],
)
def test_other_paths_are_refused(path: str) -> None:
    assert path_problem(path)


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["app/a.py", "app/b.py", "tests/a.py"], []),
        (["app/User.py", "app/user.py"], [("app/User.py", "app/user.py")]),
        (["App/a.py", "app/b.py"], [("App/", "app/")]),
        (["app/stra\N{LATIN SMALL LETTER SHARP S}e", "app/strasse"], [("app/strasse", "app/straße")]),
        (["app/e\u0301", "app/\u00e9"], [("app/e\u0301", "app/\u00e9")]),
        (["app", "app/main.py"], [("app", "app/main.py")]),
    ],
)
def test_paths_that_some_file_system_takes_for_one(paths: list[str], expected: list[tuple[str, str]]) -> None:
    assert list(collisions(paths)) == expected


def test_a_link_out_of_the_folder_is_found_and_one_within_is_not(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    (root / "real").mkdir(parents=True)
    outside.mkdir()
    (root / "app").symlink_to(outside)
    (root / "inner").symlink_to(root / "real")
    assert list(escapes(root, ["app/x.py", "app/sub/y.py", "inner/x.py", "new/x.py", "x.py"])) == ["app", "app/sub"]
