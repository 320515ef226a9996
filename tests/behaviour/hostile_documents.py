"""Document sets whose every name and text would break code that was glued together carelessly."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from bkgen.model.errors import CAUSES

Document = dict[str, Any]

PYTHON = """
    None True False class def lambda async await yield global nonlocal import from pass is in not or and with as
    id type self cls dict list set str int bool bytes float object tuple property classmethod staticmethod super print
    format filter map min max sum len len_ any all iter next hash input open vars dir exec eval compile repr range
    __init__ __tablename__ __table__ __table_args__ __mapper__ __class__ __dict__ _sa_registry _id _
""".split()
LIBRARIES = """
    metadata registry schema json copy construct parse_obj from_orm validate model_config model_fields model_dump
    model_validate model_post_init fields count index keys values items label key name table c columns primary_key
    query_cls type_annotation_map mapped_column date datetime time timedelta Decimal UUID uuid4 Literal Annotated Any
    Field Body Answer MISSING Moment ExactDecimal StrictInt EmailStr Url Base64 utc_now utc_today local_now storable
    check_text in_utc date_ mro register
""".split()
LOCALS = """
    select insert update delete func fetch_one connection statement row rows total conditions changes which body
    schemas queries database router documented settings token account request response session
    limit offset page reply curl path made keys_ listed other value field numbers unique password status errors app
    models main tests auth health http migrations base test fixture pytest args kwargs result default database_url
""".split()
SQL = """
    order user group where select_ create drop table_ column primary references check constraint default_ desc asc
    between case cast end limit_ natural join left right inner union grant analyze rowid oid ctid xmin tableoid
    current_user current_date timestamp interval
""".split()
SPELLINGS = [
    "First Name",
    "first-name-2",
    "UPPER",
    "camelCase",
    "2fa",
    "123",
    "Straße",
    "日本語",
    "имя",
    "naïve",
    "ﬁeld",
    "a  b",
    "x" * 63,
]
COLUMN_NAMES = [*PYTHON, *LIBRARIES, *LOCALS, *SQL, *SPELLINGS]
TABLE_NAMES = """
    columns app models main orders users tests settings rows curls groups None classes accounts a T errors conflicts
    endpoints queries selects tables sign_in tokens numbers uniques
    auths health databases schemas https migrations router bases metadata types imports lambdas ids paths bodies
    replies others conftest shapes strs self True lists dicts dates uuids decimals literals enums ints json
    sqlalchemy pydantic fastapi alembic pytest logging passwords security rate_limits error_bodies answers texts
    ranges nexts news test_every_endpoint credentials callers refresh_tokens access_tokens connections
""".split()  # the worst come first
SPELLED_TABLES = ["Order Items", "user-group", "2fa codes", "Straßen", "日本", "таблицы", "CamelCase"]
PAGING = ("limit", "offset", "page")
PARAMETERS = """
    class select func connection statement row body schemas database conditions self models
    id type cls insert update delete fetch_one rows total changes which queries router account settings request response
    len str int uuid4 Path Query Depends Annotated None True token curl path reply made unique
""".split()
TEXTS = [
    "'single' \"double\" \"\"\"triple\"\"\" '''more'''",
    'ends with a quote"',
    "ends with a backslash\\",
    "back\\slash \\n \\N{BULLET} \\x00 \\u0041 \\",
    "line one\nline two\n\n  line three\ttab\r\ncr",
    "{{ 7 * 7 }} {% raw %} {# comment #} {%- endraw -%} ${HOME} $(id) `id` #{x}",
    "100 % %s %d %(x)s %% {} {0} {name} {x!r} {message}",
    ":param :id ?? -- # <!-- --> --> ]]> <script>alert(1)</script> &amp; | * _ [a](b)",
    "emoji 🎉 and 日本語 and e\u0301",
    "very long " + "text " * 400,
    "opens (and never closes) [ {",
    "noqa # noqa: E501 # type: ignore # fmt: off",
]
EVERY_TEXT = "\n\n".join(TEXTS)
WORDS = [text for text in TEXTS if not re.search(r"{\w*}", text)]
ERROR_BODY = {
    "class": "{kind}",
    "json": {"a b": {"x": "{status}"}, "a-b": {"x": "{field}"}, "_": [], "": None},
    "model_config": ["{message}"],
    "error": "{message}",
    TEXTS[2]: TEXTS[0],
}


def row_endpoints(path: str, table: str, columns: Iterable[str] = ()) -> list[Document]:
    """All that can be done to a table, at paths that its name does not show in."""
    about = {"table": table}
    filters = dict.fromkeys(columns, "string")
    return [
        {"method": "GET", "path": path, "operation": "list", "response": {"200": ["object"]}, **about}
        | ({"query": filters} if filters else {}),
        {"method": "POST", "path": path, "operation": "create", "response": {"201": "object"}, **about},
        {"method": "GET", "path": f"{path}/{{id}}", "operation": "read", "response": {"200": "object"}, **about},
        {"method": "PUT", "path": f"{path}/{{id}}", "operation": "replace", "response": {"200": "object"}, **about},
        {"method": "PATCH", "path": f"{path}/{{id}}", "operation": "update", "response": {"200": "object"}, **about},
        {"method": "DELETE", "path": f"{path}/{{id}}", "operation": "delete", "response": {"204": {}}, **about},
    ]


def id_column() -> Document:
    return {"name": "id", "type": "uuid", "primary": True}


def distinct(names: Iterable[str]) -> list[str]:
    """The names without those that differ from an earlier one by nothing but case and separators."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault("".join(filter(str.isalnum, name.casefold())), name)
    return [name for fold, name in found.items() if fold]


