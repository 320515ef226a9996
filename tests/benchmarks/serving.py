"""How fast a generated backend answers, as a ratio to the same endpoints in the usual style, and with nothing between.

All three run on the same PostgreSQL, one process each, and take turns; wrk (Debian's package) sends the calls.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen
from uuid import uuid4

import click
import psutil

from bkgen.pipeline import generate

HERE = Path(__file__).parent / "serving"
KINDS = ("read", "list", "create", "update")
STYLES = ("generated", "usual ORM style", "bare ASGI and asyncpg")
FILL = """
    INSERT INTO authors SELECT gen_random_uuid(), 'author ' || n FROM generate_series(1, 1000) n;
    WITH all_authors AS (SELECT array_agg(id) AS ids FROM authors)
    INSERT INTO notes SELECT gen_random_uuid(), ids[n % 1000 + 1], 'title ' || n, repeat('What there is to say. ', 10),
        n % 10 = 0, now() - make_interval(secs => n) FROM all_authors, generate_series(1, {rows}) n;
    ANALYZE
"""


@dataclass(frozen=True)
class Load:
    """What a server did under load.

    Attributes:
        rate: answers per second.
        processor: microseconds of processor time of the server for each answer.
        p50, p99: milliseconds within which that percentage of answers came.
    """

    rate: float
    processor: float
    p50: float
    p99: float


@click.command()
@click.option(
    "--server", default="postgresql://postgres@127.0.0.1:5432", help="A PostgreSQL that databases are made on."
)
@click.option("--rows", default=10_000, help="Rows of the table.")
@click.option("--clients", default=16, help="Connections that send one call after the other.")
@click.option("--seconds", default=5, help="Of load, for each kind of call and style.")
@click.option("--repeat", default=3, help="Rounds, of which the best counts.")
@click.option("--generated-alone", is_flag=True, help="Leave out what it is compared with.")
def main(server: str, rows: int, clients: int, seconds: int, repeat: int, generated_alone: bool) -> None:
    """Print Markdown."""
    if shutil.which("wrk") is None or shutil.which("psql") is None:
        raise click.ClickException("wrk and psql are needed: apt install wrk postgresql-client")
    name = f"bench_{uuid4().hex}"
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        database = f"{server}/{name}"
        _psql(f"{server}/postgres", f"CREATE DATABASE {name}")
        try:
            _prepare(folder, database, rows)
            styles = STYLES[:1] if generated_alone else STYLES
            with _all_served(folder, database, styles) as servers:
                found = _rounds(folder, servers, clients, seconds, repeat)
        finally:
            _psql(f"{server}/postgres", f"DROP DATABASE {name} WITH (FORCE)")
    _print(found, styles)


def _prepare(folder: Path, database: str, rows: int) -> None:
    """The generated backend, its tables with rows, and the keys of some."""
    generation = generate([HERE / "contract.json"], folder / "backend")
    if generation.outcome is None:
        raise click.ClickException(str(generation.diagnostics))
    environment = {**os.environ, "DATABASE_URL": database}
    migrate = [sys.executable, "-m", "alembic", "upgrade", "head"]
    subprocess.run(migrate, cwd=folder / "backend", env=environment, check=True, capture_output=True)
    _psql(database, FILL.format(rows=rows))
    (folder / "keys").write_text(_psql(database, "SELECT id FROM notes ORDER BY random() LIMIT 10000"))
    (folder / "author").write_text(_psql(database, "SELECT id FROM authors LIMIT 1").strip())


@contextmanager
def _all_served(
    folder: Path, database: str, styles: tuple[str, ...]
) -> Iterator[dict[str, tuple[str, psutil.Process]]]:
    """style -> the URL of its server, and its process."""
    uvicorn = [sys.executable, "-m", "uvicorn", "--no-access-log", "--log-level", "error", "--app-dir", str(HERE)]
    orm = database.replace("postgresql://", "postgresql+asyncpg://")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        first = probe.getsockname()[1]
    programs = dict(
        zip(
            STYLES,
            (
                ([sys.executable, "-m", "app"], database, folder / "backend"),
                ([*uvicorn, "--port", str(first + 1), "orm_style:app"], orm, HERE),
                ([*uvicorn, "--port", str(first + 2), "bare:app"], database, HERE),
            ),
            strict=True,
        )
    )
    processes = {}
    try:
        for number, style in enumerate(styles):
            command, url, place = programs[style]
            environment = {**os.environ, "DATABASE_URL": url, "PORT": str(first), "ACCESS_LOG": "false"}
            process = subprocess.Popen(command, cwd=place, env=environment, stdout=subprocess.DEVNULL)
            processes[style] = (f"http://127.0.0.1:{first + number}", psutil.Process(process.pid), process)
        for address, _, _ in processes.values():
            _wait_for(f"{address}/notes?limit=1")
        yield {style: (address, process) for style, (address, process, _) in processes.items()}
    finally:
        for _, _, process in processes.values():
            process.terminate()
            process.wait(30)


def _rounds(
    folder: Path, servers: dict[str, tuple[str, psutil.Process]], clients: int, seconds: int, repeat: int
) -> dict[tuple[str, str], Load]:
    """(kind, style) -> the best of its rounds."""
    found: dict[tuple[str, str], list[Load]] = {}
    for _ in range(repeat):
        for kind in KINDS:
            for style, (address, process) in servers.items():
                load = _load(folder, address, process, kind, clients, seconds)
                found.setdefault((kind, style), []).append(load)
    return {
        which: Load(*(best(getattr(load, name) for load in loads) for name, best in _BEST))
        for which, loads in found.items()
    }


_BEST = (("rate", max), ("processor", min), ("p50", min), ("p99", min))


def _load(folder: Path, address: str, process: psutil.Process, kind: str, clients: int, seconds: int) -> Load:
    command = [
        "wrk",
        "-t",
        "1",
        "-c",
        str(clients),
        "-d",
        f"{seconds}s",
        "--latency",
        "-s",
        str(HERE / "calls.lua"),
        address,
    ]
    command += ["--", kind, str(folder / "keys"), (folder / "author").read_text()]
    before = _processor(process)
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    spent = _processor(process) - before
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise click.ClickException(f"{address} failed at {kind}:\n{done.stdout}")
    answers = int(re.search(r"(\d+) requests in", done.stdout)[1])  # type: ignore[index]
    rate = float(re.search(r"Requests/sec: +([\d.]+)", done.stdout)[1])  # type: ignore[index]
    return Load(rate, spent / answers * 1e6, _percentile(done.stdout, 50), _percentile(done.stdout, 99))


def _percentile(text: str, percent: int) -> float:
    """Milliseconds."""
    number, unit = re.search(rf"{percent}% +([\d.]+)(us|ms|s)", text).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]


def _processor(process: psutil.Process) -> float:
    """Seconds of processor time, of the process and of those that it started."""
    return sum(sum(one.cpu_times()[:2]) for one in (process, *process.children(recursive=True)))


def _print(found: dict[tuple[str, str], Load], styles: tuple[str, ...]) -> None:
    click.echo("| call | style | answers per second | ratio | processor, us per answer | ratio | p50, ms | p99, ms |")
    click.echo("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for kind in KINDS:
        ours = found[kind, STYLES[0]]
        for style in styles:
            load = found[kind, style]
            cells = [f"{load.rate:,.0f}", f"{ours.rate / load.rate:.2f}", f"{load.processor:,.0f}"]
            cells += [f"{load.processor / ours.processor:.2f}", f"{load.p50:.1f}", f"{load.p99:.1f}"]
            click.echo(f"| {kind} | {style} | {' | '.join(cells)} |")


def _psql(database: str, statement: str) -> str:
    command = ["psql", database, "-v", "ON_ERROR_STOP=1", "-Atqc", statement]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urlopen(url, timeout=5):
                return
        except (URLError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


if __name__ == "__main__":
    main()
