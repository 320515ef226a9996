"""Every example in `specs/README.md` is read by bkgen as the text beside it says.

A block of JSON or YAML is a document. So is the last cell of a row in a table; where that is no whole object, it is put
into the object that its section is about. A code behind an arrow (`→ BK411`) is what the example gives; without one
it gives none. The first block declares the tables that all others may use.
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

from bkgen.codes import CODES, DESIGN
from bkgen.diagnostics import Diagnostics
from bkgen.lint import review_design
from bkgen.load import load
from bkgen.load.documents import Documents
from bkgen.resolve import resolve
from bkgen.resolve.known_paths import known_operation
from bkgen.resolve.mail_paths import mail_operation
from bkgen.resolve.paths import parse_path
from bkgen.resolve.second_factor import second_factor_operation
from bkgen.resolve.types import parse_type
from bkgen.source import SourceFile, Span, plain
from bkgen.validate import structure

README = (Path(__file__).parents[2] / "specs" / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(json|yaml)\n(.*?)^```\n(?:\n→ `(BK\d+)`)?", README, re.MULTILINE | re.DOTALL)
TABLES: dict[str, Any] = json.loads(BLOCKS[0][1])

# Told of a backend that is as it should be: what was added to it.
EXPECTED_ANYWAY = {
    *("BK320", "BK321", "BK325", "BK326", "BK334", "BK415"),
    *("BK643", "BK644", "BK651", "BK663", "BK671", "BK674"),
}
# Examples are about one thing each, and leave out what a contract on the internet would have.
RISKS = {code for code in CODES if "BK900" < code < "BK990"}

_KEY = {"name": "id", "type": "uuid", "primary": True}
NOTE_COLUMNS = [
    {"name": "shop", "type": "integer"},
    {"name": "number", "type": "integer"},
    {"name": "name", "type": "string"},
]


THING = {
    "type": "object",
    "required": ["number", "author"],
    "properties": {
        "number": {"type": "string", "maxLength": 20},
        "author": {
            "type": "object",
            "required": ["name"],
            "properties": {"name": {"type": "string", "maxLength": 40}},
        },
    },
}


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
        case "Collections" | "collection":
            return {"collections": [{"name": "things", "schema": THING} | said]}
        case "Columns" | "Types" | "column":
            column = {"name": "thing", "type": "string", **said}
            key = [] if column.get("primary") else [{"name": "id", "type": "uuid", "primary": True}]
            return {"tables": [{"name": "notes", "columns": [*key, column]}]}
        case "Service" | "service":
            return {"service": said}
        case "Design":
            return {"tables": [said | {"name": "things", "columns": [_KEY, *said["columns"]]}]}
        case "Policies":
            return {"tables": [_table(said)]}
        case "Views":
            return {"views": [{"name": "Some", "from": "users", "fields": {"email": "email"}} | said]}
    if title == "Actions":
        return {"endpoints": [{"method": "POST", "path": "/posts/{id}/act", "response": {"204": {}}} | said]}
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
        if title in ("Other spellings", "Not in this version", "Expressions"):
            continue
        for row in rows(title):
            if match := re.fullmatch(r"`([{\"].*?)`(?: → `(BK\d+)`)?", row[-1]):
                yield title, match[1], match[2]


def compiled(
    folder: Path, document: Any, written: str | None = None, risk: str | None = None
) -> tuple[Documents, set[str]]:
    """What is read of a document beside the shared tables, and the codes of what is found.

    Args:
        document: its content; a table in it stands for the shared one of the same name.
        written: the document as YAML; without it, it is written as JSON.
        risk: the finding about security or the design that the example is about, which counts.
    """
    own = document.get("tables", []) if isinstance(document, dict) else []
    names = [table["name"] for table in own] if isinstance(own, list) else []
    shared = {"tables": [table for table in TABLES["tables"] if table["name"] not in names]}
    (folder / "shared.json").write_text(json.dumps(shared), encoding="utf-8")
    example = folder / ("example.yaml" if written else "example.json")
    example.write_text(written or json.dumps(document), encoding="utf-8")
    diagnostics = Diagnostics()
    read = load([folder], diagnostics)
    structure(read, diagnostics)
    if not diagnostics.has_errors:
        service = resolve(read, diagnostics)
        for found in review_design(service, read) if service is not None and risk in DESIGN else ():
            diagnostics.add(found.code, found.span, found.message, found.fix)
    return read, {found.code for found in diagnostics} - EXPECTED_ANYWAY - (RISKS - {risk})


@pytest.mark.parametrize(("language", "text", "code"), BLOCKS)
def test_block(tmp_path: Path, language: str, text: str, code: str) -> None:
    codes = compiled(tmp_path, yaml.safe_load(text), text if language == "yaml" else None, code)[1]
    assert codes == ({code} if code else set())


@pytest.mark.parametrize(("title", "written", "code"), list(cells()))
def test_cell(tmp_path: Path, title: str, written: str, code: str | None) -> None:
    assert compiled(tmp_path, whole(title, written), risk=code)[1] == ({code} if code else set())


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
        read, codes = compiled(folder, whole(where, text))
        found.append(
            [plain(node) for node in (*read.endpoints, *read.stored, *([read.service] if read.service else []))]
        )
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


def known_words() -> Iterator[tuple[str, str, str]]:
    """Operation, method and last word of the path, for the rows of the table of operations that name words."""
    for operation, methods, words, _ in rows("Operations"):
        # What stands behind a semicolon needs more than a word.
        for word in re.findall(r"`([a-z/-]+)`", words.split(";")[0]):
            yield from ((operation.strip("`"), method, word) for method in methods.split(", "))


@pytest.mark.parametrize(("operation", "method", "word"), list(known_words()))
def test_word_of_a_path(operation: str, method: str, word: str) -> None:
    segments = parse_path(f"/api/{word}", Span(SourceFile(Path(), "", ""), 1, 1, 1, 1), Diagnostics())
    assert segments is not None
    found = known_operation(method, segments) or mail_operation(method, segments, None)
    assert (found or second_factor_operation(method, segments)) == operation
