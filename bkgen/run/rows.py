"""How many rows of a database a change of its schema concerns; they are counted and nothing else."""

from __future__ import annotations

import asyncio
from importlib import import_module
from pathlib import Path

from bkgen.migrate.losses import Loss
from bkgen.migrate.step import Count

_DRIVERS = {
    "mariadb": "mariadb+asyncmy",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
    "sqlite": "sqlite+aiosqlite",
}


class NotCountedError(Exception):
    """The database cannot be asked; the message says why."""


def counter(url: str) -> Count:
    """What counts the rows in the database at `url`; it raises NotCountedError."""

    def count(loss: Loss) -> int | None:
        # SQLAlchemy takes a while to import, and most runs count nothing.
        errors = import_module("sqlalchemy.exc")
        file = url.partition(":///")[2] if url.startswith("sqlite") else ""
        if file and not Path(file).exists():  # SQLite would make it
            raise NotCountedError(f"The rows of {loss.stored_table} cannot be counted: there is no file {file}.")
        try:
            return asyncio.run(_count(url, loss))
        except (errors.SQLAlchemyError, OSError, ImportError) as error:
            reason = str(getattr(error, "orig", None) or error).partition("\n")[0]
            raise NotCountedError(f"The rows of {loss.stored_table} cannot be counted: {reason}") from None

    return count


async def _count(url: str, loss: Loss) -> int:
    scheme, _, rest = url.partition("://")
    driver = _DRIVERS.get(scheme, scheme)
    # The names are in the quotation marks of the standard.
    arguments = {"init_command": "SET sql_mode = 'ANSI'"} if driver.startswith("mariadb") else {}
    engine = import_module("sqlalchemy.ext.asyncio").create_async_engine(f"{driver}://{rest}", connect_args=arguments)
    condition = f" WHERE {loss.rows.format(_quoted(loss.stored_column))}" if loss.rows else ""
    try:
        async with engine.connect() as connection:
            # Not as text that may have parameters: values of an enum may have colons.
            statement = f"SELECT count(*) FROM {_quoted(loss.stored_table)}{condition}"  # noqa: S608 (names are quoted)
            return int((await connection.exec_driver_sql(statement)).scalar_one())
    finally:
        await engine.dispose()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
