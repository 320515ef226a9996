"""How Alembic reaches the database: `alembic upgrade head`, `alembic revision --autogenerate`."""

import asyncio
from logging.config import fileConfig
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.types import TypeDecorator

from app.engines import with_tls
from app.models import Base
from app.settings import DatabaseSettings, load_settings

URL = load_settings(DatabaseSettings).database_url


def render_type(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Write our own types as those that the database knows: migrations outlive the models."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


OPTIONS: dict[str, Any] = {
    "target_metadata": Base.metadata,
    "render_item": render_type,
    "compare_server_default": True,
    "render_as_batch": True,  # SQLite changes a table by copying it
    "transactional_ddl": True,  # of SQLite, too: see `migrate`
}


def migrate(connection: Connection) -> None:
    """Run the migrations in one transaction: one that fails changes nothing."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        # While a table is copied, rows that refer to it must not notice.
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.rollback()
        # The driver would begin no transaction before rows are written.
        event.listen(connection, "begin", lambda begun: begun.exec_driver_sql("BEGIN IMMEDIATE"))
    context.configure(connection=connection, **OPTIONS)
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
    url, tls = with_tls(URL)
    engine = create_async_engine(url, connect_args=tls)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


if context.config.config_file_name is not None:
    fileConfig(context.config.config_file_name, disable_existing_loggers=False)

if context.is_offline_mode():
    context.configure(url=URL, literal_binds=True, **OPTIONS)
    with context.begin_transaction():
        context.run_migrations()
else:
    asyncio.run(migrate_database())
