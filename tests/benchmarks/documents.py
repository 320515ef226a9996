"""Makes contracts of any size: five endpoints per table, each table referring to the one before it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ENDPOINTS_PER_TABLE = 5
_MISSING = "No such thing"


def write(folder: Path, endpoints: int) -> None:
    """Write `contract.json` and `database.json` into `folder`, which holds nothing else."""
    tables = _names(endpoints)
    database = {"tables": [_table(table, tables[index - 1] if index else None) for index, table in enumerate(tables)]}
    _dump(folder / "contract.json", [endpoint for table in tables for endpoint in _endpoints(table)])
    _dump(folder / "database.json", database)


def change_one_endpoint(folder: Path) -> None:
    """Have the first endpoint that documents a 404 answer it with another message."""
    contract = folder / "contract.json"
    contract.write_text(contract.read_text(encoding="utf-8").replace(_MISSING, "Nothing there", 1), encoding="utf-8")


def write_openapi(file: Path, endpoints: int) -> None:
    """Write the same API as OpenAPI, for generators that read nothing else."""
    tables = _names(endpoints)
    paths = {path: item for table in tables for path, item in _paths(table).items()}
    schemas = {
        name: schema for index, table in enumerate(tables) for name, schema in _schemas(table, index > 0).items()
    }
    info = {"title": "Things", "version": "1"}
    _dump(file, {"openapi": "3.0.3", "info": info, "paths": paths, "components": {"schemas": schemas}})


def _names(endpoints: int) -> list[str]:
    return [f"things_{number:03}" for number in range(max(1, endpoints // ENDPOINTS_PER_TABLE))]


def _dump(file: Path, content: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=1), encoding="utf-8")


def _endpoints(table: str) -> list[dict[str, Any]]:
    item = f"/{table}/{{id}}"
    return [
        {"method": "GET", "path": f"/{table}", "response": {"200": f"{table}[]"}},
        {"method": "POST", "path": f"/{table}", "response": {"201": table}},
        {"method": "GET", "path": item, "response": {"200": table, "404": {"error": _MISSING}}},
        {"method": "PATCH", "path": item, "response": {"200": table}},
        {"method": "DELETE", "path": item, "response": {"204": None}},
    ]


def _table(name: str, before: str | None) -> dict[str, Any]:
    columns: list[dict[str, Any]] = [
        {"name": "id", "type": "UUID", "primary": True},
        {"name": "name", "type": "VARCHAR(100)", "unique": True},
        {"name": "amount", "type": "NUMERIC(10,2)", "nullable": True},
        {"name": "rank", "type": "INTEGER", "default": 0},
        {"name": "created_at", "type": "TIMESTAMPTZ"},
    ]
    if before is not None:
        columns.append({"name": "parent_id", "type": "UUID", "nullable": True, "references": f"{before}.id"})
    return {"name": name, "columns": columns}


def _paths(table: str) -> dict[str, Any]:
    key = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    one = _body({"$ref": f"#/components/schemas/{table}"})
    many = _body({"type": "array", "items": {"$ref": f"#/components/schemas/{table}"}})
    error = _body({"type": "object", "properties": {"error": {"type": "string"}}})

    def operation(verb: str, status: str, content: dict[str, Any], body: str = "") -> dict[str, Any]:
        sent = {"requestBody": {"required": True, **_body({"$ref": f"#/components/schemas/{body}"})}} if body else {}
        responses = {status: {"description": "OK", **content}}
        if verb == "read":
            responses["404"] = {"description": _MISSING, **error}
        return {"tags": [table], "operationId": f"{verb}_{table}", **sent, "responses": responses}

    return {
        f"/{table}": {
            "get": operation("list", "200", many),
            "post": operation("create", "201", one, f"{table}_create"),
        },
        f"/{table}/{{id}}": {
            "parameters": [key],
            "get": operation("read", "200", one),
            "patch": operation("update", "200", one, f"{table}_update"),
            "delete": operation("delete", "204", {}),
        },
    }


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def _schemas(table: str, refers: bool) -> dict[str, Any]:
    written: dict[str, Any] = {
        "name": {"type": "string", "maxLength": 100},
        "amount": {"type": "number", "nullable": True},
        "rank": {"type": "integer"},
    }
    if refers:
        written["parent_id"] = {"type": "string", "format": "uuid", "nullable": True}
    given = {"id": {"type": "string", "format": "uuid"}, "created_at": {"type": "string", "format": "date-time"}}
    return {
        table: {"type": "object", "required": ["id", "name", "rank", "created_at"], "properties": {**given, **written}},
        f"{table}_create": {"type": "object", "required": ["name"], "properties": written},
        f"{table}_update": {"type": "object", "properties": written},
    }
