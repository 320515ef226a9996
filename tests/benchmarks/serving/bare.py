"""The notes endpoints with nothing between: bare ASGI and asyncpg, no validation, no errors. The floor."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID, uuid4

import asyncpg

COLUMNS = "id, author_id, title, body, pinned, created_at"
READ = f"SELECT {COLUMNS} FROM notes WHERE id = $1"
LIST = f"SELECT {COLUMNS} FROM notes ORDER BY created_at, id LIMIT $1 OFFSET $2"
CREATE = f"INSERT INTO notes VALUES ($1, $2, $3, $4, false, now()) RETURNING {COLUMNS}"
UPDATE = f"UPDATE notes SET title = $2 WHERE id = $1 RETURNING {COLUMNS}"

pools: list[asyncpg.Pool] = []


def shown(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "author_id": str(row["author_id"]),
        "title": row["title"],
        "body": row["body"],
        "pinned": row["pinned"],
        "created_at": row["created_at"].isoformat(),
    }


async def answer(scope: Any, receive: Any) -> tuple[int, Any]:
    _, _, key = scope["path"].partition("/notes/")
    (pool,) = pools
    if scope["method"] == "GET":
        if key:
            return 200, shown(await pool.fetchrow(READ, UUID(key)))
        query = parse_qs(scope["query_string"].decode())
        limit, offset = (int(query.get(name, [default])[0]) for name, default in (("limit", "20"), ("offset", "0")))
        return 200, {"notes": [shown(row) for row in await pool.fetch(LIST, limit, offset)]}
    body = json.loads((await receive())["body"])
    if scope["method"] == "PATCH":
        return 200, shown(await pool.fetchrow(UPDATE, UUID(key), body["title"]))
    row = await pool.fetchrow(CREATE, uuid4(), UUID(body["author_id"]), body["title"], body["body"])
    return 201, shown(row)


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await receive()
        pools.append(await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=20, max_size=20))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    status, found = await answer(scope, receive)
    text = json.dumps(found).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
