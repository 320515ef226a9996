"""Statements on one collection as operations of MongoDB, and what these give as rows."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import NoneType
from typing import Any, get_args

from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from sqlalchemy import (
    BindParameter,
    Column,
    Delete,
    Insert,
    Select,
    Table,
    Update,
    inspect,
)
from sqlalchemy.engine import IteratorResult, Result
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.functions import count

from app.models import Base
from app.models.json_documents import merged
from app.mongodb.conditions import Conditions, Filter, NotInMongodbError
from app.mongodb.paths import COLLECTIONS, DOCUMENT, KEY, own_path, path_of
from app.mongodb.values import escaped, loaded, stored

Document = Mapping[str, Any]
Statement = Delete | Insert | Select[Any] | Update
Wait = Callable[[Coroutine[Any, Any, Any]], Any]


@dataclass(frozen=True)
class Operations:
    """What statements on `table` do with `collection`, in the transaction of `session` if there is one.

    `wait` waits for what MongoDB answers. `parameters` are those of the statement.
    """

    table: Table
    collection: AsyncCollection[dict[str, Any]]
    session: AsyncClientSession | None
    conditions: Conditions
    parameters: Mapping[str, Any]
    wait: Wait

    def result(self, statement: Statement) -> Result[Any]:
        """Do what a statement says.

        Raises:
            NotInMongodbError: it says what MongoDB cannot do.
        """
        match statement:
            case Select():
                columns: list[Any] = list(statement.selected_columns)
                if [type(column) for column in columns] == [count]:
                    return _result(["count_1"], [(self._count(statement),)])
                return _rows(columns, self._find(statement))
            case Insert():
                found = [self._insert(statement)]
            case Update():
                found = self._update(statement)
            case Delete():
                found = self._delete(statement)
        return _rows(list(statement.exported_columns), found)

    def _find(self, statement: Select[Any]) -> list[Document]:
        """The documents of a select: where none but keys may be null, an index gives their order."""
        if (
            statement._group_by_clauses
            or statement._distinct
            or statement._fetch_clause is not None
        ):
            raise NotInMongodbError("groups of documents, or a part of them other than by LIMIT")
        flags: dict[str, Any] = {}
        order: dict[str, int] = {}
        for number, clause in enumerate(statement._order_by_clauses):
            path, descending = _ordered(clause)
            if path not in always_there(self.table.name):  # null comes last, and first in BSON
                flags[f"%{number}"] = {"$lte": [f"${path}", None]}
                order[f"%{number}"] = -1 if descending else 1
            order[path] = -1 if descending else 1
        stages: list[dict[str, Any]] = [{"$match": self._filter(statement)}]
        if flags:
            stages.append({"$set": flags})
        if order:
            stages.append({"$sort": order})
        if skip := self._number(statement._offset_clause):
            stages.append({"$skip": skip})
        limit = self._number(statement._limit_clause)
        if limit == 0:
            return []
        if limit:
            stages.append({"$limit": limit})
        return list(self.wait(self._listed(stages)))

    async def _listed(self, stages: list[dict[str, Any]]) -> list[dict[str, Any]]:
        cursor = await self.collection.aggregate(stages, session=self.session)
        return await cursor.to_list()

    def _count(self, statement: Select[Any]) -> int:
        where = self._filter(statement)
        return int(self.wait(self.collection.count_documents(where, session=self.session)))

    def _number(self, clause: Any) -> int | None:
        return None if clause is None else int(self.conditions.value(clause))

    def _filter(self, statement: Delete | Select[Any] | Update) -> Filter:
        return self.conditions.filter(statement.whereclause)

    def _insert(self, statement: Insert) -> Document:
        if statement._post_values_clause is not None:
            raise NotInMongodbError("documents that are inserted unless they are there")
        written = self._written(statement)
        for column in self.table.columns:
            if column.name not in written and column.default is not None:
                written[column.name] = _given(column.default)
        document = stored(written.pop(DOCUMENT, {}), "body")
        own = {own_path(self.table.c[name]): stored(value) for name, value in written.items()}
        made = {KEY: own.pop(KEY), **own, **document}
        self.wait(self.collection.insert_one(made, session=self.session))
        return made

    def _update(self, statement: Update) -> list[Document]:
        changes: dict[str, dict[str, Any]] = {"$set": {}, "$unset": {}, "$inc": {}}
        written = self._written(statement)
        for column in self.table.columns:
            if column.name not in written and column.onupdate is not None:
                written[column.name] = _given(column.onupdate)
        for name, value in written.items():
            if isinstance(value, merged):
                kept = value.kept.items()
                changes["$set"] |= {escaped(one): stored(part, "body", one) for one, part in kept}
                changes["$unset"] |= {escaped(one): "" for one in value.gone}
            elif isinstance(value, ClauseElement) and str(value) == f"{name} + 1":
                changes["$inc"][own_path(self.table.c[name])] = 1
            elif isinstance(value, ClauseElement) or name == DOCUMENT:
                raise NotInMongodbError(f"a change of {name} other than by values of fields")
            else:
                changes["$set"][own_path(self.table.c[name])] = stored(value)
        changes = {operator: fields for operator, fields in changes.items() if fields}
        where = self._filter(statement)
        if not statement._returning:
            self.wait(self.collection.update_many(where, changes, session=self.session))
            return []
        self._check_one(where)
        found = self.collection.find_one_and_update(
            where, changes, return_document=ReturnDocument.AFTER, session=self.session
        )
        return _maybe(self.wait(found))

    def _delete(self, statement: Delete) -> list[Document]:
        where = self._filter(statement)
        if not statement._returning:
            self.wait(self.collection.delete_many(where, session=self.session))
            return []
        self._check_one(where)
        return _maybe(self.wait(self.collection.find_one_and_delete(where, session=self.session)))

    def _written(self, statement: Insert | Update) -> dict[str, Any]:
        """What a statement writes, by the names of columns."""
        if isinstance(statement, Insert) and (statement._multi_values or statement.select):
            raise NotInMongodbError("several documents at once")
        given: dict[Any, Any] = dict(statement._values or {})
        values = {getattr(key, "name", key): value for key, value in given.items()}
        values |= {name: one for name, one in self.parameters.items() if name in self.table.c}
        return {
            name: one.effective_value if isinstance(one, BindParameter) else one
            for name, one in values.items()
        }

    def _check_one(self, where: Filter) -> None:
        """Raise an error unless a condition names a document by its key, or by what is unique."""
        parts = where.get("$and", [where])
        named = {path for part in parts for path, test in part.items() if _equals(test)}
        if not any(set(paths) <= named for paths in _unique(self.table.name)):
            raise NotInMongodbError("a change of several documents that gives them back")


@cache
def always_there(collection: str) -> frozenset[str]:
    """The paths at which every document of a collection has a value."""
    model = next(
        one.class_ for one in Base.registry.mappers if one.local_table is COLLECTIONS[collection]
    )
    found = {}
    for attribute in inspect(model).column_attrs:
        (type_,) = get_args(model.__annotations__[attribute.key])
        found[path_of(attribute.columns[0])] = NoneType in get_args(type_)
    return frozenset(path for path, nullable in found.items() if path and not nullable)


@cache
def _unique(collection: str) -> list[list[str | None]]:
    indexes = (index for index in COLLECTIONS[collection].indexes if index.unique)
    return [[KEY], *([path_of(one) for one in index.expressions] for index in indexes)]


def _equals(test: object) -> bool:
    return isinstance(test, dict) and "$eq" in test


def _ordered(clause: Any) -> tuple[str, bool]:
    """The path that documents are ordered by, and whether the greatest come first."""
    descending, element = False, clause
    while (path := path_of(element)) is None:
        if not hasattr(element, "element"):
            raise NotInMongodbError(f"no order of MongoDB: {clause}")
        descending = descending or getattr(element, "modifier", None) is operators.desc_op
        element = element.element
    return path, descending


def _reader(column: Any) -> Callable[[Document], Any]:
    """What gives the value of a column that a statement asks for."""
    if isinstance(column, Column) and column.name == DOCUMENT and column.table is not None:
        own = {own_path(one) for one in column.table.columns}
        return lambda document: loaded(
            {name: value for name, value in document.items() if name not in own}, column.type
        )
    if (path := path_of(column)) is None:
        raise NotInMongodbError(f"no value of documents: {column}")
    return lambda document: loaded(_at(document, path), column.type)


def _at(document: Document, path: str) -> Any:
    found: Any = document
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _given(default: Any) -> Any:
    """What a column gets by itself."""
    return default.arg(None) if default.is_callable else default.arg


def _maybe(document: Document | None) -> list[Document]:
    return [] if document is None else [document]


def _rows(columns: Sequence[Any], documents: Sequence[Document]) -> Result[Any]:
    """What a statement gives: the columns that it names, of the documents that it is about."""
    read = [_reader(column) for column in columns]
    names = [str(column.name) for column in columns]
    return _result(names, [[one(document) for one in read] for document in documents])


def _result(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Result[Any]:
    return IteratorResult(SimpleResultMetaData(names), iter(map(tuple, rows)))
