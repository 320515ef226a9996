"""Data in and out: what is seeded is what the contract allows, and what is exported is what is imported."""

import re
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Row, Table, select

from app.data.__main__ import main
from app.data.exporting import export_table
from app.data.importing import Source, import_rows
from app.data.row import PasswordHash
from app.data.rows import ROWS
from app.data.seeding import clear
from app.data.transactions import write
from app.models import Base
from tests.database import ScratchDatabase

TABLES = [table for table in Base.metadata.sorted_tables if table.name in ROWS]
MANY = "30"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScratchDatabase]:
    database = ScratchDatabase(tmp_path_factory.mktemp("data"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", database.url)
        main(["seed", "--rows", MANY])
        yield database
    database.remove()


def rows_of(database: ScratchDatabase, table: Table) -> list[Row[Any]]:
    """All rows in the order of their keys, but for hashes of passwords, of which no two are the same."""
    fields = ROWS[table.name].model_fields
    hashes = {
        key
        for key, field in fields.items()
        if any(isinstance(mark, PasswordHash) for mark in field.metadata)
    }
    columns = [column for column in table.c if column.key not in hashes]
    ordered = select(*columns).order_by(*table.primary_key.columns)
    return database.run(lambda connection: list(connection.execute(ordered)))


def all_rows(database: ScratchDatabase) -> dict[str, list[Row[Any]]]:
    return {table.name: rows_of(database, table) for table in TABLES}


def sent(table: Table, file: Path, patch: pytest.MonkeyPatch) -> None:
    """Have the command write all rows of a table to a file."""
    with file.open("wb") as output, patch.context() as inner:
        inner.setattr("sys.stdout", TextIOWrapper(output))
        main(["export", table.name, "--format", file.suffix.removeprefix(".")])


def test_a_database_in_use_is_seeded_only_if_its_rows_shall_go(
    seeded: ScratchDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    before = all_rows(seeded)
    with pytest.raises(SystemExit, match="has rows already, so nothing was changed"):
        main(["seed"])
    assert all_rows(seeded) == before
    main(["seed", "--rows", MANY, "--replace"])
    assert all_rows(seeded) == before  # the same number makes the same rows
    said = capsys.readouterr().err
    for table in TABLES:
        expected = f"{len(before[table.name])} rows" if before[table.name] else "no rows, for .+"
        assert re.search(f"^{re.escape(table.name)}: {expected}$", said, re.MULTILINE), said


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_what_is_exported_is_imported(form: str, seeded: ScratchDatabase) -> None:
    before = all_rows(seeded)

    def move(connection: Connection) -> None:
        files = {table: BytesIO() for table in TABLES}
        for table, file in files.items():
            export_table(connection, table, file, form)
        clear(connection)
        for file in files.values():
            file.seek(0)
        sources = [Source(table, file, form, table.name) for table, file in files.items()]
        import_rows(connection, sources)

    write(move, {table.name for table in TABLES})
    assert all_rows(seeded) == before


def test_what_is_there_already_is_refused(
    seeded: ScratchDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = all_rows(seeded)
    table = next(table for table in TABLES if before[table.name])
    file = tmp_path / "rows.csv"
    sent(table, file, monkeypatch)
    with pytest.raises(SystemExit, match=r"rows.csv:2: .+: already taken\nNothing was imported"):
        main(["import", table.name, str(file)])
    file.write_text('"no such column"\n"1"\n')
    with pytest.raises(SystemExit, match=r"rows.csv:2: 'no such column' is no column"):
        main(["import", table.name, str(file)])
    assert all_rows(seeded) == before