def columns_of_every_name(writes: bool = True) -> Document:
    """Ten columns of hostile names a table, filtered by and shown; each is sought by in a list."""
    names = [name for name in distinct(COLUMN_NAMES) if name not in ("id", "password")]
    tables, endpoints = [], []
    for number, start in enumerate(range(0, len(names), 16)):
        chosen = names[start : start + 16]
        columns = [{"name": name, "type": "string", "nullable": place % 2 == 1} for place, name in enumerate(chosen)]
        tables.append({"name": f"things_{number}", "columns": [id_column(), *columns]})
        sought = [name for name in chosen if name not in PAGING]
        endpoints += row_endpoints(f"/columns-{number}", f"things_{number}", sought)[: None if writes else 2]
    return {"tables": tables, "endpoints": endpoints}


def tables_of_every_name(most: int | None = None) -> Document:
    """Tables of hostile names, every second one below the one before it, in the database and in paths."""
    names = distinct([*SPELLED_TABLES, *TABLE_NAMES])[:most]
    tables: list[Document] = []
    endpoints: list[Document] = []
    for number, name in enumerate(names):
        columns = [id_column(), {"name": "name", "type": "string", "unique": True}]
        _, create, *_, delete = row_endpoints(f"/tables-{number}", name)
        if number % 2:
            above = names[number - 1]
            columns.append({"name": above, "type": "uuid", "references": {"table": above, "column": "id"}})
            path = f"/{above}/{{id}}/{name}".replace(" ", "-")
            if path.isascii():
                endpoints.append(
                    {"method": "GET", "path": path, "response": {"200": {"total": "integer", "found": ["object"]}}}
                )
                endpoints.append({"method": "POST", "path": path, "response": {"201": "object"}})
                endpoints.append({"method": "PATCH", "path": path + "/{name}", "response": {"200": "object"}})
        tables.append({"name": name, "columns": columns})
        endpoints += [create | {"rateLimit": "9 per minute"}, delete] if number < 4 else [create, delete]
    return {"tables": tables, "endpoints": endpoints}


def parameters_of_every_name(most: int | None = None) -> Document:
    """Filters and path parameters that are called like what the functions around them use."""
    names = distinct(PARAMETERS)[:most]
    tables: list[Document] = []
    endpoints: list[Document] = []
    for number, name in enumerate(names):
        table = f"boxes_{number}"
        columns = [{"name": name, "type": "string", "primary": True}, {"name": "label", "type": "string"}]
        below = {"name": "below", "type": "string", "references": {"table": table, "column": name}}
        tables.append({"name": table, "columns": columns})
        tables.append({"name": f"parts_{number}", "columns": [id_column(), below]})
        item = f"/{table}/{{{name}}}"
        page = {"200": {"total": "integer", "items": ["object"]}}
        endpoints += [
            {"method": "GET", "path": f"/{table}", "query": {name: "string"}, "response": page},
            {"method": "PUT", "path": item, "response": {"200": "object"}},
            {"method": "PATCH", "path": item, "response": {"200": "object"}},
            {"method": "GET", "path": f"{item}/parts-{number}", "response": page},
            {"method": "POST", "path": f"{item}/parts-{number}", "response": {"201": "object"}},
        ]
    return {"tables": tables, "endpoints": endpoints}


