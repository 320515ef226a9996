"""Measures how fast `python -m app.data seed` fills the tables of an example, and how fast plain inserts do.

It runs in the folder of a generated backend, on the empty, migrated PostgreSQL that DATABASE_URL names:
`python .../tests/benchmarks/seeding.py 100000`. All that it writes is taken back.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable

from sqlalchemy import Connection, insert

sys.path.insert(0, os.getcwd())

from app.data import seeding
from app.engines import create_engine
from app.models import Base
from app.settings import DatabaseSettings, load_settings


def main() -> None:
    """Print rows per second and processor seconds of each way, in the same run."""
    wanted = dict.fromkeys(Base.metadata.tables, int(sys.argv[1]))
    copied = seeding.insert_rows

    def by_executemany(connection, table, keys, rows) -> None:  # type: ignore[no-untyped-def]
        connection.execute(insert(table), [dict(zip(keys, row, strict=True)) for row in rows])

    def by_nothing(connection, table, keys, rows) -> None:  # type: ignore[no-untyped-def]
        pass

    for name, write in (("made and thrown away", by_nothing), ("COPY", copied), ("executemany", by_executemany)):
        seeding.insert_rows = write
        rows, seconds, processor = asyncio.run(_measured(lambda one: seeding.seed(one, wanted)))
        print(f"{name}: {rows / seconds:,.0f} rows/s, {processor:.1f} processor seconds for {rows:,} rows")


async def _measured(work: Callable[[Connection], dict[str, int | str]]) -> tuple[int, float, float]:
    engine = create_engine(load_settings(DatabaseSettings).database_url, 600, 1)
    async with engine.connect() as connection:
        begun, used = time.perf_counter(), time.process_time()
        found = await connection.run_sync(work)
        seconds, processor = time.perf_counter() - begun, time.process_time() - used
        await connection.rollback()
    await engine.dispose()
    return sum(count for count in found.values() if isinstance(count, int)), seconds, processor


if __name__ == "__main__":
    main()
