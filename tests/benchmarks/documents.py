"""Makes contracts of any size: five endpoints per table, each table referring to the one before it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def write(folder: Path, endpoints: int) -> None:
    """Write `contract.json`, `database.json` and the same API as `openapi.json` below `folder`."""
    tables = [f"things_{number:03}" for number in range(max(1, endpoints // 5))]
    folder.mkdir(parents=True, exist_ok=True)
    contract = [endpoint for table in tables for endpoint in _endpoints(table)]
    database = {"tables": [_table(table, tables[index - 1] if index else None) for index, table in enumerate(tables)]}
    (folder / "contract.json").write_text(json.dumps(contract, indent=1), encoding="utf-8")
    (folder / "database.json").write_text(json.dumps(database, indent=1), encoding="utf-8")


def _endpoints(table: str) -> list[dict[str, Any]]:
    item = f"/{table}/{{id}}"
    return [
        {"method": "GET", "path": f"/{table}", "response": {"200": f"{table}[]"}},
        {"method": "POST", "path": f"/{table}", "response": {"201": table}},
        {"method": "GET", "path": item, "response": {"200": table, "404": {"error": "No such thing"}}},
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


def openapi(endpoints: int) -> dict[str, Any]:
    """The same API for openapi-generator, which reads nothing else."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    for table in (f"things_{number:03}" for number in range(max(1, endpoints // 5))):
        body = {"application/json": {"schema": {"$ref": f"#/components/schemas/{table}"}}}
        schemas[table] = {
            "type": "object",
            "required": ["name"],
            "properties": {
                "id": {"type": "string", "format": "uuid"},
                "name": {"type": "string", "maxLength": 100},
                "amount": {"type": "number"},
                "rank": {"type": "integer"},
                "created_at": {"type": "string", "format": "date-time"},
            },
        }
        one = {"responses": {"200": {"description": "OK", "content": body}}, "tags": [table]}
        many = {
            "200": {
                "description": "OK",
                "content": {
                    "application/json": {"schema": {"type": "array", "items": body["application/json"]["schema"]}}
                },
            }
        }
        key = [{"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}]
        paths[f"/{table}"] = {
            "get": {**one, "operationId": f"list_{table}", "responses": many},
            "post": {**one, "operationId": f"create_{table}", "requestBody": {"content": body}},
        }
        paths[f"/{table}/{{id}}"] = {
            "parameters": key,
            "get": {**one, "operationId": f"read_{table}"},
            "patch": {**one, "operationId": f"update_{table}", "requestBody": {"content": body}},
            "delete": {**one, "operationId": f"delete_{table}", "responses": {"204": {"description": "Deleted"}}},
        }
    return {
        "openapi": "3.0.3",
        "info": {"title": "things", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas},
    }
