"""The indexes of collections in MongoDB: those that the models declare, over the same values."""

from collections.abc import Mapping
from typing import Any

from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from sqlalchemy import Index, Table

from app.mongodb.paths import COLLECTIONS, path_of
from app.mongodb.statements import always_there

Database = AsyncDatabase[dict[str, Any]]
Keys = list[tuple[str, int]]

# What unique values within fields may be: any but null, of which documents may have as many as they like.
VALUES = {"$type": ["string", "binData", "bool", "int", "long", "double", "decimal"]}


async def set_up(database: Database, complete: bool) -> None:
    """Create the collections and indexes that are missing, and drop indexes that no model declares any more.

    Unless it is to be `complete`, none is dropped, and none that is made is unique.

    Indexes that are called otherwise than those of models are left alone.
    """
    present = set(await database.list_collection_names())
    for table in COLLECTIONS.values():
        if table.name not in present:
            await database.create_collection(table.name)
        collection, wanted = database[table.name], _indexes(table)
        for name, found in (await collection.index_information()).items():
            if _is_of_models(name, table.name):
                if name in wanted and (_is(found, wanted[name]) or not complete):
                    del wanted[name]
                elif complete:
                    await collection.drop_index(name)
        for name, (keys, options) in wanted.items():
            if options and not complete:
                continue
            await collection.create_index(keys, name=name, **options)


async def drop_indexes(collection: AsyncCollection[dict[str, Any]], named: str) -> None:
    """Drop the indexes that are called by the name which a collection had before."""
    for name in await collection.index_information():
        if _is_of_models(name, named):
            await collection.drop_index(name)


async def missing_index(database: Database) -> str | None:
    """The name of an index that is not as the models declare it; None where all are."""
    for table in COLLECTIONS.values():
        present = await database[table.name].index_information()
        for name, index in _indexes(table).items():
            if not _is(present.get(name, {}), index):
                return name
    return None


def _is_of_models(index: str, collection: str) -> bool:
    return index.startswith((f"ix_{collection}_", f"uq_{collection}_"))


def _indexes(table: Table) -> dict[str, tuple[Keys, dict[str, Any]]]:
    """name -> keys and options of each index of a collection."""
    return {str(index.name): _index(index, table) for index in table.indexes}


def _index(index: Index, table: Table) -> tuple[Keys, dict[str, Any]]:
    paths = [str(path_of(one)) for one in index.expressions]
    keys = [(path, 1) for path in paths]
    if not index.unique:
        return keys, {}
    some = [path for path in paths if path not in always_there(table.name)]
    there = {path: VALUES if "." in path else {"$exists": True} for path in some}
    return keys, {"unique": True, **({"partialFilterExpression": there} if there else {})}


def _is(found: Mapping[str, Any], wanted: tuple[Keys, dict[str, Any]]) -> bool:
    keys, options = wanted
    given = {name: found[name] for name in ("unique", "partialFilterExpression") if found.get(name)}
    return list(found.get("key", ())) == keys and given == options
