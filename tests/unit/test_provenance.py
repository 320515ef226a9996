"""`FILE:LINE` of a generated file is traced to the documents."""

import json
from pathlib import Path

import pytest

from bkgen.diagnostics import Diagnostics
from bkgen.provenance import NotGeneratedError, Origin, Trace, parse_place, trace
from bkgen.write import write_tree

PARTS = {
    "app/posts/router.py": [
        {"part": "Posts", "document": "contract.json", "line": 6, "rule": "posts"},
        {"part": "Posts.all", "document": "contract.json", "line": 7, "rule": "list of posts"},
        {"part": "", "document": "contract.json", "line": 1, "rule": "the file as a whole"},
    ]
}
ROUTER = """first = 1
class Posts:
    all = 1
    none = 0
"""
TREE = {"app/posts/router.py": ROUTER, ".bkgen/provenance.json": json.dumps(PARTS)}
WHOLE = Origin(1, 4, "contract.json", 1, "the file as a whole")
WIDE = Origin(2, 4, "contract.json", 6, "posts")
NARROW = Origin(3, 3, "contract.json", 7, "list of posts")


@pytest.fixture
def router(tmp_path: Path) -> Path:
    write_tree(TREE, tmp_path / "backend", "f", Diagnostics())
    return tmp_path / "backend/app/posts/router.py"


def test_a_place_is_a_file_that_exists_with_a_line(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("")
    (tmp_path / "b.py:7").write_text("")
    assert parse_place(f"{tmp_path}/b.py:7") == (tmp_path / "b.py:7", None)
    assert parse_place(f"{tmp_path}/a.py:12") == (tmp_path / "a.py", 12)
    assert parse_place(f"{tmp_path}/a.py:12:3") == (tmp_path / "a.py", 12)
    assert parse_place(f"{tmp_path}/a.py") == (tmp_path / "a.py", None)
    (tmp_path / "contract.json").write_text("")
    for text in ("contract.json", "", "a.py:-1", "a.py:x", "none.py:1", ":1"):
        assert parse_place(f"{tmp_path}/{text}") is None


@pytest.mark.parametrize(("line", "origins"), [(1, (WHOLE,)), (2, (WIDE,)), (3, (NARROW, WIDE)), (4, (WIDE,))])
def test_a_line_has_the_ranges_around_it_from_the_narrowest(
    router: Path, line: int, origins: tuple[Origin, ...]
) -> None:
    assert trace(router, line) == Trace("app/posts/router.py", line, origins, edited=False)


def test_a_file_has_all_its_ranges_in_the_order_of_their_lines(router: Path) -> None:
    assert trace(router, None) == Trace("app/posts/router.py", None, (WHOLE, WIDE, NARROW), edited=False)


def test_parts_of_an_edited_file_are_found_where_they_are_now(router: Path) -> None:
    router.write_text("zeroth = 0\n" + ROUTER.replace("    none = 0\n", ""))
    wide, narrow = Origin(3, 4, "contract.json", 6, "posts"), Origin(4, 4, "contract.json", 7, "list of posts")
    assert trace(router, 4) == Trace("app/posts/router.py", 4, (narrow, wide), edited=True)


def test_an_edited_file_that_is_no_python_is_traced_as_a_whole(router: Path) -> None:
    router.write_text("class\n" + ROUTER)
    whole = Origin(1, 5, "contract.json", 1, "the file as a whole")
    assert trace(router, 4) == Trace("app/posts/router.py", 4, (whole,), edited=True)


def test_what_was_not_generated_is_told_apart(router: Path, tmp_path: Path) -> None:
    own = router.with_name("own.py")
    own.write_text("1\n")
    record = tmp_path / "backend/.bkgen/provenance.json"
    outside = tmp_path / "outside.py"
    outside.write_text("1\n")
    for file, line, message in (
        (own, 1, "`app/posts/own.py` is no file of the backend that bkgen generated"),
        (record, 1, "`.bkgen/provenance.json` is no file of the backend that bkgen generated"),
        (router, 0, "`app/posts/router.py` has no line 0"),
        (outside, 1, f"`{outside}` is in no folder that bkgen generated"),
        (router, 5, "`app/posts/router.py` has no line 5"),
    ):
        with pytest.raises(NotGeneratedError) as error:
            trace(file, line)
        assert str(error.value) == message


@pytest.mark.parametrize("text", [None, "{", '{"app/posts/router.py": [{}]}', "[]"])
def test_a_record_that_is_not_as_it_was_written_is_not_believed(router: Path, tmp_path: Path, text: str | None) -> None:
    record = tmp_path / "backend/.bkgen/provenance.json"
    record.unlink()
    if text is not None:
        record.write_text(text)
    with pytest.raises(NotGeneratedError, match="is not as bkgen wrote it"):
        trace(router, 2)