def references_of_every_name() -> Document:
    """Columns that refer together, called like what the functions around them use."""
    tables: list[Document] = []
    endpoints: list[Document] = []
    for number, name in enumerate(("values", "rows", "known", "self", "class", "given two")):
        above, below = f"pairs_{number}", f"uses_{number}"
        pair = [{"name": name, "type": "string"}, {"name": "half", "type": "integer"}]
        own = [{"name": name, "type": "string"}, {"name": "update", "type": "integer", "nullable": number % 2 == 1}]
        reference = {"columns": [name, "update"], "table": above}
        tables.append(
            {"name": above, "columns": [*pair, {"name": "note", "type": "string"}], "primaryKey": [name, "half"]}
        )
        tables.append({"name": below, "columns": [id_column(), *own], "references": [reference]})
        path = f"/{above}/{{{name.replace(' ', '_')}}}/{{half}}/{below}"
        endpoints += [
            *row_endpoints(f"/uses-{number}", below),
            {"method": "GET", "path": path, "response": {"200": ["object"]}},
        ]
    return {"tables": tables, "endpoints": endpoints}


def names_in_one_backend(all_of_them: bool) -> Document:
    """Hostile names in one backend, because starting one takes longer than what is done with it."""
    if all_of_them:
        parts = [columns_of_every_name(), tables_of_every_name(), parameters_of_every_name()]
    else:
        parts = [columns_of_every_name(writes=False), tables_of_every_name(26), parameters_of_every_name(12)]
    parts.append(references_of_every_name())
    return {key: [item for part in parts for item in part[key]] for key in ("tables", "endpoints")}


def texts_everywhere() -> Document:
    """Texts that would end a string, a comment or a template: wherever a document may have one."""
    exact = [text.replace("|", "/") for text in TEXTS]  # what has a `|` is an enum
    kinds = [text for text in exact if "\n" not in text and len(text) < 200]
    columns: list[Document] = [
        {"name": "kind", "type": "string", "enum": kinds},
        {"name": "tag", "type": "string", "enum": kinds, "default": kinds[1]},
        {"name": "code", "type": {"type": "string", "pattern": "^['\"`a-z{}%\\\\]{1,9}$"}},
        {"name": "made_on", "type": "date", "default": "2024-02-29"},
        {"name": "made_at", "type": "time", "default": "23:59:59"},
        {"name": "moment", "type": "TIMESTAMP WITHOUT TIME ZONE", "default": "2024-02-29T12:00:00+02:00"},
        {"name": "instant", "type": "datetime", "default": "2024-02-29T12:00:00"},
        {"name": "nobody", "type": "uuid", "default": "00000000-0000-4000-8000-000000000000"},
        {"name": "exact", "type": "NUMERIC(60,30)", "default": "1." + "1" * 30},
        *(
            {"name": f"default_{place}", "type": "text", "default": text, "description": text}
            for place, text in enumerate(TEXTS)
        ),
    ]
    constants = {f"text {place}": f"'{text}'" for place, text in enumerate(exact)}
    endpoints: list[Document] = [
        {
            "method": "GET",
            "path": "/notes",
            "query": {"kind": {"type": "string", "enum": kinds}},
            "response": {"200": {"notes": ["object"], **constants}},
        },
        {"method": "POST", "path": "/notes", "response": {"201": {"note": "object", **constants}}},
    ]
    endpoints += [
        {
            "method": "DELETE",
            "path": f"/{place}/notes/{{id}}",
            "summary": text,
            "description": text,
            "response": {"204": {}, "404": {"error": exact[place], "more": [exact[place], {"a b": exact[place]}]}},
        }
        for place, text in enumerate(TEXTS)
    ]
    return {
        "service": {
            "name": TEXTS[7],
            "version": "1.0.0",
            "description": EVERY_TEXT,
            "errors": {
                "body": ERROR_BODY,
                "messages": dict(zip(CAUSES, WORDS, strict=False)) | {"not_found": f"{{resource}} {WORDS[-1]}"},
                "fields": {"not_found": TEXTS[0], "unauthenticated": TEXTS[2]},
                "resources": {"notes": TEXTS[4]},
            },
        },
        "tables": [{"name": "notes", "description": EVERY_TEXT, "columns": [id_column(), *columns]}],
        "endpoints": endpoints,
    }


