"""What migrations do with the documents in MongoDB, each step so that it may be done again."""

from collections.abc import Callable, Coroutine, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from pymongo import AsyncMongoClient
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import DuplicateKeyError
from sqlalchemy import URL
from sqlalchemy.util import await_only

from app.mongodb.connections import broken_index
from app.mongodb.indexes import drop_indexes, set_up
from app.mongodb.paths import KEY
from app.mongodb.store import database_of
from app.mongodb.values import escaped, stored

TYPED: dict[str, Callable[[Any], Any]] = {"decimal": Decimal, "uuid": UUID}


class DocumentMigrations:
    """The steps of migrations on the documents in the database that `url` names; see `database_of`."""

    def __init__(self, url: str, tables: URL) -> None:
        self._client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(
            url, uuidRepresentation="standard"
        )
        self._database = database_of(self._client, tables)

    def give(self, collection: str, name: str, value: Any, kind: str = "") -> None:
        """Give a field a value in the documents that have none; `kind` is its type where JSON has texts."""
        field = escaped(name)
        change = {"$set": {field: stored(TYPED.get(kind, _same)(value))}}
        self._wait(self._database[collection].update_many({field: {"$exists": False}}, change))

    def take_out(self, collection: str, *path: str) -> None:
        """Take what is at a path out of all documents."""
        field = ".".join(map(escaped, path))
        change = {"$unset": {field: ""}}
        self._wait(self._database[collection].update_many({field: {"$exists": True}}, change))

    def retype(self, collection: str, path: str, kind: str) -> None:
        """Make texts of the UUIDs at a path, or UUIDs of texts; `[]` behind a step is every item of an array."""
        self._wait(_retyped(self._database[collection], path.replace("[]", ".[]").split("."), kind))

    def rename(self, before: str, after: str) -> None:
        """Give a collection another name, unless it has that."""
        if before in self._wait(self._database.list_collection_names()):
            self._wait(self._database[before].rename(after))
            self._wait(drop_indexes(self._database[after], before))

    def drop(self, collection: str) -> None:
        """Drop a collection with its documents."""
        self._wait(self._database[collection].drop())

    def finish(self, complete: bool) -> None:
        """Give the collections the indexes that the models declare.

        Unless the migrations are `complete`, another version of the code may need those that are there:
        none is dropped, and nothing becomes unique.

        Raises:
            RuntimeError: documents have what is to be unique from now on.
        """
        try:
            self._wait(set_up(self._database, complete))
        except DuplicateKeyError as error:
            index = broken_index(error)
            raise RuntimeError(f"Documents in MongoDB break the unique rule {index}") from None
        finally:
            self._wait(self._client.close())

    @staticmethod
    def _wait(answer: Coroutine[Any, Any, Any]) -> Any:
        return await_only(answer)


async def _retyped(
    collection: AsyncCollection[dict[str, Any]], path: Sequence[str], kind: str
) -> None:
    first, *rest = path
    field = escaped(first)
    async for document in collection.find({field: {"$ne": None}}, {field: 1}):
        changed = _changed(document[field], rest, kind)
        if changed != document[field]:
            await collection.update_one({KEY: document[KEY]}, {"$set": {field: changed}})


def _changed(value: Any, path: Sequence[str], kind: str) -> Any:
    """The value, with what is at a path within it as the other type; a text that is no UUID stays one."""
    if path and isinstance(value, list) and path[0] == "[]":
        return [_changed(one, path[1:], kind) for one in value]
    if path and isinstance(value, dict) and escaped(path[0]) in value:
        name = escaped(path[0])
        return {**value, name: _changed(value[name], path[1:], kind)}
    if path or not isinstance(value, str | UUID):
        return value
    try:
        return UUID(str(value)) if kind == "uuid" else str(value)
    except ValueError:
        return value


def _same(value: Any) -> Any:
    return value
