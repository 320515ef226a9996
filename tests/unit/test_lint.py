"""The review of a design: what the shipped examples are told, where a rule ends, and what nobody is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from bkgen.assets import folder
from bkgen.codes import CODES, DESIGN
from bkgen.lint.rows import MOST_COLUMNS
from bkgen.lint.values import LONGEST_KEY
from bkgen.pipeline import compile_documents, lint
from tests.test_cases import CASES, INPUTS

USERS = """
  - name: users
    columns:
      - {name: id, type: uuid, primary: true}
      - {name: email, type: email, unique: true}
      - {name: password_hash, type: VARCHAR(255)}
"""
LOGIN = """
  - {method: POST, path: /auth/login, response: {200: {token: string}}, rateLimit: 5 per minute}
"""


def codes(directory: Path, text: str) -> list[str]:
    """What `bkgen lint` tells of a document."""
    (directory / "api.yaml").write_text(text, encoding="utf-8")
    return [found.code for found in lint([directory])]


def of_column(directory: Path, column: str) -> list[str]:
    """What it tells of a column of a table that has a key beside it."""
    table = "tables:\n  - name: things\n    columns:\n      - {name: id, type: uuid, primary: true}\n"
    return codes(directory, f"{table}      - {column}\n")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("accounts", []),
        ("blog", ["BK961"]),
        ("conduit", ["BK961", "BK961", "BK961"]),
        ("login", []),
        ("minimal", []),
        ("shop", ["BK970"]),
        ("team", ["BK961"]),
        ("todo", []),
    ],
)
def test_the_examples_are_told_little(name: str, expected: list[str]) -> None:
    assert [found.code for found in lint([folder("examples") / name])] == expected


@pytest.mark.parametrize("code", DESIGN)
def test_each_finding_stops_nothing(code: str) -> None:
    assert CODES[code].severity in ("warning", "info")
    assert "BK950" <= code <= "BK971"


@pytest.mark.parametrize(("count", "expected"), [(MOST_COLUMNS, []), (MOST_COLUMNS + 1, ["BK962"])])
def test_rows_are_wide_from_one_column_on(tmp_path: Path, count: int, expected: list[str]) -> None:
    letters = [f"{{name: a{chr(97 + number // 26)}{chr(97 + number % 26)}, type: integer}}" for number in range(count)]
    columns = "\n      - ".join(["{name: id, type: uuid, primary: true}", *letters[1:]])
    assert codes(tmp_path, f"tables:\n  - name: things\n    columns:\n      - {columns}\n") == expected


@pytest.mark.parametrize(("length", "expected"), [(LONGEST_KEY, []), (LONGEST_KEY + 1, ["BK968"])])
def test_a_text_is_too_long_for_an_index_from_one_character_on(
    tmp_path: Path, length: int, expected: list[str]
) -> None:
    assert of_column(tmp_path, f"{{name: title, type: VARCHAR({length}), index: true}}") == expected


@pytest.mark.parametrize("name", ["price", "unit_price", "totalAmount", "balance_usd", "SALARY"])
def test_money_is_known_by_the_last_words(tmp_path: Path, name: str) -> None:
    assert of_column(tmp_path, f"{{name: {name}, type: float}}") == ["BK957"]


@pytest.mark.parametrize("name", ["price_index", "cost_ratio", "usd", "weight", "total_weight", "priceless"])
def test_what_only_resembles_money_is_none(tmp_path: Path, name: str) -> None:
    assert of_column(tmp_path, f"{{name: {name}, type: float}}") == []


@pytest.mark.parametrize("name", ["notes", "terms", "status", "news", "details", "list_price", "x1"])
def test_a_text_in_the_plural_is_not_always_a_list(tmp_path: Path, name: str) -> None:
    assert of_column(tmp_path, f"{{name: {name}, type: VARCHAR(80)}}") == []


@pytest.mark.parametrize("name", ["_", "-", "1", "id2"])
def test_names_without_words_are_read(tmp_path: Path, name: str) -> None:
    assert of_column(tmp_path, f'{{name: "{name}", type: VARCHAR(80)}}') == []


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ("phone, phone1", ["BK954"]),
        ("phone, phone2", ["BK954"]),
        ("phone0, phone1", ["BK954"]),
        ("phone1, phone2, phone4", []),
        ("phone2, phone3", []),
        ("phone1, phones", []),
        ("line_1, line_2", []),
    ],
)
def test_columns_are_repeated_where_their_numbers_have_no_gap(
    tmp_path: Path, columns: str, expected: list[str]
) -> None:
    listed = "\n      - ".join(f"{{name: {name}, type: integer}}" for name in columns.split(", "))
    assert of_column(tmp_path, listed) == expected


def test_tables_that_bkgen_adds_are_not_reviewed(tmp_path: Path) -> None:
    refresh = "  - {method: POST, path: /auth/refresh, response: {200: {token: string}}, rateLimit: 5 per minute}\n"
    text = f"tables:{USERS}endpoints:{LOGIN}{refresh}"
    assert codes(tmp_path, text) == []
    service, _ = compile_documents([tmp_path])
    assert service is not None
    assert any(table.added for table in service.tables)


def test_a_table_is_used_where_a_policy_speaks_of_it(tmp_path: Path) -> None:
    text = f"""tables:{USERS}
  - name: rooms
    columns:
      - {{name: id, type: integer, primary: true}}
    policies: {{read: "row.keys.exists(one, one.user_id == actor.id)"}}
  - name: keys
    primaryKey: [room_id, user_id]
    columns:
      - {{name: room_id, type: integer, references: rooms.id, onDelete: CASCADE}}
      - {{name: user_id, type: uuid, references: users.id, onDelete: CASCADE}}
