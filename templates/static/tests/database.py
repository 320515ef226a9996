"""Databases for tests: SQLite files, or databases beside the one that TEST_DATABASE_URL names."""

import asyncio
import os
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import uuid4

from alembic import command
from alembic.config import Config
from sqlalchemy import (
    Connection,
    RowMapping,
    cast,
    event,
    exists,
    func,
    insert,
    inspect,
    make_url,
    select,
)
from sqlalchemy.ext.asyncio import create_async_engine

from app.database import Database
from app.mariadb_statements import delete_all
from app.models import Base
from app.settings import DatabaseSettings

P = ParamSpec("P")
T = TypeVar("T")

ROOT = Path(__file__).parent.parent

# What is sent to a server, to make a database and to have it fail for everybody, those who are
# connected included.
MAKE = {
    "mariadb": (
        "CREATE DATABASE {name}",
        "CREATE USER {name} IDENTIFIED BY '{name}'",
        "GRANT ALL ON {name}.* TO {name}",
    ),
    "postgresql": ("CREATE DATABASE {name}",),
}
TAKE_AWAY = {
    "mariadb": ("ALTER USER {name} ACCOUNT LOCK", "KILL USER {name}"),
    "postgresql": (
        "ALTER DATABASE {name} ALLOW_CONNECTIONS false",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
    ),
}
REMOVE = {
    "mariadb": ("DROP DATABASE {name}", "DROP USER {name}"),
    "postgresql": ("DROP DATABASE {name} WITH (FORCE)",),
}


class ScratchDatabase:
    """A database of its own, with all tables and no rows."""

    def __init__(self, folder: Path) -> None:
        self.name = f"test_{uuid4().hex}"
        self._file = folder / f"{self.name}.db"
        self._server = os.environ.get("TEST_DATABASE_URL", "")
        url = make_url(_with_driver(self._server or f"sqlite:///{self._file}"))
        self.engine_name = url.get_backend_name()
        if self._server:
            self._administer(MAKE)
            url = url.set(database=self.name)
        if self.engine_name == "mariadb":
            url = url.set(username=self.name, password=self.name)
        self.url = url.render_as_string(hide_password=False)
        os.environ["DATABASE_URL"] = self.url  # for Alembic and the settings
        command.upgrade(Config(ROOT / "alembic.ini"), "head")
        self._runner = asyncio.Runner()
        self._database = Database(self.url, timeout=5)

    def run(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `work(connection, ...)` in one transaction."""
        return self._runner.run(self._database.run(work, *args, **kwargs))

    def insert(self, model: type[Base], values: dict[str, Any]) -> RowMapping:
        """Insert a row and give it with all its columns, by their names in the database."""
        columns = [getattr(model, column.key) for column in inspect(model).column_attrs]
        statement = insert(model).values(values).returning(*columns)
        return self.run(lambda connection: connection.execute(statement).mappings().one())

    def has(self, model: type[Base], **values: object) -> bool:
        """Whether there is a row with these values, as their columns store them."""
        found = {getattr(model, name): value for name, value in values.items()}
        same = [
            column == (cast(value, column.type) if isinstance(value, Decimal) else value)
            for column, value in found.items()
        ]
        statement = select(exists(select(model).where(*same)))
        return bool(self.run(lambda connection: connection.scalar(statement)))

    def is_unchanged(self, model: type[Base], row: RowMapping) -> bool:
        """Whether the row is as it was when it was made."""
        columns = [getattr(model, column.key) for column in inspect(model).column_attrs]
        same = [column == row[column.name] for column in inspect(model).primary_key]
        statement = select(*columns).where(*same)
        return (
            self.run(lambda connection: connection.execute(statement).mappings().one_or_none())
            == row
        )

    def in_order(self, keys: Iterable[str]) -> list[str]:
        """UUIDs as this database sorts them: MariaDB begins with the last of their parts."""
        if self.engine_name == "mariadb":
            return sorted(keys, key=lambda key: key.split("-")[::-1])
        return sorted(keys)

    def count(self, model: type[Base]) -> int:
        """How many rows there are."""
        statement = select(func.count()).select_from(model)
        return self.run(lambda connection: connection.scalar(statement)) or 0

    def statements(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> int:
        """How many statements `work(connection, ...)` takes."""
        found: list[str] = []

        def count(connection: Connection) -> None:
            event.listen(connection, "before_cursor_execute", lambda *call: found.append(call[2]))
            work(connection, *args, **kwargs)

        self.run(count)
        return len(found)

    def clear(self) -> None:
        """Delete all rows of all tables."""
        self.run(delete_all, Base.metadata.sorted_tables[::-1])

    def drop_tables(self) -> None:
        """Leave nothing to work on."""
        self.run(Base.metadata.drop_all)

    def take_away(self) -> None:
        """Make the database fail for everybody, those who are connected included."""
        if self._server:
            self._administer(TAKE_AWAY)
        else:  # overwritten in place: a deleted file would live on in open connections
            for file in self._file.parent.glob(f"{self.name}.db*"):
                file.write_bytes(b"\0" * file.stat().st_size)

    def remove(self) -> None:
        """Leave no trace."""
        self._runner.run(self._database.close())
        self._runner.close()
        if self._server:
            self._administer(REMOVE)

    def _administer(self, statements: Mapping[str, tuple[str, ...]]) -> None:
        """Run those of this kind of server in the database that TEST_DATABASE_URL names."""
        of_server = [one.format(name=self.name) for one in statements[self.engine_name]]
        asyncio.run(_execute(_with_driver(self._server), of_server))


class MariadbError(Exception):
    """A failure as MariaDB's driver tells it, with its code."""


class PostgresqlError(Exception):
    """A failure as PostgreSQL's driver tells it; without an SQLSTATE the connection is lost."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


def _with_driver(url: str) -> str:
    return DatabaseSettings(database_url=url).database_url


async def _execute(url: str, statements: list[str]) -> None:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for statement in statements:
            await connection.exec_driver_sql(statement)
    await engine.dispose()
