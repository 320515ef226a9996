"""Databases that are migrated in this process, with nothing of a backend but its models and migrations."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, Table, inspect, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import DropTable

from bkgen.assets import folder
from bkgen.diagnostics import Diagnostics
from bkgen.load import load
from bkgen.migrate.history import INITIAL, History
from bkgen.migrate.snapshot import read, schema_of
from bkgen.migrate.step import Step, next_step
from bkgen.model.service import Service
from bkgen.render.environment import rendered
from bkgen.render.migrations import initial_view, revision_path, revision_view, schema_text
from bkgen.render.tables import model_view
from bkgen.resolve import resolve
from tests.behaviour.generated import imported_app

T = TypeVar("T")

STATIC = folder("templates") / "static"
SETTINGS = """
import os


class DatabaseSettings:
    def __init__(self):
        self.database_url = os.environ["DATABASE_URL"]


def load_settings(kind):
    return kind()
"""
ENGINES = """
from sqlalchemy import make_url
from sqlalchemy.dialects import registry

from app.mariadb import Dialect, session

registry.register("mariadb.asyncmy", Dialect.__module__, Dialect.__name__)


def driver_arguments(url):
    return make_url(url), {"init_command": session()} if url.startswith("mariadb") else {}
"""


def compiled(document: dict[str, Any], place: Path) -> Service:
    """The service of a document."""
    file = place / "database.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    diagnostics = Diagnostics()
    service = resolve(load([file], diagnostics), diagnostics)
    assert service is not None, [(found.code, found.message) for found in diagnostics]
    return service


class RefusedError(Exception):
    """Findings (code, message) by which a change is not generated."""


class Migrated:
    """Models and migrations in `root`, and databases that are migrated by them; `url` is of the one to work on."""

    def __init__(self, root: Path, url: str) -> None:
        self.root = root
        self.url = url
        self.config = Config(root / "alembic.ini")
        self._texts: dict[str, str] = {}
        self._schema = ""
        for name in (
            "alembic.ini",
            "app/models/metadata.py",
            "app/models/json_documents.py",
            "app/mariadb.py",
        ):
            self._write(name, (STATIC / name).read_text(encoding="utf-8"))
        self._write("alembic.ini", (STATIC / "alembic.ini").read_text(encoding="utf-8").replace("INFO", "WARNING"))
        self._write(
            "migrations/env.py", rendered("migrations/env.py", service={"mongodb": False, "sets_default": False})
        )
        self._write("app/__init__.py", "")
        self._write("app/settings.py", SETTINGS)
        self._write("app/engines.py", ENGINES)

    def generate(
        self, document: dict[str, Any], allowed: Collection[str] = frozenset(), *, in_two: bool = False
    ) -> str:
        """Write what `bkgen generate` writes of models and migrations; the text of the new revisions."""
        service = compiled(document, self.root)
        step = Step(schema_of(service))
        if self._schema:
            schema, last = read(self._schema)
            history = History(schema, last, last, len(self._texts) + 1, self._texts, self._schema)
            diagnostics = Diagnostics()
            found = next_step(service, history, allowed, lambda _: None, diagnostics, in_two=in_two)
            if found is None:
                raise RefusedError([(one.code, one.message) for one in diagnostics])
            step = found
        made = ""
        if step.kept is None:
            made = rendered(INITIAL, migration=initial_view(step.schema))
            self._texts[INITIAL] = made
        for passage in step.passages:
            text = rendered("migrations/revision.py", revision=revision_view(passage))
            self._texts[revision_path(passage)] = text
            made += text
        for path, content in self._texts.items():
            self._write(path, content)
        self._schema = schema_text(step)
        models = sorted(service.tables, key=lambda table: table.module)
        self._write("app/models/__init__.py", rendered("app/models/__init__.py", models=models))
        for table in service.tables:
            model = rendered("app/models/model.py", model=model_view(table, service))
            self._write(f"app/models/{table.module}.py", model)
        return made

    def metadata(self) -> MetaData:
        """Of the models as they are now."""
        with imported_app(self.root):
            from app.models import Base  # type: ignore[import-not-found]

            found: MetaData = Base.metadata
            return found

    def upgrade(self, revision: str = "head") -> None:
        self._alembic(command.upgrade, revision)

    def downgrade(self, revision: str) -> None:
        self._alembic(command.downgrade, revision)

    def check(self) -> None:
        """Raise an error where Alembic finds a difference between the models and the database."""
        self._alembic(command.check)

    def run(self, work: Callable[[Connection], T], url: str = "") -> T:
        """Run `work(connection)` in one transaction."""

        async def connected() -> T:
            address, arguments = driver_arguments(url or self.url)
            engine = create_async_engine(address, connect_args=arguments, poolclass=NullPool)
            async with engine.begin() as connection:
                if engine.dialect.name == "sqlite":
                    await connection.exec_driver_sql("PRAGMA foreign_keys = ON")
                return await connection.run_sync(work)

        with imported_app(self.root):
            from app.engines import driver_arguments  # type: ignore[import-not-found]

            return asyncio.run(connected())

    def _alembic(self, run: Callable[..., object], *arguments: str) -> None:
        os.environ["DATABASE_URL"] = self.url
        with imported_app(self.root), open(os.devnull, "w") as nowhere:
            self.config.stdout = nowhere
            run(self.config, *arguments)

    def _write(self, name: str, content: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def shape(connection: Connection) -> dict[str, Any]:
    """All that a database says of its tables, names included."""
    found = inspect(connection)
    tables = [name for name in found.get_table_names() if name != "alembic_version"]
    widths: dict[str, Any] = {}
    if connection.dialect.name == "postgresql" and tables:
        statement = "SELECT data_type::text FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"
        widths["sequences"] = connection.execute(text(statement)).scalars().all()
    return widths | {
        table: {
            "columns": {
                one["name"]: (str(one["type"]), one["nullable"], _default(one["default"]))
                for one in found.get_columns(table)
            },
            "key": (lambda key: (key["name"], key["constrained_columns"]))(found.get_pk_constraint(table)),
            "unique": {one["name"]: one["column_names"] for one in found.get_unique_constraints(table)},
            "indexes": {
                one["name"]: (one["column_names"], bool(one["unique"]), _where(one.get("dialect_options", {})))
                for one in found.get_indexes(table)
                if not one.get("duplicates_constraint")
            },
            "references": {
                one["name"]: (
                    one["constrained_columns"],
                    one["referred_table"],
                    one["referred_columns"],
                    one["options"].get("ondelete", "NO ACTION"),
                )
                for one in found.get_foreign_keys(table)
            },
            "checks": {one["name"]: one["sqltext"] for one in found.get_check_constraints(table)},
        }
        for table in tables
    }


def _where(options: dict[str, Any]) -> str:
    """Which rows are in an index, as the database says it; empty for all."""
    return next((str(value) for name, value in options.items() if name.endswith("_where")), "")


def _default(text_: str | None) -> str | None:
    """Sequences are called after the column that they were made for."""
    return "a sequence" if text_ and text_.startswith("nextval(") else text_


def empty(connection: Connection) -> None:
    """Drop everything in a database."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
        return
    switch = {"sqlite": "PRAGMA foreign_keys", "mariadb": "SET foreign_key_checks"}[connection.dialect.name]
    connection.execute(text(f"{switch} = OFF"))
    for table in inspect(connection).get_table_names():
        connection.execute(DropTable(Table(table, MetaData())))
    connection.execute(text(f"{switch} = ON"))


def databases(server: str, name: str) -> tuple[str, str]:
    """URLs of two new databases beside the one of a server."""
    names = [f"{name}_1", f"{name}_2"]
    with suppress(Exception):
        drop_databases(server, name)
    asyncio.run(_administer(server, [f"CREATE DATABASE {one}" for one in names]))
    first, second = (asynchronous(server, one) for one in names)
    return first, second


def drop_databases(server: str, name: str) -> None:
    """Leave no trace of them."""
    force = " WITH (FORCE)" if server.startswith("postgresql") else ""
    asyncio.run(_administer(server, [f"DROP DATABASE {name}_{number}{force}" for number in (1, 2)]))


async def _administer(server: str, statements: list[str]) -> None:
    engine = create_async_engine(asynchronous(server), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    async with engine.connect() as connection:
        for statement in statements:
            await connection.execute(text(statement))


def asynchronous(server: str, database: str | None = None) -> str:
    url = make_url(server)
    driver = {"postgresql": "postgresql+asyncpg", "mariadb": "mariadb+asyncmy"}[url.get_backend_name()]
    url = url.set(drivername=driver)
    url = url.set(database=database) if database else url
    return url.render_as_string(hide_password=False)
