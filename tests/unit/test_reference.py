"""The parts of the reference that the code knows best are written from the code.

`specs/diagnostics.md` is written from `bkgen.codes` and the golden cases, and two tables of `specs/README.md` from
`bkgen.load.synonyms`. `pytest tests/unit/test_reference.py --update` rewrites them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

import pytest

from bkgen.codes import CODES, Code
from bkgen.diagnostics import Diagnostics
from bkgen.load import load
from bkgen.load.limits import MAX_BYTES
from bkgen.load.synonyms import (
    COLLECTION,
    COLUMN,
    DOCUMENT,
    ENDPOINT,
    FIELD_INDEX,
    INDEX,
    JOINT_REFERENCE,
    POLICIES,
    RATE_LIMIT,
    REFERENCE,
    SERVICE,
    STEP,
    TABLE,
    VIEW,
    Key,
    Shape,
)
from bkgen.migrate.history import INITIAL, SCHEMA, VERSIONS
from bkgen.pipeline import generate
from bkgen.report import report
from bkgen.resolve.expressions import is_queryable, resolve_expression
from bkgen.validate import structure
from bkgen.write import write_tree
from bkgen.write.lock import exclusive
from bkgen.write.manifest import MANIFEST
from tests.expressions import scope, written

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases"
DIAGNOSTICS = ROOT / "specs" / "diagnostics.md"
LANGUAGE = ROOT / "specs" / "README.md"
DECISIONS = ROOT / "specs" / "decisions"

GROUPS = {
    "1": "Reading",
    "2": "Structure and spelling",
    "3": "Tables",
    "4": "Endpoints",
    "5": "Types and bodies",
    "6": "Service",
    "7": "Writing",
    "8": "Expressions",
    "9": "Security, and the design of tables",
}
_WITH_HANDLER = """{
  "tables": [{"name": "orders", "columns": [{"name": "id", "type": "uuid", "primary": true}]}],
  "endpoints": [
    {"method": "GET", "path": "/orders/sales", "handler": "reports:sales", "query": {"day": "date"},
     "response": {"200": {"total": "integer"}}}
  ]
}
"""
HEAD = """<!-- Written by `pytest tests/unit/test_reference.py --update` from bkgen/codes and tests/cases. -->

# Every finding of bkgen

A finding has a stable code, a place, and what to write instead. All findings of a set of documents are told at once.

