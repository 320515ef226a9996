"""Indexes that are derived: which one each way to ask for rows needs, and which ones are there already."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bkgen.diagnostics import Diagnostics
from bkgen.load import load
from bkgen.model.schema import LONGEST_NAME, index_name
from bkgen.model.service import Service
from bkgen.model.tables import ColumnTest, Kept, Table, in_words
from bkgen.resolve import resolve
from bkgen.resolve.indexes import Way, uses_of_ways
from bkgen.resolve.indexes.derived import with_indexes
from bkgen.resolve.indexes.pattern import Pattern

KEY = {"name": "id", "type": "uuid", "primary": True}
USERS = {"name": "users", "columns": [KEY, {"name": "email", "type": "email", "unique": True}]}
CREATED = {"name": "created_at", "type": "datetime", "default": "now"}
COLUMNS = [
    KEY,
    {"name": "user_id", "type": "uuid", "references": "users.id"},
    {"name": "title", "type": "varchar(80)"},
    {"name": "slug", "type": "varchar(80)", "unique": True},
    {"name": "state", "type": "draft | shown"},
    {"name": "pinned", "type": "boolean", "default": False},
    {"name": "rank", "type": "integer"},
    {"name": "deleted_at", "type": "datetime?"},
    {"name": "body", "type": "text"},
    {"name": "more", "type": "json"},
]
LOGIN = {"method": "POST", "path": "/auth/login", "response": {"200": {"token": "string"}}}


def notes(tmp_path: Path, *endpoints: dict[str, Any], columns: list[Any] | None = None, **more: Any) -> list[str]:
    """The indexes of the table of notes, in words."""
    table = service(tmp_path, *endpoints, columns=columns, **more).table("notes")
    return told(table)


def service(tmp_path: Path, *endpoints: dict[str, Any], columns: list[Any] | None = None, **more: Any) -> Service:
    table = {"name": "notes", "columns": columns or COLUMNS, **more}
    document = {"endpoints": [LOGIN, *endpoints], "tables": [USERS, table, *TABLES]}
    (tmp_path / "api.json").write_text(json.dumps(document), encoding="utf-8")
    diagnostics = Diagnostics()
    found = resolve(load([tmp_path], diagnostics), diagnostics)
    assert found is not None, [f"{one.span} {one.code} {one.message}" for one in diagnostics]
    return found


TABLES = [
    {
        "name": "marks",
        "columns": [
            {"name": "id", "type": "serial", "primary": True},
            {"name": "note_id", "type": "uuid", "references": "notes.id"},
            {"name": "user_id", "type": "uuid", "references": "users.id"},
            {"name": "kind", "type": "varchar(20)"},
        ],
    }
]


def told(table: Table) -> list[str]:
    single = [column.name for column in table.columns if column.index]
    several = [
        " ".join(one.columns) + "".join(f" | {in_words(kept)}" for kept in one.where)
        for one in table.indexes
        if not one.unique
    ]
    return sorted([*single, *several])


def listed(path: str = "/notes", **more: Any) -> dict[str, Any]:
    return {
        "method": "GET",
        "path": path,
        "operation": "list",
        "table": "notes",
        "response": {"200": ["object"]},
        **more,
    }


REFERENCE = "user_id"


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        # Orders: what is asked for, and then the key, so that no two rows tie.
        (listed(), [REFERENCE]),
        (listed(sort=["rank"]), ["rank id", REFERENCE]),
        (listed(sort=["-rank"]), ["rank id", REFERENCE]),
        (listed(sort=["rank", "title"]), ["rank title id", REFERENCE]),
        (listed(sort=["-rank", "title"]), ["rank", REFERENCE]),  # the others are sorted among those of one rank
        (listed(sort=["slug"]), [REFERENCE]),  # the unique rule has that order
        (listed(sort=["rank", "slug"]), ["rank slug", REFERENCE]),
        (listed(sort=["body"]), [REFERENCE]),  # a text without an end fits into no index
        (listed(query={"sort": {"by": ["rank", "title"], "default": ["rank"]}}), ["rank id", "title id", REFERENCE]),
        # Filters: each has an index of its own, in the order of the list.
        (listed(sort=["rank"], query={"title": "string"}), ["rank id", "title rank id", REFERENCE]),
        (listed(query={"title": "string"}), ["title id", REFERENCE]),
        (listed(query={"title": {"type": "string", "required": True}}), ["title id", REFERENCE]),
        (listed(query={"slug": "string"}), [REFERENCE]),
        (listed(query={"state": "string"}), ["state id", REFERENCE]),
        (listed(query={"body": "string"}), [REFERENCE]),
        (listed(query={"user_id": "uuid"}), ["user_id id"]),
        # Ranges, of which the order may be one.
        (listed(query={"over": {"type": "integer", "where": "row.rank > query.over"}}), ["rank", REFERENCE]),
        (
            listed(sort=["rank"], query={"over": {"type": "integer", "where": "query.over < row.rank"}}),
            ["rank id", REFERENCE],
        ),
        # Words within a text, and what speaks of several columns or of another row, have none.
        (listed(query={"words": {"search": ["title"]}}), [REFERENCE]),
        (listed(query={"q": {"type": "string", "where": "row.title == query.q || row.slug == query.q"}}), [REFERENCE]),
        (listed(query={"by": {"type": "string", "where": "row.user.email == query.by"}}), [REFERENCE]),
        (listed(query={"by": {"type": "uuid", "where": "row.user.id == query.by"}}), ["user_id id"]),
        # What holds for every request says which rows are in the index.
        (listed(where="row.deleted_at == null"), ["id | deleted_at is null", REFERENCE]),
        (
            listed(where="row.deleted_at == null && row.state == 'shown'", sort=["rank"]),
            ['rank id | deleted_at is null | state = "shown"', REFERENCE],
        ),
        (listed(where="row.pinned", sort=["rank"]), ["rank id | pinned", REFERENCE]),
        (listed(where="!row.pinned", sort=["rank"]), ["rank id | not pinned", REFERENCE]),
        (listed(where="row.pinned == true", sort=["rank"]), ["rank id | pinned is true", REFERENCE]),
        (listed(where="has(row.deleted_at)", sort=["rank"]), ["rank id | deleted_at is not null", REFERENCE]),
        (listed(where="row.rank == 3", sort=["title"]), ["title id | rank = 3", REFERENCE]),
        (listed(where="row.rank != 3", sort=["title"]), ["title id", REFERENCE]),
        (listed(where="row.slug == 'a'"), ['id | slug = "a"', REFERENCE]),
        (listed(where="row.title == 'a :b'", sort=["rank"]), ["title rank id", REFERENCE]),  # a colon
        # Who asks: the index of the reference serves deletions, too, and so has all rows.
        (listed(auth=True, where="row.user_id == actor.id"), ["user_id id"]),
        (listed(auth=True, where="row.user_id == actor.id && row.deleted_at == null"), ["user_id id"]),
        (
            listed(auth=True, where="row.user_id == actor.id", query={"title": "string"}),
            ["user_id id", "user_id title id"],
        ),
        (listed(auth=True, where="row.user_id == actor.id", query={"state": "string"}), ["user_id id"]),
        (
            listed(auth=True, where="actor.email == 'root@x.org' || row.user_id == actor.id", sort=["rank"]),
            ["rank id", "user_id rank id"],
        ),
        # Rows below another one, and those that others refer to.
        (listed("/users/{user_id}/notes", sort=["rank"]), ["user_id rank id"]),
    ],
)
def test_an_endpoint_gets_the_index_that_it_needs(
    tmp_path: Path, endpoint: dict[str, Any], expected: list[str]
) -> None:
    assert notes(tmp_path, endpoint) == sorted(expected)


def test_no_entry_of_an_index_is_longer_than_it_may_be(tmp_path: Path) -> None:
    columns = [KEY, {"name": "city", "type": "varchar(600)"}, {"name": "title", "type": "varchar(600)"}]
    endpoint = listed(sort=["title"], query={"city": "string"})
    assert notes(tmp_path, endpoint, columns=columns) == ["city", "title id"]


def test_rows_are_listed_by_their_creation_where_nothing_else_is_said(tmp_path: Path) -> None:
    assert notes(tmp_path, listed(), columns=[*COLUMNS, CREATED]) == ["created_at id", "user_id"]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("row.marks.exists(m, m.user_id == actor.id)", ["note_id", "user_id note_id"]),
        (
            "row.marks.exists(m, m.kind == 'seen' && m.user_id == actor.id)",
            ["note_id", "user_id note_id"],
        ),
        ("row.marks.exists(m, true)", ["note_id", "user_id"]),
        ("size(row.marks.filter(m, m.user_id == actor.id)) > 2", ["note_id", "user_id"]),
    ],
)
def test_related_rows_are_found_by_what_is_asked_of_them(tmp_path: Path, condition: str, expected: list[str]) -> None:
    found = service(tmp_path, listed(auth=True, where=condition))
    assert told(found.table("marks")) == expected


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ({"update": "notes", "where": "row.id == path.id", "set": {"rank": "1"}}, ["user_id"]),
        ({"delete": "notes", "where": "row.user_id == actor.id"}, ["user_id"]),
        ({"delete": "notes", "where": "row.user_id == actor.id && row.title == 'x'"}, ["user_id"]),
        ({"delete": "notes", "where": "row.state == 'draft' && row.deleted_at < now"}, ["state deleted_at", "user_id"]),
        (
            {"delete": "notes", "where": "row.rank < 3 && row.deleted_at == null"},
            ["rank | deleted_at is null", "user_id"],
        ),
        ({"delete": "notes", "where": "row.deleted_at == null"}, ["user_id"]),
    ],
)
def test_a_step_finds_its_rows(tmp_path: Path, step: dict[str, Any], expected: list[str]) -> None:
    act = {"method": "POST", "path": "/notes/{id}/act", "auth": True, "do": [step], "response": {"204": {}, "404": {}}}
    assert notes(tmp_path, act) == expected


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ({"indexes": [{"columns": ["title", "rank", "id"]}]}, ["rank id", "title rank id", "user_id"]),
        ({"indexes": [{"columns": ["title", "rank"]}]}, ["rank id", "title rank", "title rank id", "user_id"]),
        ({"indexes": [{"columns": ["rank", "id", "body"]}]}, ["rank id body", "title rank id", "user_id"]),
        ({"unique": [["title", "rank", "id"]]}, ["rank id", "user_id"]),
        ({"unique": [["title", "user_id"]]}, ["rank id", "title rank id", "user_id"]),
    ],
)
def test_what_is_declared_stays_and_counts(tmp_path: Path, declared: dict[str, Any], expected: list[str]) -> None:
    assert notes(tmp_path, listed(sort=["rank"], query={"title": "string"}), **declared) == expected


def test_no_derived_index_is_the_beginning_of_another(tmp_path: Path) -> None:
    found = service(
        tmp_path,
        listed(sort=["rank"], query={"title": "string", "user_id": "uuid", "state": "string"}),
        listed("/others", sort=["rank", "title"], auth=True, where="row.user_id == actor.id"),
        listed("/third", auth=True, where="row.user_id == actor.id"),
    )
    table = found.table("notes")
    ways = [*table.unique_rules, *(one.columns for one in table.indexes if not one.where)]
    ways += [(column.name,) for column in table.columns if column.index]
    assert len(ways) == len(set(ways))
    assert not [(one, other) for one in ways for other in ways if one != other and other[: len(one)] == one]


def test_each_index_tells_what_it_is_for(tmp_path: Path) -> None:
    found = service(tmp_path, listed(sort=["rank"], query={"title": "string"}))
    uses = dict(uses_of_ways(found)["notes"])
    assert uses[Way(("title", "rank", "id"))] == ("GET /notes with ?title",)
    assert uses[Way(("rank", "id"))] == ("GET /notes",)
    assert uses[Way(("user_id",))] == ()


def test_an_index_of_some_rows_serves_no_request_for_others(tmp_path: Path) -> None:
    table = service(tmp_path).table("notes")
    shown, gone = Kept("state", ColumnTest.EQUAL, "shown"), Kept("deleted_at", ColumnTest.NULL)
    way = Way(("title", "id"), (shown,))
    assert way.serves(Pattern("notes", ("title",), ("id",), (shown, gone), ""), table)
    assert not way.serves(Pattern("notes", ("title",), ("id",), (gone,), ""), table)
    assert not way.serves(Pattern("notes", ("title",), ("id",), (), ""), table)


def test_the_order_of_columns_that_have_one_value_each_makes_no_difference(tmp_path: Path) -> None:
    table = service(tmp_path).table("notes")
    patterns = [
        Pattern("notes", ("title", "rank"), ("id",), (), "a"),
        Pattern("notes", ("rank", "title"), (), (), "b"),
        Pattern("notes", ("rank",), (), (), "c"),
    ]
    found = [one.columns for one in with_indexes(table, patterns).indexes]
    assert found == [("title", "rank", "id")]
    assert with_indexes(table, patterns).column("rank").index  # which it does not begin with


def test_names_of_indexes_are_short_and_tell_conditions_apart() -> None:
    long = "a_column_with_a_rather_long_name"
    found = [
        index_name("tasks", (long, "id"), where)
        for where in [
            (Kept("state", ColumnTest.EQUAL, "open"),),
            (Kept("state", ColumnTest.EQUAL, "done"),),
            (Kept("state", ColumnTest.NULL),),
            (Kept("state", ColumnTest.NOT_NULL),),
        ]
    ]
    assert len(set(found)) == len(found)
    assert all(len(name) <= LONGEST_NAME for name in found)
    assert index_name("tasks", ("state", "id"), ()) == "ix_tasks_state_id"
