"""Connections that are kept between requests: what each does is what its mode says, and there are never too many."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.behaviour.generated import backend

DOCUMENT = {
    "tables": [{"name": "notes", "columns": [{"name": "id", "type": "uuid", "primary": True}]}],
    "endpoints": [{"method": "GET", "path": "/notes/{id}", "response": {"200": "object"}}],
}
SHOWN = """
import asyncio, sys
from sqlalchemy import text
from app.database import Database

SIZE = 3
TWICE = "SELECT pg_backend_pid(), txid_current()"

def look(connection):
    (pid, first), (_, second) = (connection.execute(text(TWICE)).one() for _ in range(2))
    seen.add(pid)
    return pid, first == second

def fail(connection):
    connection.execute(text("SELECT 1"))
    raise LookupError

def end(connection, pid):
    connection.execute(text(f"SELECT pg_terminate_backend({pid})"))

async def failing(opened):
    try:
        await opened.autocommit(fail)
    except LookupError:
        return None, False

async def main():
    global seen
    seen = set()
    opened = Database(sys.argv[1], 5, SIZE)
    for _ in range(20):
        calls = []
        for _ in range(3):
            calls += [opened.autocommit(look), opened.run(look), failing(opened), opened.run(look)]
            calls.append(opened.autocommit(look))
        alike = [same for _, same in await asyncio.gather(*calls)]
        assert alike == [False, True, False, True, False] * 3, alike
    assert len(seen) <= SIZE, seen

    pid, _ = await opened.autocommit(look)
    other = Database(sys.argv[1], 5, 1)
    for one in seen:
        await other.run(end, one)
    await asyncio.sleep(0.2)
    for _ in range(SIZE + 1):
        assert (await opened.autocommit(look))[0] != pid
    await opened.close()
    count = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(ARRAY[{}])"
    counted = text(count.format(", ".join(map(str, seen))))
    for _ in range(50):
        left = await other.run(lambda connection: connection.scalar(counted))
        if left == 0:
            break
        await asyncio.sleep(0.1)
    assert left == 0
    await other.close()

asyncio.run(main())
"""


def test_kept_connections_do_what_their_mode_says_and_are_replaced_when_the_server_closed_them(
    tmp_path: Path, maybe_postgresql: str | None
) -> None:
    if maybe_postgresql is None:
        pytest.skip("no PostgreSQL answers")
    made = backend(tmp_path, DOCUMENT)
    url = maybe_postgresql.replace("postgresql://", "postgresql+asyncpg://", 1)
    command = [sys.executable, "-W", "error", "-c", SHOWN, url]
    done = subprocess.run(command, cwd=made.folder, env=os.environ, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