| severity | what it means |
| --- | --- |
| error | nothing is generated |
| warning | the backend is generated, and something in it may surprise; `bkgen validate --strict` exits with 1 |
| info | something that the documents do not mention |
| hint | told only by `bkgen validate --hints` |
"""


def shapes() -> Iterator[tuple[str, Shape]]:
    """Every object of the language that has keys, by the name that the reference gives it."""
    yield from {"document": DOCUMENT, "endpoint": ENDPOINT, "`rateLimit`": RATE_LIMIT, "table": TABLE}.items()
    yield from {
        "step": STEP,
        "column": COLUMN,
        "`references`": REFERENCE,
        "`references` of a table": JOINT_REFERENCE,
        "index": INDEX,
        "collection": COLLECTION,
        "index of a collection": FIELD_INDEX,
        "view": VIEW,
        "`policies`": POLICIES,
        "service": SERVICE,
    }.items()
    for name, key in SERVICE.keys.items():
        if key.shape is not None:
            yield f"`service.{name}`", key.shape


# diagnostics.md


def reference_of_diagnostics(folder: Path) -> str:
    """The whole document; `folder` is an empty one to work in."""
    examples = golden_examples() | made_examples(folder)
    parts = [HEAD]
    for group, codes in groupby(sorted(CODES), lambda code: code[2]):
        listed = list(codes)
        rows = [f"| [{code}](#{code.lower()}) | {CODES[code].severity} | {CODES[code].title} |" for code in listed]
        parts.append(
            f"## BK{group}xx: {GROUPS[group]}\n\n| code | severity | |\n| --- | --- | --- |\n" + "\n".join(rows)
        )
        parts += [_section(code, CODES[code], examples[code]) for code in listed]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _section(name: str, code: Code, example: str) -> str:
    return f"### {name}\n\n**{code.title}** ({code.severity}). {code.help}\n\n```text\n{example.strip()}\n```"


def golden_examples() -> dict[str, str]:
    """For each code the plainest finding of the golden cases: from the case with the fewest codes, and short."""
    found: dict[str, list[tuple[int, int, str, str]]] = {}
    for path in sorted(CASES.rglob("diagnostics.txt")):
        findings = path.read_text(encoding="utf-8").split("\n\n")
        codes = [re.findall(r"\[(BK\d+)\]", finding)[0] for finding in findings]
        for code, finding in zip(codes, findings, strict=True):
            rank = (len(set(codes)), len(finding), path.relative_to(CASES).as_posix(), finding)
            found.setdefault(code, []).append(rank)
    return {code: min(ranks)[-1] for code, ranks in found.items()}


def made_examples(folder: Path) -> dict[str, str]:
    """Findings about files that no repository could keep, and about the output folder."""
    examples = {}
    for code, make in _MAKERS.items():
        root = folder / code
        root.mkdir()
        diagnostics = Diagnostics()
        make(root, diagnostics)
        (example,) = (found for found in diagnostics if found.code == code)
        examples[code] = report([example]).replace(f"{root}/", "")
    return examples


def _too_large(root: Path, diagnostics: Diagnostics) -> None:
    (root / "contract.json").write_text(" " * (MAX_BYTES + 1), encoding="utf-8")
    load([root], diagnostics)


def _unprintable_name(root: Path, diagnostics: Diagnostics) -> None:
    (root / "posts\x07.json").write_text("[]", encoding="utf-8")
    load([root], diagnostics)


def _many_mistakes(root: Path, diagnostics: Diagnostics) -> None:
    lines = ["tables:", *["- {name: posts, column: id}"] * (Diagnostics.MOST + 30)]
    (root / "posts.yaml").write_text("\n".join(lines), encoding="utf-8")
    structure(load([root], diagnostics), diagnostics)


def _path_out_of_the_folder(root: Path, diagnostics: Diagnostics) -> None:
    write_tree({"../main.py": ""}, root / "backend", "", diagnostics)


def _no_folder(root: Path, diagnostics: Diagnostics) -> None:
    (root / "backend").mkdir()
    (root / "backend" / "app").write_text("", encoding="utf-8")
    write_tree({"app/main.py": ""}, root / "backend", "", diagnostics)


def _in_use(root: Path, diagnostics: Diagnostics) -> None:
    (root / "backend").mkdir()
    with exclusive(root / "backend"):
        write_tree({"app/main.py": ""}, root / "backend", "", diagnostics)


def _damaged_manifest(root: Path, diagnostics: Diagnostics) -> None:
    write_tree({"app/main.py": "one\n"}, root / "backend", "", Diagnostics())
    (root / "backend" / MANIFEST).write_text("<<<<<<< HEAD", encoding="utf-8")
    write_tree({"app/main.py": "two\n"}, root / "backend", "", diagnostics)


def _files_in_the_way(root: Path, diagnostics: Diagnostics) -> None:
    (root / "backend" / "app").mkdir(parents=True)
    (root / "backend" / "app" / "main.py").write_text("print()\n", encoding="utf-8")
    write_tree({"app/main.py": ""}, root / "backend", "", diagnostics)


def _handler(*lines: str) -> Callable[[Path, Diagnostics], None]:
    """A finding about the file of a handler, which has these lines; none is no file."""

    def make(root: Path, diagnostics: Diagnostics) -> None:
        (root / "api.json").write_text(_WITH_HANDLER, encoding="utf-8")
        file = root / "backend" / "app" / "handlers" / "reports.py"
        file.parent.mkdir(parents=True)
        if lines:
            file.write_text("\n".join(lines), encoding="utf-8")
        for found in generate([root / "api.json"], root / "backend").diagnostics:
            diagnostics.add(found.code, found.span, found.message, found.fix, found.lines)

    return make


def _without_record(root: Path, diagnostics: Diagnostics) -> None:
    _changed(root, diagnostics, lambda backend: (backend / SCHEMA).unlink())


def _two_heads(root: Path, diagnostics: Diagnostics) -> None:
    def add(backend: Path) -> None:
        for name in ("a1", "b2"):
            text = f'revision = "{name}"\ndown_revision = "0001"\n'
            (backend / VERSIONS / f"{name}_by_hand.py").write_text(text, encoding="utf-8")

    _changed(root, diagnostics, add)


def _missing_revision(root: Path, diagnostics: Diagnostics) -> None:
    _changed(root, diagnostics, lambda backend: (backend / INITIAL).unlink())


def _changed(root: Path, diagnostics: Diagnostics, change: Callable[[Path], None]) -> None:
    """What is found where a backend has another table than before, and its folder was changed."""
    document = root / "database.json"
    for columns in ("", ', {"name": "title", "type": "string", "nullable": true}'):
        key = '{"name": "id", "type": "uuid", "primary": true}'
        document.write_text(f'{{"tables": [{{"name": "notes", "columns": [{key}{columns}]}}]}}', encoding="utf-8")
        found = generate([document], root / "backend").diagnostics
        if not columns:
            change(root / "backend")
    for finding in found:
        diagnostics.add(finding.code, finding.span, finding.message, finding.fix, finding.lines)


def _expression(text: str) -> Callable[[Path, Diagnostics], None]:
    """A finding in an expression; documents have no key for one yet."""

    def make(root: Path, diagnostics: Diagnostics) -> None:
        at = written(text)
        found = resolve_expression(text, at, scope(), diagnostics)
        if found is not None:
            is_queryable(found, frozenset({"row"}), diagnostics)

    return make


_MAKERS: dict[str, Callable[[Path, Diagnostics], None]] = {
    "BK106": _too_large,
    "BK107": _unprintable_name,
    "BK125": _many_mistakes,
    "BK701": _path_out_of_the_folder,
    "BK702": _no_folder,
    "BK703": _in_use,
    "BK704": _damaged_manifest,
    "BK705": _files_in_the_way,
    "BK710": _handler(),
    "BK711": _handler("def sales(connection, day: str) -> int:", "    return 0"),
    "BK720": _without_record,
    "BK721": _two_heads,
    "BK722": _missing_revision,
    "BK801": _expression("row.open and row.flagged"),
    "BK802": _expression("row.comments[0]"),
    "BK803": _expression("(" * 60 + "true" + ")" * 60),
    "BK804": _expression("row.titel"),
    "BK805": _expression("row.title + row.views"),
    "BK806": _expression("row.author.password_hash"),
    "BK807": _expression("row.status == 'publishd'"),
    "BK808": _expression("slug(row.title) == path.slug"),
}


# The tables of README.md


def other_spellings() -> str:
    """Every key with the other words for it."""
    rows = [
        f"| {where} | {_canonical(name, key)} | {_words(key.also)} | {_words(key.opposite)} |"
        for where, shape in shapes()
        for name, key in shape.keys.items()
        if key.also or key.opposite
    ]
    return "\n".join(["| in | key | also understood | the opposite of |", "| --- | --- | --- | --- |", *rows])


def _canonical(name: str, key: Key) -> str:
    if key.interim:
        return {
            "length": "the length in `type`",
            "autoIncrement": '`"default": "autoincrement"`',
            "roles": "the roles in `auth`",
        }[name]
    return f"`{name}`"


def not_in_this_version() -> str:
    """The keys of the language that this version refuses, and those that it drops."""
    rows = [
        f"| {where} | {_words(shape.planned)} | {_words(tuple(shape.without_effect))} |"
        for where, shape in shapes()
        if shape.planned or shape.without_effect
    ]
    return "\n".join(["| in | refused (`BK203`) | dropped with a hint (`BK212`) |", "| --- | --- | --- |", *rows])


def _words(words: tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words)


@pytest.mark.parametrize("part", [other_spellings, not_in_this_version])
def test_generated_table(part: Callable[[], str], update: bool) -> None:
    begin, end = f"<!-- {part.__name__}: written by tests/unit/test_reference.py -->\n\n", "\n\n<!-- end -->"
    text = LANGUAGE.read_text(encoding="utf-8")
    start = text.index(begin) + len(begin)
    stop = text.index(end, start)
    if update:
        LANGUAGE.write_text(text[:start] + part() + text[stop:], encoding="utf-8")
    else:
        assert text[start:stop] == part()


def test_diagnostics(tmp_path: Path, update: bool) -> None:
    written = reference_of_diagnostics(tmp_path)
    if update:
        DIAGNOSTICS.write_text(written, encoding="utf-8")
    assert DIAGNOSTICS.read_text(encoding="utf-8") == written


def test_every_key_has_a_row_in_the_reference() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", LANGUAGE.read_text(encoding="utf-8"), re.MULTILINE)
    keys = {name for _, shape in shapes() for name, key in shape.keys.items() if not key.interim}
    assert keys - set(rows) == set()


def test_links_lead_somewhere() -> None:
    for document in (ROOT / "specs").rglob("*.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_the_index_of_decisions_is_complete() -> None:
    index = (DECISIONS / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in DECISIONS.glob("0*.md") if f"]({path.name})" not in index] == []
