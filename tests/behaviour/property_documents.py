"""Document sets as hypothesis draws them: mostly without errors, so that most of them become backends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from tests.behaviour.hostile_documents import COLUMN_NAMES, SPELLED_TABLES, TABLE_NAMES, TEXTS, Document, distinct

# Type as written -> defaults that fit it.
TYPES: dict[str, tuple[Any, ...]] = {
    "string": ("", "a'b", "now", TEXTS[3]),
    "VARCHAR(20)": ("x" * 20, "%s"),
    "CHAR(1)": ("x",),
    "text": (TEXTS[4],),
    "SMALLINT": (-32768, 0),
    "integer": (7,),
    "BIGINT": (2**62,),
    "INT UNSIGNED": (4294967295,),
    "number": (0.1, -1e300, 0),
    "boolean": (True, "false"),
    "NUMERIC(8,2)": ("123456.78", 0),
    "NUMERIC(60,30)": ("1." + "1" * 30,),
    "decimal": ("0.000001",),
    "uuid": ("uuid", "00000000-0000-4000-8000-000000000000"),
    "date": ("now", "2024-02-29"),
    "time": ("23:59:59",),
    "datetime": ("now", "2024-02-29T12:00:00Z"),
    "TIMESTAMP WITHOUT TIME ZONE": ("now",),
    "json": (),
    "bytes": (),
    "VARBINARY(16)": (),
    "email": ("a@example.com",),
    "url": ("https://example.com/",),
    "a | b | it's": ("b",),
    "enum('x','y z')": ("y z",),
}
KEYS = ("uuid", "SERIAL", "BIGSERIAL", "integer", "string", "VARCHAR(40)")
# Nothing is unique in these: a backend's tests need more rows than there can be, or nothing compares.
FEW_VALUES = ("json", "bytes", "VARBINARY(16)", "boolean", "time", "CHAR(1)", "a | b | it's", "enum('x','y z')")
REFERRING = {"SERIAL": "integer", "BIGSERIAL": "BIGINT"}
COLUMNS = st.sampled_from([name for name in distinct(COLUMN_NAMES) if name != "id"])
TABLES = st.sampled_from([*distinct([*TABLE_NAMES, *SPELLED_TABLES]), "posts", "order_items", "people"])
LITERALS = st.sampled_from([{"error": "no such thing"}, {"error": TEXTS[0], "a b": [1, None, {"class": True}]}])
NOTHING: Document = {}
WRONG: st.SearchStrategy[Document] = st.sampled_from(
    [NOTHING] * 80 + [{"type": "no type"}, {"default": []}, {"nullable": True}]
)


@st.composite
def columns(draw: st.DrawFn, taken: set[str], earlier: Sequence[Document]) -> Document:
    name = draw(COLUMNS.filter(lambda name: name not in taken))
    taken.add(name)
    if earlier and draw(st.integers(0, 3)) == 0:
        target = draw(st.sampled_from(earlier))
        key = target["columns"][0]
        column: Document = {
            "name": name,
            "type": REFERRING.get(key["type"], key["type"]),
            "references": {"table": target["name"], "column": key["name"]},
        }
        if draw(st.booleans()):
            column |= draw(st.sampled_from([{"onDelete": "CASCADE"}, {"onDelete": "SET NULL", "nullable": True}]))
        return column
    written = draw(st.sampled_from(list(TYPES)))
    column = {"name": name, "type": written}
    if TYPES[written] and draw(st.integers(0, 2)) == 0:
        column["default"] = draw(st.sampled_from(TYPES[written]))
    for key, odds in {"nullable": 2, "unique": 3, "index": 3, "readOnly": 8, "private": 8}.items():
        if draw(st.integers(0, odds)) == 0:
            column[key] = True
    if written in FEW_VALUES:
        column.pop("unique", None)
    if column.get("readOnly") or column.get("private"):
        column["nullable"] = True
    if written in ("string", "email", "url") and column.get("nullable"):
        column["emptyIsNull"] = draw(st.booleans())
    wrong: Document = draw(WRONG)
    return column | wrong


@st.composite
def tables(draw: st.DrawFn, earlier: Sequence[Document]) -> Document:
    taken = {"id"}
    name = draw(TABLES.filter(lambda name: name not in [table["name"] for table in earlier]))
    key: Document = {"name": draw(st.sampled_from(["id", "id", "Key"])), "type": draw(st.sampled_from(KEYS))}
    table: Document = {
        "name": name,
        "columns": [key, *(draw(columns(taken, earlier)) for _ in range(draw(st.integers(0, 6))))],
    }
    if draw(st.integers(0, 5)) == 0:
        parent = {"name": "above", "type": REFERRING.get(key["type"], key["type"]), "nullable": True}
        table["columns"].append(parent | {"references": {"table": name, "column": key["name"]}})
    plain = [column["name"] for column in table["columns"] if column["type"] not in FEW_VALUES]
    if len(plain) > 2 and draw(st.booleans()):
        table["unique"] = [plain[-2:]]
    if len(plain) > 3 and draw(st.booleans()):
        table["indexes"] = [{"columns": plain[1:3]}]
    table["primaryKey"] = [key["name"]]
    return table


def is_writable(column: Document) -> bool:
    return not (column.get("readOnly") or column.get("private") or column.get("default") in ("now", "uuid"))


@st.composite
def endpoints(draw: st.DrawFn, number: int, table: Document, accounts: bool) -> list[Document]:
    key, *others = table["columns"]
    item = f"/t{number}/{{{key['name']}}}"
    about = {"table": table["name"]}
    shown = [column for column in others if not column.get("private") and column["name"] != "password"]
    body = draw(st.sampled_from(["object", {"data": "object"}]))
    page = draw(
        st.sampled_from([["object"], {"found": ["object"], "total": "integer"}, {"data": {"page": ["object"]}}])
    )
    filters = {
        column["name"]: column["type"]
        for column in shown
        if column["type"] in ("string", "integer", "uuid", "a | b | it's")
    }
    found: list[Document] = [
        {"method": "GET", "path": f"/t{number}", "operation": "list", "response": {"200": page}, **about},
        {"method": "POST", "path": f"/t{number}", "operation": "create", "response": {"201": body}, **about},
        {"method": "GET", "path": item, "operation": "read", "response": {"200": body, "404": draw(LITERALS)}, **about},
        {"method": "PUT", "path": item, "operation": "replace", "response": {"200": body}, **about},
        {"method": "PATCH", "path": item, "operation": "update", "response": {"200": body, "400": {}}, **about},
        {"method": "DELETE", "path": item, "operation": "delete", "response": {"204": {}}, **about},
    ]
    if draw(st.booleans()) and filters:
        found[0]["query"] = filters
    if not any(is_writable(column) for column in others):
        found = [one for one in found if one["method"] not in ("PUT", "PATCH")]
    chosen = [one for one in found if draw(st.integers(0, 3))]
    for one in chosen:
        if draw(st.integers(0, 3)) == 0:
            one["summary"] = draw(st.sampled_from(TEXTS))
        if draw(st.integers(0, 4)) == 0:
            one["rateLimit"] = draw(st.sampled_from(["5 per minute", "100/hour", "3 per 10 seconds"]))
        if accounts and draw(st.booleans()):
            one["auth"] = True
        if one["method"] in ("POST", "PUT", "PATCH") and draw(st.integers(0, 3)) == 0:
            one["requestBody"] = {draw(st.sampled_from(["data", "class", "it's"])): {}}
    for column in others:
        above = column["references"]["table"] if "references" in column else ""
        path = f"/{above}/{{id}}/{table['name']}"
        alone = [one["references"]["table"] for one in others if "references" in one].count(above) == 1
        if alone and above != table["name"] and path.isascii() and " " not in path and draw(st.booleans()):
            chosen.append({"method": "GET", "path": path, "response": {"200": page}})
            chosen.append({"method": "POST", "path": path, "response": {"201": body}})
            break
    return chosen


ACCOUNTS: Document = {
    "name": "users",
    "columns": [
        {"name": "id", "type": "uuid", "primary": True},
        {"name": "email", "type": "email", "unique": True},
        {"name": "password_hash", "type": "string"},
    ],
}
SIGNING_IN: list[Document] = [
    {
        "method": "POST",
        "path": "/login",
        "requestBody": {"email": "string", "password": "string"},
        "response": {"200": {"token": "string", "user": "object"}},
    },
    {"method": "POST", "path": "/register", "response": {"201": {"user": "object"}}},
    {"method": "GET", "path": "/me", "response": {"200": "object"}},
    {
        "method": "POST",
        "path": "/refresh",
        "requestBody": {"refreshToken": "string"},
        "response": {"200": {"token": "string", "refreshToken": "string"}},
    },
    {"method": "POST", "path": "/logout", "response": {"204": {}}},
    {
        "method": "PATCH",
        "path": "/user",
        "requestBody": {"user": {"email": "string", "password": "string"}},
        "response": {"200": {"user": {"email": "string", "token": "string"}}},
    },
    {"method": "DELETE", "path": "/me", "response": {"204": {}}},
]


@st.composite
def document_sets(draw: st.DrawFn) -> Document:
    accounts = draw(st.booleans())
    made: list[Document] = [ACCOUNTS] if accounts else []
    calls: list[Document] = SIGNING_IN[: draw(st.integers(1, len(SIGNING_IN)))] if accounts else []
    for number in range(draw(st.integers(1, 4))):
        table = draw(tables(made))
        made.append(table)
        calls = [*calls, *draw(endpoints(number, table, accounts))]
    return {"tables": made, "endpoints": calls}
