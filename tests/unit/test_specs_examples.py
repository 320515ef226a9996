"""Every example in `specs/README.md` is read by bkgen as the text beside it says.

A block of JSON or YAML is a document. So is the last cell of a row in a table; where that is no whole object, it is put
into the object that its section is about. A code behind an arrow (`→ BK411`) is what the example gives; without one
it gives no finding, other spellings aside from none. The first block declares the tables that all others may use.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from bkgen.diagnostics import Diagnostics
from bkgen.load import load
from bkgen.load.documents import Documents
from bkgen.resolve import resolve
from bkgen.resolve.types import parse_type
from bkgen.source import plain
from bkgen.validate import structure

README = (Path(__file__).parents[2] / "specs" / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(json|yaml)\n(.*?)^```\n(?:\n→ `(BK\d+)`)?", README, re.MULTILINE | re.DOTALL)
TABLES: dict[str, Any] = json.loads(BLOCKS[0][1])

# Told of a backend that is as it should be: what was added to it.
EXPECTED_ANYWAY = {"BK415", "BK320", "BK321", "BK325"}

NOTE_COLUMNS = [
    {"name": "shop", "type": "integer"},
    {"name": "number", "type": "integer"},
    {"name": "name", "type": "string"},
]


def sections() -> Iterator[tuple[str, str]]:
    """The title and text of each section."""
    for part in README.split("\n## ")[1:]:
        title, _, text = part.partition("\n")
        yield title, text


def rows(title: str) -> Iterator[list[str]]:
    """The cells of every row of the tables in a section, but for their heads."""
    lines = [line for line in dict(sections())[title].splitlines() if line.startswith("| ")]
    for line, following in pairwise([*lines, ""]):
        if not line.startswith("| ---") and not following.startswith("| ---"):
            yield [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def whole(title: str, written: str) -> dict[str, Any]:
    """The document that an example in a section stands for."""
    if written.startswith("{"):
        found: dict[str, Any] = json.loads(written)
        return found
    said = json.loads("{" + written + "}")
    match title:
        case "Tables" | "table":
            return {"tables": [_table(said)]}
        case "Columns" | "Types" | "column":
            column = {"name": "thing", "type": "string", **said}
            key = [] if column.get("primary") else [{"name": "id", "type": "uuid", "primary": True}]
            return {"tables": [{"name": "notes", "columns": [*key, column]}]}
        case "Service" | "service":
            return {"service": said}
    path = "/posts/{id}" if "id" in said.get("path", "") else "/posts"
    answer = "object" if path.endswith("}") else ["object"]
    return {"endpoints": [{"method": "GET", "path": path, "response": {"200": answer}} | said]}


def _table(said: dict[str, Any]) -> dict[str, Any]:
    keyed = "primaryKey" in said
    key = [] if keyed else [{"name": "id", "type": "uuid", "primary": True}]
    return {"name": "notes", "columns": [*key, *NOTE_COLUMNS], **said}


def cells() -> Iterator[tuple[str, str, str | None]]:
    """Every example in a table: its section, its text, and the code of the finding that it gives."""
    for title, _ in sections():
        if title in ("Other spellings", "Not in this version"):
            continue
        for row in rows(title):
            if match := re.fullmatch(r"`([{\"].*?)`(?: → `(BK\d+)`)?", row[-1]):
                yield title, match[1], match[2]


def compiled(folder: Path, *documents: dict[str, Any] | list[Any]) -> tuple[Documents, set[str]]:
    """What is read, and the codes of what is found."""
    for number, document in enumerate(documents):
        (folder / f"{number}.json").write_text(json.dumps(document), encoding="utf-8")
    diagnostics = Diagnostics()
    read = load([folder], diagnostics)
    if not diagnostics.has_errors:
        structure(read, diagnostics)
    if not diagnostics.has_errors:
        resolve(read, diagnostics)
    return read, {found.code for found in diagnostics} - EXPECTED_ANYWAY


def with_tables(document: Any) -> list[Any]:
    """The documents to read for an example: the shared tables, unless it says some of the same name."""
    own = document.get("tables", []) if isinstance(document, dict) else []
    names = [table.get("name") for table in own] if isinstance(own, list) else []
    shared = [table for table in TABLES["tables"] if table["name"] not in names]
    return [{"tables": shared}, document]


@pytest.mark.parametrize(("language", "text", "code"), BLOCKS)
def test_block(tmp_path: Path, language: str, text: str, code: str) -> None:
    document = json.loads(text) if language == "json" else yaml.safe_load(text)
    assert compiled(tmp_path, *with_tables(document))[1] == ({code} if code else set())


@pytest.mark.parametrize(("title", "written", "code"), list(cells()))
def test_cell(tmp_path: Path, title: str, written: str, code: str | None) -> None:
    assert compiled(tmp_path, *with_tables(whole(title, written)))[1] == ({code} if code else set())


def spellings() -> Iterator[tuple[str, str, str]]:
    for row in rows("Other spellings"):
        examples = [re.findall(r"`([{\"].*?)`(?=,|$)", cell) for cell in row]
        if len(row) == 3 and examples[2]:
            yield from ((row[0], written, examples[2][0]) for written in examples[1])


@pytest.mark.parametrize(("where", "written", "canonical"), list(spellings()))
def test_other_spelling(tmp_path: Path, where: str, written: str, canonical: str) -> None:
    found = []
    for name, text in (("written", written), ("canonical", canonical)):
        folder = tmp_path / name
        folder.mkdir()
        read, codes = compiled(folder, *with_tables(whole(where, text)))
        found.append([plain(node) for node in (*read.endpoints, *read.tables, *([read.service] if read.service else []))])
        assert codes == ({"BK213"} if name == "written" else set())
    assert found[0] == found[1]


def test_sql_spellings_are_of_the_type_that_the_table_says() -> None:
    wrong = []
    for row in rows("Types"):
        if len(row) == 4:
            name = row[0].strip("`")
            for spelling in re.findall(r"`([^`]+)`", f"{row[0]} {row[3]}"):
                written = parse_type(spelling)
                if written is None or written.type.kind != name:
                    wrong.append((name, spelling))
    assert wrong == []


def test_words_of_paths_do_what_the_table_says(tmp_path: Path) -> None:
    checked = 0
    for row in rows("Operations"):
        operation, methods, words = row[0].strip("`"), row[1].split(", "), re.findall(r"`([a-z/-]+)`", row[2])
        if operation in ("list", "create", "read", "replace", "update", "delete"):
            continue
        for method, word in ((method, word) for method in methods for word in words):
            if word in ("sessions", "password") or (operation, word) == ("ready", "health"):
                continue
            folder = tmp_path / str(checked)
            folder.mkdir()
            login = {"method": "POST", "path": "/first/login", "response": {"200": {"token": "string"}}}
            (folder / "tables.json").write_text(json.dumps(TABLES), encoding="utf-8")
            endpoint = {"method": method, "path": f"/api/{word}", "response": {"401": {}}}
            if operation in ("live", "ready", "register"):
                endpoint["response"] = {"200": {}} if operation != "register" else {"201": {}}
            (folder / "endpoints.json").write_text(json.dumps([login, endpoint]), encoding="utf-8")
            diagnostics = Diagnostics()
            service = resolve(load([folder], diagnostics), diagnostics)
            assert service is not None, [found.message for found in diagnostics]
            done = [one.operation for one in service.endpoints if one.path == f"/api/{word}"]
            assert done == [operation], (method, word)
            checked += 1
    assert checked > 20
