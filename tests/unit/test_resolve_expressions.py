"""Expressions: what is read and typed, what is refused, and where findings point."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bkgen.diagnostics import Diagnostics
from bkgen.model.expressions import Value
from bkgen.model.types import Kind, Type
from bkgen.resolve.expressions import as_condition, as_value, is_queryable, resolve_expression, split
from bkgen.resolve.expressions.kinds import described
from bkgen.resolve.expressions.parser import MOST_CHARACTERS, MOST_DEPTH
from bkgen.source import SourceFile, Span
from tests.expressions import expression, findings, scope

MISTAKES = [
    ("row.titel", "titel", "BK804", "did you mean `title`?"),
    ("rw.title", "rw", "BK804", "did you mean `row`?"),
    ("row.author.usrname == 'a'", "usrname", "BK804", "did you mean `username`?"),
    ("body.titl", "titl", "BK804", "did you mean `title`?"),
    ("row.tags.exists(row, true)", "row", "BK804", "choose another name for the variable"),
    ("row.author.password_hash == 'x'", "password_hash", "BK806", 'write "private": false at the column'),
    ("row.status == 'publishd'", "'publishd'", "BK807", "did you mean `published`?"),
    ("row.status in ['draft', 'x']", "'x'", "BK807", "one of: `draft`, `published`, `archived`"),
    ("row.code == 'x'", "'x'", "BK807", "such as"),
    ("row.day < '2026-13-01'", "'2026-13-01'", "BK807", 'such as "2026-01-31"'),
    ("now - duration('7 days') < now", "duration('7 days')", "BK807", 'such as `duration("7d")`'),
    ("row.price * row.rating > 1", "*", "BK805", "write `double(...)` around the decimal"),
    ("row.title + row.views", "+", "BK805", "write `string(...)` around what is no text"),
    ("row.code == row.title", "==", "BK805", "write `string(...)` around the uuid"),
    ("row.views == row.title", "==", "BK805", None),
    ("row.author == actor", "==", "BK805", "compare their keys"),
    ("row.comments.score > 1", "score", "BK805", "write `.exists(x, x.score ...)`"),
    ("row.open && row.title", "row.title", "BK805", "write a comparison"),
    ("row.open < true", "<", "BK805", "compare with `==` or `!=`"),
    ("row.title in 'abc'", "'abc'", "BK805", "write `text.contains(part)`"),
    ("row.local < row.created", "<", "BK805", "give both columns the same type"),
    ("row.created - row.published_at", "-", "BK805", "move one of them by a duration"),
    ("row.rating % 2.0", "%", "BK805", "write `int(...)`"),
    ("sum(row.comments)", "row.comments", "BK805", "write `sum(... .map(x, x.column))`"),
    ("has(row.author)", "has(row.author)", "BK805", "!= null"),
    ("true ? 1 : 'a'", "true ? 1 : 'a'", "BK805", None),
    ("[1, 'a'].exists(x, true)", "'a'", "BK805", "write single values of one type"),
    ("row.comments.exist(c, true)", "exist", "BK802", "did you mean `exists`?"),
    ("row.title.lowerAscii()", "lowerAscii", "BK802", "write `lower`"),
    ("{'a': 1}", "{", "BK802", None),
    ("row.comments[0]", "[", "BK802", "use `exists`"),
    ("b'x' == row.title", "b", "BK802", "remove `b`"),
    ("row.open and row.open", "and", "BK801", "write `&&`"),
    ("row.views = 1", "=", "BK801", "write `==` to compare"),
    ("row.title == 'abc", "'abc", "BK801", "close it with '"),
    ("row.größe == 1", "\\u00f6", "BK801", "names in expressions are of a to z, digits and `_`: call it otherwise"),
    ("(row.open", None, "BK801", None),
    ("9223372036854775808 > 1", "9223372036854775808", "BK801", None),
    ("", None, "BK801", "write an expression"),
]


@pytest.mark.parametrize(("text", "part", "code", "fix"), MISTAKES)
def test_mistakes(text: str, part: str | None, code: str, fix: str | None) -> None:
    (found,) = findings(text)
    assert (found.code, (fix or "") in (found.fix or "")) == (code, True), found
    if part is not None:
        assert found.span is not None
        line = found.span.file.lines[0]
        assert line[found.span.column - 1 : found.span.end_column - 1] == part


@pytest.mark.parametrize(
    ("raw", "part"),
    [
        (r'"\"é\" == row.titel"', "titel"),
        (r'"\"\u00e9\ud83d\ude00\\n\" == row.titel"', "titel"),
        (r'"= row.titel"', "titel"),
        (r'"\"\u00e9\" + 1 == row.title"', "+"),
        (r'"row.status == \"pub\u006cished_\""', r"\"pub\u006cished_\""),
    ],
)
def test_places_in_json(raw: str, part: str) -> None:
    line = f'  {{"where": {raw}}}'
    at = Span(SourceFile(Path("x.json"), "x.json", line), 1, 13, 1, 13 + len(raw))
    diagnostics = Diagnostics()
    assert resolve_expression(json.loads(raw).removeprefix("= "), at, scope(), diagnostics) is None
    ((span, _),) = [(found.span, found) for found in diagnostics]
    assert span is not None
    assert line[span.column - 1 : span.end_column - 1] == part


@pytest.mark.parametrize(
    ("raw", "text"),
    [("row.titel", "row.titel"), ("'''a'' == row.titel'", "'a' == row.titel"), ('"\\x41" == 1 # no JSON', "row.titel")],
)
def test_places_in_yaml(raw: str, text: str) -> None:
    at = Span(SourceFile(Path("x.yaml"), "x.yaml", raw), 1, 1, 1, len(raw) + 1)
    diagnostics = Diagnostics()
    resolve_expression(text, at, scope(), diagnostics)
    (found,) = diagnostics
    assert found.span is not None
    shown = raw[found.span.column - 1 : found.span.end_column - 1]
    assert shown == ("titel" if "titel" in raw else raw)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("1 + 2", "an integer"),
        ("row.views / 2.5", "a number"),
        ("row.price * row.views + 1.5", "a decimal"),
        ("row.title + 'x'", "a string"),
        ("row.author.articles", "rows of `articles`"),
        ("row.tags.map(t, t.name)", "a list (a string each)"),
        ("now - duration('1h30m')", "a datetime"),
        ("row.day >= now", "a boolean"),
        ("row.local < now", "a boolean"),
        ("'2026-01-01' == row.day", "a boolean"),
        ("size(row.title) + size(row.tags)", "an integer"),
        ("avg(body.numbers)", "a number"),
        ("row.open ? null : row.code", "a uuid"),
        ("actor == null", "a boolean"),
        ("body.lines.exists(l, l.price > 2.5)", "a boolean"),
    ],
)
def test_types(text: str, given: str) -> None:
    assert described(expression(text).gives) == given


@pytest.mark.parametrize(
    ("text", "nullable"),
    [
        ("row.summary", True),
        ("row.editor.username", True),
        ("row.author.username", False),
        ("actor.id", True),
        ("body.title", True),
        ("row.views / row.views", True),
        ("row.views / 2", False),
        ("row.limit < 2", False),
        ("row.summary != null ? row.summary : ''", False),
        ("has(body.title) ? body.title : ''", False),
        ("has(body.note) ? body.note : ''", True),
        ("actor == null ? row.id : actor.id", False),
        ("row.limit == null || row.open ? 0 : row.limit", False),
        ("max(row.comments.map(c, c.quantity))", True),
        ("sum(row.comments.map(c, c.score))", False),
        ("int('5')", True),
    ],
)
def test_null(text: str, nullable: bool) -> None:
    gives = expression(text).gives
    assert isinstance(gives, Value)
    assert gives.nullable is nullable


def test_there_are_limits() -> None:
    assert [found.code for found in findings("1" + " " * MOST_CHARACTERS)] == ["BK803"]
    for text in ("(" * 999 + "1" + ")" * 999, "-" * 999 + "1", "1" + " + 1" * 999, "!" * 999 + "true"):
        assert [found.code for found in findings(text)] == ["BK803"]
    assert not findings(" && ".join(["true"] * (MOST_DEPTH - 1)))


@pytest.mark.parametrize(
    ("text", "wanted", "nullable", "code"),
    [
        ("'shipped'", Type(Kind.STRING, enum=("paid", "shipped")), False, None),
        ("'lost'", Type(Kind.STRING, enum=("paid", "shipped")), False, "BK807"),
        ("row.title", Type(Kind.STRING, enum=("paid", "shipped")), False, "BK807"),
        ("'abc'", Type(Kind.STRING, max_length=2), False, "BK807"),
        ("row.views + 1", Type(Kind.INTEGER, bits=32), False, None),
        ("row.views", Type(Kind.DECIMAL), False, None),
        ("1.50", Type(Kind.DECIMAL, precision=4, scale=2), False, None),
        ("row.rating", Type(Kind.DECIMAL), True, "BK807"),
        ("null", Type(Kind.UUID), True, None),
        ("null", Type(Kind.UUID), False, "BK807"),
        ("actor.id", Type(Kind.UUID), False, "BK807"),
        ("now", Type(Kind.DATE), False, None),
        ("'2026-01-01'", Type(Kind.DATE), False, None),
        ("row.tags", Type(Kind.STRING), False, "BK807"),
    ],
)
def test_values_for_columns(text: str, wanted: Type, nullable: bool, code: str | None) -> None:
    diagnostics = Diagnostics()
    found = as_value(expression(text), wanted, nullable, diagnostics)
    assert [one.code for one in diagnostics] == ([code] if code else [])
    assert (found is None) == bool(code)


def test_conditions_are_boolean() -> None:
    diagnostics = Diagnostics()
    assert as_condition(expression("row.flagged"), diagnostics) is not None
    assert as_condition(expression("row.views"), diagnostics) is None
    assert [found.code for found in diagnostics] == ["BK805"]


@pytest.mark.parametrize(
    "text",
    [
        "lower(row.title) == 'a'",
        "row.tags.exists(t, slug(t.name) == path.slug)",
        "row.title < 'm'",
        "max(row.tags.map(t, t.name)) == 'm'",
        "row.published_at + duration('7d') < now",
        "row.price % 2 == 0",
        "body.tags.exists(t, t == row.title)",
        "[row.views, 2].exists(v, v > 1)",
        "sum(row.tags.map(t, row.views)) > 2",
        "string(row.views) == body.name",
    ],
)
def test_what_databases_cannot_do(text: str) -> None:
    diagnostics = Diagnostics()
    assert not is_queryable(expression(text), frozenset({"row"}), diagnostics)
    assert [found.code for found in diagnostics] == ["BK808"]


@pytest.mark.parametrize("text", ["lower(body.name) == row.title", "slug(body.name) == row.slug", "body.name < 'm'"])
def test_python_does_the_rest(text: str) -> None:
    assert is_queryable(expression(text), frozenset({"row"}), Diagnostics())


def test_split() -> None:
    found = split(expression("slug(row.title) + '-' + string(size(row.comments)) + row.title"), frozenset({"row"}))
    assert found is not None
    assert [(name, described(part.gives)) for name, part in found.parts.items()] == [
        ("title", "a string"),
        ("value", "an integer"),
    ]
    rows = split(expression("row.comments.map(c, upper(c.text))"), frozenset({"row"}))
    assert rows is not None
    assert [(name, described(part.gives)) for name, part in rows.parts.items()] == [("comments", "rows of `comments`")]
    assert split(expression("row.comments.map(c, upper(c.author.username))"), frozenset({"row"})) is None
