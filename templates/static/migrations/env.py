"""How Alembic reaches the database: `alembic upgrade head`, `alembic revision --autogenerate`."""

import asyncio
from logging.config import fileConfig
from typing import Any, Literal

from alembic import context
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Connection, Text, event
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.engines import driver_arguments
from app.models import Base
from app.settings import DatabaseSettings, load_settings

URL = load_settings(DatabaseSettings).database_url


def render_type(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Write our own types as those that the database knows: migrations outlive the models."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


def compare_type(
    at: MigrationContext, _: object, column: Column[Any], __: object, type_: TypeEngine[Any]
) -> bool | None:
    """Say that keys of MariaDB are what texts have become there, which have no limit elsewhere."""
    is_limited = at.dialect.name == "mariadb" and column.primary_key and isinstance(type_, Text)
    return False if is_limited else None


OPTIONS: dict[str, Any] = {
    "target_metadata": Base.metadata,
    "render_item": render_type,
    "compare_type": compare_type,
    "compare_server_default": True,
    "render_as_batch": True,  # SQLite changes a table by copying it
}


def migrate(connection: Connection) -> None:
    """Run the migrations in one transaction: one that fails changes nothing.

    MariaDB commits each change of a table by itself, so there a revision may be half done.
    """
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        # While a table is copied, rows that refer to it must not notice.
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.rollback()
        # The driver would begin no transaction before rows are written.
        event.listen(connection, "begin", lambda begun: begun.exec_driver_sql("BEGIN IMMEDIATE"))
    in_transaction = connection.dialect.name != "mariadb"
    context.configure(connection=connection, transactional_ddl=in_transaction, **OPTIONS)
    with context.begin_transaction():
        context.run_migrations()
        if sqlite:
            check_references(connection)


def check_references(connection: Connection) -> None:
    """Raise an error where a row refers to one that is not there, as other databases do."""
    for table, _, target, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        raise RuntimeError(f"Nothing was migrated: rows of {table} refer to none of {target}.")


async def migrate_database() -> None:
    """Run the migrations on the database that the settings name."""
    url, arguments = driver_arguments(URL)
    engine = create_async_engine(url, connect_args=arguments)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


if context.config.config_file_name is not None:
    fileConfig(context.config.config_file_name, disable_existing_loggers=False)

if context.is_offline_mode():
    in_transaction = not URL.startswith("mariadb")
    context.configure(url=URL, literal_binds=True, transactional_ddl=in_transaction, **OPTIONS)
    with context.begin_transaction():
        context.run_migrations()
else:
    asyncio.run(migrate_database())
