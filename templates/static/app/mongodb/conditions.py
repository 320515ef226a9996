"""Conditions of SQL as filters of MongoDB, in which a value that is not there is NULL.

SQL has a third answer, unknown, which is as good as false where rows are chosen, and stays unknown
where it is denied. So each condition has two filters: of what it holds, and of what it does not.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from sqlalchemy import (
    JSON,
    BinaryExpression,
    BindParameter,
    Cast,
    Exists,
    False_,
    Label,
    Null,
    True_,
    select,
)
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import (
    AsBoolean,
    BooleanClauseList,
    ClauseList,
    ColumnElement,
    Grouping,
    UnaryExpression,
)
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import ScalarSelect, Select

from app.expressions import strpos
from app.mongodb.paths import collections_in, path_of
from app.mongodb.values import is_value, refused, stored

Filter = Mapping[str, Any]
Ask = Callable[[Select[Any]], Sequence[Sequence[Any]]]

NOWHERE = object()  # what no document has, for MongoDB has no room for it
EVERY: Filter = {}
NONE: Filter = {"$nor": [{}]}

COMPARED: dict[Any, tuple[str, str]] = {
    operators.lt: ("$lt", "$gte"),
    operators.le: ("$lte", "$gt"),
    operators.gt: ("$gt", "$lte"),
    operators.ge: ("$gte", "$lt"),
}
MIRRORED: dict[Any, Any] = {
    operators.lt: operators.gt,
    operators.le: operators.ge,
    operators.gt: operators.lt,
    operators.ge: operators.le,
}
OPPOSITES: dict[Any, Any] = {
    operators.ne: operators.eq,
    operators.is_not: operators.is_,
    operators.not_in_op: operators.in_op,
    operators.is_distinct_from: operators.is_not_distinct_from,
    operators.not_icontains_op: operators.icontains_op,
}


class NotInMongodbError(NotImplementedError):
    """A statement that has no counterpart in MongoDB."""


class Conditions:
    """Makes filters; `parameters` are those of the statement, and `ask` asks tables of the database."""

    def __init__(self, parameters: Mapping[str, Any], ask: Ask) -> None:
        self._parameters = parameters
        self._ask = ask

    def filter(self, condition: ColumnElement[Any] | None) -> Filter:
        """The documents of which a condition holds."""
        return EVERY if condition is None else self._test(condition, True)

    def value(self, element: Any) -> Any:
        """A value of the statement, as MongoDB has it.

        Raises:
            NotInMongodbError: it is none.
        """
        match element:
            case Null():
                return None
            case True_() | False_():
                return isinstance(element, True_)
            case BindParameter():
                given = self._parameters.get(element.key, element.effective_value)
                if given is None or is_value(given):
                    return _sought(given)
                if isinstance(given, Sequence):
                    return [_sought(one) for one in given]
            case Grouping():
                return self.value(element.element)
            case Cast():
                return self.value(element.clause)
            case ClauseList():
                return [self.value(one) for one in element.clauses]
        raise NotInMongodbError(f"no value of MongoDB: {element}")

    def _test(self, condition: Any, holds: bool) -> Filter:
        """Of what a condition holds, or of what it does not."""
        match condition:
            case Grouping() | Label():
                return self._test(condition.element, holds)
            case BooleanClauseList():
                parts = [self._test(one, holds) for one in condition.clauses]
                return {"$and" if (condition.operator is operators.and_) == holds else "$or": parts}
            case True_() | False_():
                return EVERY if isinstance(condition, True_) == holds else NONE
            case BindParameter():
                return EVERY if self.value(condition) is holds else NONE
            case Exists():
                return self._exists(condition) if holds else _not(self._exists(condition))
            case AsBoolean():
                is_denied = condition.operator is operators.is_false
                return self._test(condition.element, holds != is_denied)
            case UnaryExpression() if condition.operator is operators.inv:
                return self._test(condition.element, not holds)
            case FunctionElement(name="coalesce"):
                known, otherwise = condition.clauses
                if isinstance(otherwise, False_):
                    found = self._test(known, True)
                    return found if holds else _not(found)
            case BinaryExpression() if path_of(condition) is None:
                return self._compared(condition, holds)
        if (path := path_of(condition)) is not None:
            return {path: {"$eq": holds}}
        raise NotInMongodbError(f"no condition of MongoDB: {condition}")

    def _compared(self, condition: BinaryExpression[Any], holds: bool) -> Filter:
        operator: Any = condition.operator
        left, right = condition.left, condition.right
        if operator in OPPOSITES:
            operator, holds = OPPOSITES[operator], not holds
        if isinstance(left, strpos):
            return self._has_text(left, operator, self.value(right), holds)
        if path_of(left) is None:
            left, right, operator = right, left, MIRRORED.get(operator, operator)
        path, other = path_of(left), path_of(right)
        if path is None:
            raise NotInMongodbError(f"no condition of MongoDB: {condition}")
        if other is not None:
            return _both(path, operator, other, holds)
        if operator is operators.icontains_op:
            return _like(path, _unescaped(self.value(right)), "i", holds)
        value = self.value(right)
        if operator in (operators.is_, operators.is_not_distinct_from):
            if value is NOWHERE:
                return NONE if holds else EVERY
            if value is None and isinstance(left.type, JSON):  # null within an array is none of it
                return {"$expr": {"$lte" if holds else "$gt": [f"${path}", None]}}
            return {path: {"$eq" if holds else "$ne": value}}
        if operator is operators.in_op:
            known = [one for one in value if one is not None and one is not NOWHERE]
            if holds:
                return {path: {"$in": known}}
            return NONE if None in value else {path: {"$nin": [*known, None]}}
        if value is None:
            return NONE
        if operator is operators.eq and value is NOWHERE:
            return NONE if holds else {path: {"$ne": None}}
        if operator is operators.eq:
            return {path: {"$eq": value} if holds else {"$nin": [value, None]}}
        if operator in COMPARED:
            if value is NOWHERE:
                raise refused("must not have more than 34 digits", ("query",))
            return {path: {COMPARED[operator][0 if holds else 1]: value}}
        raise NotInMongodbError(f"no condition of MongoDB: {condition}")

    def _has_text(self, place: strpos, operator: Any, number: Any, holds: bool) -> Filter:
        """Whether a text has another one (`strpos(...) > 0`), or begins with it (`strpos(...) == 1`)."""
        text, part = place.clauses
        path = path_of(text)
        if operator is operators.le:  # the opposite of `>`
            operator, holds = operators.gt, not holds
        begins = {(operators.gt, 0): "", (operators.eq, 1): "^"}.get((operator, number))
        if path is None or begins is None:
            raise NotInMongodbError(f"no condition of MongoDB: {place}")
        found = self.value(part)
        return NONE if found is None else _like(path, found, "", holds, begins)

    def _exists(self, condition: Exists) -> Filter:
        """Rows of tables are looked for first: a document has what one of them has.

        Raises:
            NotInMongodbError: it is not by `==` that they go with the document.
        """
        inner: Any = condition.element
        while isinstance(inner, Grouping | ScalarSelect):
            inner = inner.element
        of_rows: list[ColumnElement[bool]] = []
        columns: list[ColumnElement[Any]] = []
        paths: list[str] = []
        for part in _conjuncts(inner.whereclause):
            if not collections_in(part):
                of_rows.append(part)
                continue
            column, path = _paired(part)
            columns.append(column)
            paths.append(path)
        if not paths:
            return EVERY if self._ask(select(condition))[0][0] else NONE
        rows = self._ask(select(*columns).where(*of_rows).distinct())
        if len(paths) == 1:
            return {paths[0]: {"$in": [stored(row[0]) for row in rows if row[0] is not None]}}
        either = [
            {path: {"$eq": stored(value)} for path, value in zip(paths, row, strict=True)}
            for row in rows
            if None not in row
        ]
        return {"$or": either} if either else NONE


def _sought(value: Any) -> Any:
    try:
        return stored(value)
    except RequestValidationError:
        return NOWHERE


def _conjuncts(condition: Any) -> Iterator[Any]:
    match condition:
        case None:
            return
        case Grouping():
            yield from _conjuncts(condition.element)
        case BooleanClauseList() if condition.operator is operators.and_:
            for one in condition.clauses:
                yield from _conjuncts(one)
        case _:
            yield condition


def _paired(part: Any) -> tuple[ColumnElement[Any], str]:
    """The column of a table, and the path of what equals it in a document."""
    if isinstance(part, BinaryExpression) and part.operator is operators.eq:
        for column, value in ((part.left, part.right), (part.right, part.left)):
            path = path_of(value)
            if path is not None and not collections_in(column):
                return column, path
    raise NotInMongodbError(f"no condition of MongoDB: {part}")


def _both(path: str, operator: Any, other: str, holds: bool) -> Filter:
    """A comparison of two values of one document."""
    sides = [{"$ifNull": [f"${one}", None]} for one in (path, other)]
    if operator is operators.is_not_distinct_from:
        return {"$expr": {"$eq" if holds else "$ne": sides}}
    if operator is operators.eq:
        compared = {"$eq" if holds else "$ne": sides}
    elif operator in COMPARED:
        compared = {COMPARED[operator][0 if holds else 1]: sides}
    else:
        raise NotInMongodbError(f"no condition of MongoDB on {path} and {other}")
    there = [{"$ne": [side, None]} for side in sides]
    return {"$expr": {"$and": [*there, compared]}}


def _like(path: str, text: str, options: str, holds: bool, begins: str = "") -> Filter:
    regex = {"$regex": begins + re.escape(text), "$options": options}
    return {path: regex if holds else {"$not": regex, "$ne": None}}


def _unescaped(pattern: str) -> str:
    """The text of a pattern of LIKE, in which a slash stands before what is no wildcard."""
    return re.sub("/(.)", r"\1", pattern, flags=re.DOTALL)


def _not(found: Filter) -> Filter:
    return {"$nor": [found]}
