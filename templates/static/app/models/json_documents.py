"""Documents: rows whose fields stand together in one column of JSON."""

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Dialect,
    SQLColumnExpression,
    String,
    Text,
    Uuid,
    cast,
    inspect,
    literal,
    literal_column,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import MappedSQLExpression, column_property
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.models.metadata import Base

MOST_ARGUMENTS = 40  # of a function of SQLite, two values each


class JsonDocument(TypeDecorator[Any]):
    """A document: JSONB in PostgreSQL, the text of JSON in SQLite."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(JSONB() if dialect.name == "postgresql" else JSON())

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str | None]:
        # Not with escapes for letters: SQLite finds a field by its name as it is written.
        return lambda value: (
            None if value is None else json.dumps(in_json(value), ensure_ascii=False)
        )


class IsoText(TypeDecorator[Any]):
    """A date, a time or an instant as documents have it: a text, in the order of its values."""

    impl = String
    cache_ok = True

    def __init__(self, kind: type[date | time]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return in_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | time | None:
        return None if value is None else self.kind.fromisoformat(value)


def in_json(value: Any) -> Any:
    """The value as JSON has it: an instant in UTC, to the microsecond."""
    match value:
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        case date() | time():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case UUID():
            return str(value)
        case dict():
            return {key: in_json(one) for key, one in value.items()}
        case list():
            return [in_json(one) for one in value]
    return value


class as_uuid(FunctionElement[UUID]):
    """A UUID of the text that a document has: SQLite keeps UUIDs without dashes."""

    type = Uuid()
    name = "as_uuid"
    inherit_cache = True


@compiles(as_uuid)
def _cast(element: as_uuid, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS UUID)"


@compiles(as_uuid, "sqlite")
def _without_dashes(element: as_uuid, compiler: SQLCompiler, **options: Any) -> str:
    return f"replace({compiler.process(element.clauses, **options)}, '-', '')"


def value_at(
    document: SQLColumnExpression[Any], type_: TypeEngine[Any], *path: str
) -> ColumnElement[Any]:
    """The value at `path` of a document, NULL where there is none: an index of it serves.

    Names of fields have no quotes in them.
    """
    found: Any = document
    steps: list[ColumnElement[str]] = [literal_column(f"'{name}'") for name in path]
    for step in steps[:-1]:
        found = found.op("->")(step)
    if isinstance(type_, JSON):
        return type_coerce(found.op("->")(steps[-1]), type_)
    text: ColumnElement[Any] = found.op("->>")(steps[-1])
    match type_:
        case Uuid():
            return as_uuid(text)
        case String() | IsoText():
            return type_coerce(text, type_)
    return cast(text, type_)


def field(
    document: SQLColumnExpression[Any],
    type_: TypeEngine[Any],
    *path: str,
    default: object = None,
    doc: str | None = None,
) -> MappedSQLExpression[Any]:
    """A field of a document, or a value within one; a new document has `default`, or what it gives."""
    told = {"path": path, "default": default}
    named = value_at(document, type_, *path).label(".".join(path))
    return column_property(named, info=told, doc=doc)


class merged(ColumnElement[Any]):
    """A document with some fields replaced, each whole; one that becomes null is gone."""

    type = JsonDocument()
    inherit_cache = False  # which fields these are differs from request to request

    def __init__(self, document: ColumnElement[Any], fields: Mapping[str, Any]) -> None:
        self.document = document
        self.kept = {name: value for name, value in fields.items() if value is not None}
        self.gone = [name for name, value in fields.items() if value is None]


@compiles(merged)
def _by_paths(element: merged, compiler: SQLCompiler, **options: Any) -> str:
    def path(name: str) -> str:
        return compiler.process(literal(f'$."{name}"'), **options)

    def value(one: Any) -> str:
        return f"json({compiler.process(literal(one, JsonDocument()), **options)})"

    code = compiler.process(element.document, **options)
    kept = [f"{path(name)}, {value(one)}" for name, one in element.kept.items()]
    gone = [path(name) for name in element.gone]
    for function, paths in (("json_set", kept), ("json_remove", gone)):
        for some in batched(paths):
            code = f"{function}({code}, {', '.join(some)})"
    return code


def batched(arguments: list[str]) -> Iterator[list[str]]:
    """As many arguments at a time as a function of SQLite may have."""
    for start in range(0, len(arguments), MOST_ARGUMENTS):
        yield arguments[start : start + MOST_ARGUMENTS]


@compiles(merged, "postgresql")
def _as_jsonb(element: merged, compiler: SQLCompiler, **options: Any) -> str:
    document = compiler.process(element.document, **options)
    kept = compiler.process(literal(element.kept, JsonDocument()), **options)
    gone = compiler.process(literal(element.gone, ARRAY(Text())), **options)
    return f"({document} || CAST({kept} AS JSONB)) - CAST({gone} AS TEXT[])"


def new_document(model: type[Base], values: Mapping[str, Any]) -> dict[str, Any]:
    """What an insert of a document writes: its fields in one column, defaults among them.

    A value within a field goes to its place there. One that is null is not kept.
    """
    paths, defaults = _fields(model, "path"), _fields(model, "default")
    own = {name: value for name, value in values.items() if name not in paths}
    given = {name: one() if callable(one) else one for name, one in defaults.items()}
    given |= values
    document: dict[str, Any] = {}
    for name in sorted(given.keys() & paths.keys(), key=lambda one: (len(paths[one]), one)):
        *objects, last = paths[name]
        place = document
        for step in objects:
            place = place.setdefault(step, {})
        if given[name] is not None:
            place[last] = deepcopy(given[name])
    return {**own, "document": document}


def changed_document(model: type[Base], values: Mapping[str, Any]) -> dict[str, Any]:
    """What an update of fields writes: each is replaced whole, and the others stay."""
    paths = _fields(model, "path")
    own = {name: value for name, value in values.items() if name not in paths}
    fields = {paths[name][0]: one for name, one in values.items() if name in paths}
    if not fields:
        return own
    return {**own, "document": merged(inspect(model).columns["document"], fields)}


def _fields(model: type[Base], key: str) -> dict[str, Any]:
    """What `field` was told of fields and of values within them, by their attributes."""
    found = inspect(model).column_attrs
    return {one.key: one.info[key] for one in found if one.info.get(key) is not None}