FEW_VALUES: dict[str, Document] = {
    "flag": {"type": "boolean"},
    "level": {"type": "low | middle | high"},
    "only": {"type": {"type": "string", "enum": ["one"]}},
    "letter": {"type": "CHAR(1)"},
    "short": {"type": "VARCHAR(3)"},
    "digit": {"type": {"type": "string", "pattern": "^[0-4]$"}},
    "octet": {"type": "VARBINARY(1)"},
    "hash": {"type": "BINARY(32)"},
    "rank": {"type": {"type": "integer", "minimum": 1, "maximum": 3}},
    "even": {"type": {"type": "integer", "multipleOf": 2}},
    "share": {"type": "NUMERIC(2,2)"},
    "ratio": {"type": {"type": "number", "minimum": 0, "exclusiveMaximum": 0.03}},
    "at": {"type": "time"},
    "on": {"type": "date"},
    "today": {"type": "date", "default": "now"},
    "first": {"type": "boolean", "default": True},
    "mail": {"type": {"type": "email", "maxLength": 8}},
    "site": {"type": {"type": "url", "maxLength": 15}},
}


def tables_of_few_rows() -> Document:
    """Unique columns, keys and rules over several columns with room for few rows, and rows that refer to such rows."""
    tables: list[Document] = []
    endpoints: list[Document] = []
    for name, column in FEW_VALUES.items():
        table = f"{name}_units"
        tables.append({"name": table, "columns": [id_column(), {"name": name, "unique": True, **column}]})
        collection, *others = row_endpoints(f"/{name}-units", table)
        filters = {} if name in ("octet", "hash") else {"query": {name: column["type"]}}
        endpoints += [collection | filters, *others]
    for name in ("flag", "level", "letter"):
        key, part = f"{name}_keys", f"{name}_parts"
        column = FEW_VALUES[name]
        above = {"name": "above", **column, "references": {"table": key, "column": name}, "unique": name == "level"}
        note = {"name": "note", "type": "string"}
        tables.append({"name": key, "columns": [{"name": name, "primary": True, **column}, note]})
        tables.append({"name": part, "columns": [id_column(), above]})
        of_key = row_endpoints(f"/{name}-keys", key)
        endpoints += [{**endpoint, "path": endpoint["path"].replace("{id}", f"{{{name}}}")} for endpoint in of_key]
        endpoints += row_endpoints(f"/{name}-parts", part)
    pair = [{"name": "flag", "type": "boolean"}, {"name": "level", "type": "low | middle | high"}]
    tables.append({"name": "pairs", "columns": [id_column(), *pair], "unique": [["flag", "level"]]})
    tables.append({"name": "cells", "columns": pair, "primaryKey": ["flag", "level"]})
    cell = {"path": "/cells/{flag}/{level}", "table": "cells"}
    of_cell = {"columns": ["flag", "level"], "table": "cells"}
    tables.append({"name": "cell_notes", "columns": [id_column(), *pair], "references": [of_cell]})
    endpoints += [
        *row_endpoints("/cell-notes", "cell_notes"),
        *row_endpoints("/pairs", "pairs"),
        {"method": "GET", "operation": "read", "response": {"200": "object"}, **cell},
        {"method": "DELETE", "operation": "delete", "response": {"204": {}}, **cell},
    ]
    return {"tables": tables, "endpoints": endpoints}


def accounts_of_few_rows() -> Document:
    """Accounts of which there can be three, because each has a seat of its own."""
    name = {"name": "username", "type": "VARCHAR(40)", "unique": True}
    seat = {"name": "seat", "type": "left | middle | right", "unique": True}
    signing = {"username": "string", "password": "string"}
    me = {"method": "GET", "path": "/auth/me", "response": {"200": "object"}}
    people = [{**endpoint, "auth": True} for endpoint in row_endpoints("/people", "people")]
    return {
        "tables": [{"name": "people", "columns": [id_column(), name, seat]}],
        "endpoints": [
            {
                "method": "POST",
                "path": "/auth/register",
                "requestBody": {**signing, "seat": seat["type"]},
                "response": {"201": "object"},
            },
            {"method": "POST", "path": "/auth/login", "requestBody": signing, "response": {"200": {"token": "string"}}},
            me,
            people[0],
            *people[2:],
        ],
    }
