"""Shared files hold what a backend uses of them, and nothing else."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from bkgen.render.pruning import SharedFiles, Uses

TOOLS = '''"""Tools."""

import re

from app.words import SPACE


# Why it is there.
LIMIT = 3
OTHER = 4


def short(text: str) -> bool:
    """Whether there is little of it."""
    return length(text) < LIMIT


def length(text: str) -> int:
    return len(re.split(SPACE, text))


@registered(short)
def _short_elsewhere(text: str) -> bool:
    return False
'''
WORDS = """SPACE = r"\\s"
COMMA = ","
"""
SHARED = {"app/tools.py": TOOLS, "app/words.py": WORDS}


def pruned(shared: dict[str, str], *others: str, promised: Collection[str] = ()) -> dict[str, str]:
    used = Uses()
    used.add_files(others)
    return SharedFiles(shared, promised).pruned(used)


def test_what_is_imported_stays_with_all_that_it_needs_and_all_that_serves_it() -> None:
    kept = pruned(SHARED, "from app.tools import short\nprint(short('a'))\n")
    tools = TOOLS.replace("OTHER = 4\n", "")
    assert kept == {"app/tools.py": tools, "app/words.py": 'SPACE = r"\\s"\n'}


def test_a_comment_goes_with_what_it_is_about() -> None:
    kept = pruned(SHARED, "from app.tools import OTHER, short\nprint(OTHER)\n")
    assert kept["app/tools.py"].endswith("\n\n\nOTHER = 4\n\n\n\n\n\n\n")
    assert "Why" not in kept["app/tools.py"]


def test_files_of_which_nothing_is_used_are_not_written() -> None:
    assert pruned(SHARED, "def short(): ...\nshort(LIMIT, COMMA)\n") == {}


def test_names_of_a_module_that_is_imported_whole_are_used_behind_a_point() -> None:
    kept = pruned(SHARED, "from app import words\nprint(words.COMMA)\n")
    assert kept == {"app/words.py": 'COMMA = ","\n'}


def test_what_a_package_gives_on_is_used() -> None:
    shared = {"app/all/__init__.py": 'from app.words import COMMA\n\n__all__ = ["COMMA"]\n', **SHARED}
    assert pruned(shared)["app/words.py"] == 'COMMA = ","\n'


def test_what_is_promised_stays() -> None:
    assert pruned(SHARED, promised=["OTHER"])["app/tools.py"].endswith("OTHER = 4\n\n\n\n\n\n\n")


def test_a_name_in_a_text_or_a_docstring_is_no_use() -> None:
    text = 'from app.words import COMMA\n\ndef one():\n    """COMMA."""\n    # COMMA\n    return "COMMA"\n'
    assert pruned(SHARED, text) == {}


def test_code_behind_a_text_that_looks_like_a_comment_is_seen() -> None:
    text = 'from app.words import COMMA\nprint(\'""" # \', COMMA)\nprint(\'"""\')\n'
    assert "app/words.py" in pruned(SHARED, text)


def test_a_text_that_looks_like_an_import_hides_no_code() -> None:
    text = 'from app.words import COMMA\ndef one():\n    """Text.\n\nfrom a import (\n    """\n    return f(COMMA)\n'
    assert "app/words.py" in pruned(SHARED, text)


def test_fixtures_stay_where_a_test_asks_for_them_by_name_or_by_text() -> None:
    fixtures = "\n".join(f"@pytest.fixture\ndef {name}(): ..." for name in ("one", "two", "three"))
    shared = {"tests/conftest.py": fixtures}
    kept = pruned(shared, "def test_it(one): ...\nTOKEN = 'two'\n")["tests/conftest.py"]
    assert ("one" in kept, "two" in kept, "three" in kept) == (True, True, False)


def test_tests_stay_with_what_their_decorators_name() -> None:
    shared = {"tests/test_all.py": "CASES = [1]\n\n@pytest.mark.parametrize('case', CASES)\ndef test_it(case): ...\n"}
    assert pruned(shared) == shared


@pytest.mark.parametrize("place", ["app/__main__.py", "app/zz.py"], ids=["first", "last"])
def test_files_that_act_by_themselves_stay(place: str) -> None:
    shared = {place: "from app.tools import (\n    LIMIT,  # of all\n)\n\nprint(LIMIT)\n", **SHARED}
    assert pruned(dict(sorted(shared.items()))).keys() == {place, "app/tools.py"}


def test_what_a_file_of_imports_gives_on_is_used() -> None:
    shared = {"app/all.py": "from app.words import COMMA\n", **SHARED}
    assert pruned(shared).keys() == {"app/all.py", "app/words.py"}


def test_what_a_decorator_ties_to_something_else_may_be_used_by_itself() -> None:
    shared = {"app/one.py": "LIMIT = 3\n\n@retry(LIMIT)\ndef f(): ...\n"}
    assert pruned(shared, "from app.one import f\nf()\n") == shared
