"""The database of MongoDB that keeps the documents."""

import asyncio
import logging
from pathlib import Path
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import ReadPreference
from pymongo.write_concern import WriteConcern
from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.util import await_only

from app.errors import Unavailable
from app.mongodb.connections import DocumentConnection
from app.mongodb.indexes import missing_index

logger = logging.getLogger(__name__)

RETRY_SECONDS = 1  # between two attempts to reach it at start-up


class Documents:
    """The documents of all collections, in the database of MongoDB that `url` names.

    Tables stay where `engine` has them. `timeout` is in seconds, for each operation.
    """

    def __init__(self, url: str, engine: Engine, timeout: float, pool_size: int) -> None:
        milliseconds = max(1, round(timeout * 1000))
        self._client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(
            url,
            uuidRepresentation="standard",
            timeoutMS=milliseconds,
            serverSelectionTimeoutMS=milliseconds,
            connectTimeoutMS=milliseconds,
            maxPoolSize=pool_size,
        )
        self.database = database_of(self._client, engine.url)
        event.listen(engine, "commit", _commit)
        event.listen(engine, "rollback", _roll_back)

    def connect(self, engine: Engine) -> DocumentConnection:
        """A connection of `engine`, whose statements on collections come here."""
        return DocumentConnection(engine, self.begin, self.database)

    def begin(self) -> AsyncClientSession:
        """Begin a transaction: its first operation tells MongoDB."""
        session = self._client.start_session()
        begun = session.start_transaction(
            ReadConcern("snapshot"), WriteConcern("majority"), ReadPreference.PRIMARY
        )
        await_only(begun)
        return session

    async def check(self) -> None:
        """Raise Unavailable unless MongoDB answers."""
        try:
            await self._client.admin.command("ping")
        except PyMongoError as error:
            logger.error("MongoDB does not answer: %s: %s", type(error).__name__, error)
            raise Unavailable from error

    async def wait(self, deadline: float) -> None:
        """Wait until MongoDB answers and check that it can keep the documents.

        Raises:
            SystemExit: with a sentence to print, when it does not answer by `deadline`, a time of the
                event loop; when it has no transactions, or not the indexes that this code needs.
        """
        while True:
            try:
                await self.check()
                break
            except Unavailable:
                if asyncio.get_running_loop().time() >= deadline:
                    raise SystemExit("MongoDB, which MONGODB_URL names, does not answer") from None
                await asyncio.sleep(RETRY_SECONDS)
        hello = await self._client.admin.command("hello")
        if "setName" not in hello and hello.get("msg") != "isdbgrid":
            raise SystemExit(
                "MONGODB_URL names a server that has no transactions. Make it a replica set, of one "
                "member if need be: mongod --replSet rs0, and rs.initiate() in mongosh"
            )
        if (index := await missing_index(self.database)) is not None:
            raise SystemExit(
                f"MongoDB lacks the index {index} that this code needs. Run: alembic upgrade head"
            )

    async def close(self) -> None:
        await self._client.close()


def database_of(
    client: AsyncMongoClient[dict[str, Any]], tables: URL
) -> AsyncDatabase[dict[str, Any]]:
    """The database that the URL of `client` names, or one that is called as the one with the tables."""
    return client.get_default_database(default=Path(tables.database or "app").stem)


def _commit(connection: Connection) -> None:
    if isinstance(connection, DocumentConnection):
        connection.finish(commit=True)


def _roll_back(connection: Connection) -> None:
    if isinstance(connection, DocumentConnection):
        connection.finish(commit=False)