endpoints:{LOGIN}
  - {{method: GET, path: /rooms, auth: true, response: {{200: [object]}}}}
"""
    assert codes(tmp_path, text) == []
    without = text.replace("row.keys.exists(one, one.user_id == actor.id)", "actor != null")
    assert codes(tmp_path, without) == ["BK963"]


def test_a_handler_may_use_any_table(tmp_path: Path) -> None:
    table = "  - name: {}\n    columns:\n      - {{name: id, type: integer, primary: true}}\n"
    text = "tables:\n" + table.format("towns") + table.format("visits")
    handler = '  - {method: GET, path: /sales, handler: "reports:sales", response: {200: {total: integer}}}\n'
    listed = "endpoints:\n  - {method: GET, path: /towns, response: {200: [object]}}\n"
    assert codes(tmp_path, text + listed) == ["BK963"]
    assert codes(tmp_path, text + listed + handler) == []


@pytest.mark.parametrize(
    ("path", "rule", "expected"),
    [
        ("/notes", "", ["BK960", "BK970"]),
        ("/notes", 'where: "row.user_id == actor.id"', []),
        ("/users/{user_id}/notes", "", []),
    ],
)
def test_a_filter_of_few_rows_needs_no_index(tmp_path: Path, path: str, rule: str, expected: list[str]) -> None:
    text = f"""tables:{USERS}
  - name: notes
    columns:
      - {{name: id, type: uuid, primary: true}}
      - {{name: user_id, type: uuid, references: users.id, onDelete: CASCADE}}
      - {{name: title, type: VARCHAR(800)}}
      - {{name: text, type: VARCHAR(80)}}
endpoints:{LOGIN}
  - method: GET
    path: "{path}"
    auth: true
    {rule}
    query: {{title: string, words: {{search: [text]}}}}
    response: {{200: [object]}}
"""
    assert codes(tmp_path, text) == expected


def test_references_of_several_columns_need_a_rule_for_deletions(tmp_path: Path) -> None:
    text = """
tables:
  - name: seats
    primaryKey: [room, number]
    columns:
      - {name: room, type: integer}
      - {name: number, type: integer}
  - name: guests
    columns:
      - {name: id, type: integer, primary: true}
      - {name: room, type: integer}
      - {name: number, type: integer}
    references: [{columns: [room, number], table: seats, to: [room, number]RULE}]
"""
    assert codes(tmp_path, text.replace("RULE", "")) == ["BK959"]
    assert codes(tmp_path, text.replace("RULE", ", onDelete: CASCADE")) == []


def test_rows_that_others_refer_to_are_no_documents(tmp_path: Path) -> None:
    text = """
tables:
  - name: recipes
    columns:
      - {name: id, type: uuid, primary: true}
  - name: steps
    columns:
      - {name: id, type: integer, primary: true}
      - {name: recipe_id, type: uuid, references: recipes.id, onDelete: CASCADE}
      - {name: text, type: VARCHAR(500)}
endpoints:
  - {method: POST, path: /recipes, request: {steps: [{text: string}]}, response: {201: object}}
"""
    assert codes(tmp_path, text) == ["BK965"]
    listed = text + "  - {method: GET, path: /steps, response: {200: [object]}}\n"
    assert codes(tmp_path, listed) == []
    photos = """
  - name: photos
    columns:
      - {name: id, type: integer, primary: true}
      - {name: step_id, type: integer, references: steps.id, onDelete: CASCADE}
      - {name: width, type: integer}
endpoints:
  - {method: GET, path: /photos, response: {200: [{width: integer}]}}
"""
    assert codes(tmp_path, text.replace("endpoints:\n", photos.lstrip("\n"))) == []


@pytest.mark.parametrize("documents", INPUTS, ids=lambda path: path.parent.relative_to(CASES).as_posix())
def test_documents_of_all_cases_are_reviewed_or_told_of_their_errors(documents: Path) -> None:
    service, diagnostics = compile_documents([documents])
    found = {one.code for one in lint([documents])}
    if service is None:
        assert found == {one.code for one in diagnostics}
    else:
        assert found <= {*DESIGN, "BK990"}


def test_what_is_accepted_of_the_design_is_no_matter_of_validate(tmp_path: Path) -> None:
    accept = "accept: {BK957: Only shown in a chart}"
    assert of_column(tmp_path, f"{{name: price, type: float, {accept}}}") == []
    assert [found.code for found in compile_documents([tmp_path])[1]] == []
    assert of_column(tmp_path, f"{{name: price, type: integer, {accept}}}") == ["BK990"]
    assert [found.code for found in compile_documents([tmp_path])[1]] == []


def test_what_is_accepted_of_security_is_no_matter_of_lint(tmp_path: Path) -> None:
    accept = "accept: {BK905: They stand on the door}"
    assert of_column(tmp_path, f"{{name: phone, type: VARCHAR(20), {accept}}}") == []
    assert [found.code for found in compile_documents([tmp_path])[1]] == ["BK990"]
