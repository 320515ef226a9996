"""What the route of a request costs, by the table of routes and by FastAPI alone, in contracts of some sizes."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import click
from documents import ENDPOINTS_PER_TABLE, write

from bkgen.pipeline import generate

ASKED = """
import asyncio, json, sys, time
from app.main import app
from app.settings import Settings, load_settings

TABLES = int(sys.argv[1])
PATHS = {"first": "/things_000", "last": f"/things_{TABLES - 1:03}"}

async def receive():
    return {"type": "http.request", "body": b"", "more_body": False}

async def call(path):
    async def send(message):
        assert message.get("status", 422) == 422, message
    scope = {
        "type": "http", "method": "GET", "scheme": "http", "path": path, "raw_path": path.encode(),
        "query_string": b"no=parameter", "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000),
    }
    await app(scope, receive, send)

async def least(path):
    await call(path)
    found = []
    for _ in range(7):
        before = time.process_time()
        for _ in range(200):
            await call(path)
        found.append((time.process_time() - before) / 200 * 1e6)
    return min(found)

async def main():
    app.state.settings = load_settings(Settings)
    app.state.database = None
    with_table = {name: await least(path) for name, path in PATHS.items()}
    app.router.routes.pop(0)
    without = {name: await least(path) for name, path in PATHS.items()}
    print(json.dumps({"the table": with_table, "FastAPI alone": without}))

asyncio.run(main())
"""


@click.command()
@click.option("--endpoints", multiple=True, type=int, default=(10, 100, 1000), help="How many; may be given again.")
def main(endpoints: tuple[int, ...]) -> None:
    """Print Markdown."""
    click.echo("| endpoints | route found by | first, us | last, us | last : first |")
    click.echo("| ---: | --- | ---: | ---: | ---: |")
    for number in endpoints:
        for finder, found in _measured(number).items():
            first, last = found["first"], found["last"]
            click.echo(f"| {number:,} | {finder} | {first:,.0f} | {last:,.0f} | {last / first:.2f} |")


def _measured(endpoints: int) -> dict[str, dict[str, float]]:
    """What finds the route -> which endpoint -> microseconds of processor time of a request, refused for its query."""
    with tempfile.TemporaryDirectory() as place:
        documents, backend = Path(place) / "documents", Path(place) / "backend"
        write(documents, endpoints)
        generate([documents], backend)
        tables = str(max(1, endpoints // ENDPOINTS_PER_TABLE))
        command = [sys.executable, "-c", ASKED, tables]
        done = subprocess.run(command, cwd=backend, capture_output=True, text=True, check=True)
    answer: dict[str, dict[str, float]] = json.loads(done.stdout)
    return answer


if __name__ == "__main__":
    main()
