"""What migrations do with the documents in MongoDB, each step so that it may be done again."""

from collections.abc import Coroutine
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.errors import DuplicateKeyError
from sqlalchemy import URL
from sqlalchemy.util import await_only

from app.mongodb.connections import broken_index
from app.mongodb.indexes import drop_indexes, set_up
from app.mongodb.store import database_of
from app.mongodb.values import escaped, stored


class DocumentMigrations:
    """The steps of migrations on the documents in the database that `url` names; see `database_of`."""

    def __init__(self, url: str, tables: URL) -> None:
        self._client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(
            url, uuidRepresentation="standard"
        )
        self._database = database_of(self._client, tables)

    def give(self, collection: str, name: str, value: Any) -> None:
        """Give a field a value in the documents that have none."""
        field = escaped(name)
        change = {"$set": {field: stored(value)}}
        self._wait(self._database[collection].update_many({field: {"$exists": False}}, change))

    def take_out(self, collection: str, *path: str) -> None:
        """Take what is at a path out of all documents."""
        field = ".".join(map(escaped, path))
        change = {"$unset": {field: ""}}
        self._wait(self._database[collection].update_many({field: {"$exists": True}}, change))

    def rename(self, before: str, after: str) -> None:
        """Give a collection another name, unless it has that."""
        if before in self._wait(self._database.list_collection_names()):
            self._wait(self._database[before].rename(after))
            self._wait(drop_indexes(self._database[after], before))

    def drop(self, collection: str) -> None:
        """Drop a collection with its documents."""
        self._wait(self._database[collection].drop())

    def finish(self) -> None:
        """Give the collections the indexes that the models declare.

        Raises:
            RuntimeError: documents have what is to be unique from now on.
        """
        try:
            self._wait(set_up(self._database))
        except DuplicateKeyError as error:
            index = broken_index(error)
            raise RuntimeError(f"Documents in MongoDB break the unique rule {index}") from None
        finally:
            self._wait(self._client.close())

    def _wait(self, answer: Coroutine[Any, Any, Any]) -> Any:
        return await_only(answer)
