"""All rows of a table, into a file."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import IO, Any

from sqlalchemy import Connection, Table, func, select

from app.data.bulk import AT_ONCE
from app.data.formats import WRITERS
from app.data.progress import is_watched, progress


def export_table(connection: Connection, table: Table, file: IO[bytes], form: str) -> int:
    """Write all rows in the order of their keys, and say how many there are.

    One statement gives all of them, as they are when it begins, and the server keeps those that are
    not yet read.
    """
    columns = list(table.c)
    count = connection.scalar(select(func.count()).select_from(table)) if is_watched() else 0
    ordered = select(*columns).order_by(*table.primary_key.columns)
    streamed = ordered.execution_options(stream_results=True, yield_per=AT_ONCE)
    total = 0

    def rows() -> Iterator[Sequence[Any]]:
        nonlocal total
        for part in found.partitions():
            yield from part
            total += len(part)
            bar.update(len(part))

    with (
        closing(connection.execute(streamed)) as found,
        progress(f"Exporting {table.name}", count or 0) as bar,
    ):
        WRITERS[form](file, columns, rows())
    return total
