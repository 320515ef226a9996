"""The schema that a service describes, and its record: `migrations/schema.json`."""

from __future__ import annotations

import json
from typing import Any

from bkgen.migrate.bounds import bounds_of, read_bounds
from bkgen.migrate.conversions import BITS, parsed
from bkgen.migrate.fields import fields_of, form_of
from bkgen.model.schema import Renames, Schema, StoredColumn, StoredField, StoredIndex, StoredReference, StoredTable
from bkgen.model.service import Service
from bkgen.model.tables import Column, ColumnTest, Default, Index, Kept, OnDelete, Table
from bkgen.model.types import Kind
from bkgen.resolve.collections import DOCUMENT

_FORMAT = 1
_TYPES = {
    Kind.NUMBER: "double",
    Kind.BOOLEAN: "boolean",
    Kind.UUID: "uuid",
    Kind.DATE: "date",
    Kind.TIME: "time",
    Kind.JSON: "json",
    Kind.FILE: "file",
    Kind.OBJECT: "json",
    Kind.ANY: "json",
}
_INTEGERS = {bits: name for name, bits in BITS.items()}


class DamagedSchemaError(ValueError):
    """`schema.json` is not as bkgen wrote it."""


def schema_of(service: Service) -> Schema:
    """The schema of the database that the service works on."""
    return Schema(tuple(_table(service.table(name), service) for name in service.insert_order))


def renames_of(service: Service) -> Renames:
    """What the documents say that tables and columns were called."""
    columns = {
        (table.name, column.name): column.was for table in service.tables for column in table.columns if column.was
    }
    return Renames({table.name: table.was for table in service.tables if table.was}, columns)


def _table(table: Table, service: Service) -> StoredTable:
    rules = [index for index in table.indexes if not table.finds_in_documents(index)]
    unique = [(column.name,) for column in table.stored if column.unique]
    indexed = [StoredIndex((column.name,)) for column in table.stored if column.index]
    indexed += [_index_of_fields(index, table, service) for index in table.indexes_of_fields]
    return StoredTable(
        table.name,
        tuple(_column(column, table, service) for column in table.stored),
        tuple(column.name for column in table.primary_key),
        (*unique, *(rule.columns for rule in rules if rule.unique)),
        (*indexed, *(StoredIndex(rule.columns, rule.where) for rule in rules if not rule.unique)),
        tuple(StoredReference(one.columns, one.table, one.targets, one.on_delete.value) for one in table.references),
        fields_of(table),
    )


def _index_of_fields(index: Index, table: Table, service: Service) -> StoredIndex:
    fields = [column for name in index.columns if (column := table.column(name)).path]
    types = tuple((column.name, type_in_document(column, service)) for column in fields)
    return StoredIndex(index.columns, unique=index.unique, fields=types)


def type_in_document(column: Column, service: Service) -> str:
    """The type of a value that JSON holds: dates and texts of any length are texts."""
    type_ = _type(column, service)
    return "text" if type_.startswith("varchar") or type_ in ("date", "time", "timestamp", "timestamptz") else type_


def _column(column: Column, table: Table, service: Service) -> StoredColumn:
    counts = column.default is Default.AUTOINCREMENT
    return StoredColumn(
        column.name,
        "document" if table.is_collection and column.name == DOCUMENT else _type(column, service),
        column.nullable,
        column.type.enum,
        None if counts else column.default,
        server_default(column, table),
        counts,
        isinstance(column.default, Default) and not counts,
        form=form_of(column),
        bounds=bounds_of(column),
    )


def server_default(column: Column, table: Table) -> str | None:
    """The default that the database itself knows, because deleting another row sets it; None where it need not."""
    rules = [reference.on_delete for reference in table.references if column.name in reference.columns]
    if OnDelete.SET_DEFAULT not in rules or isinstance(column.default, Default):
        return None
    value = str(column.default)
    return value.replace("-", "") if column.type.kind is Kind.UUID else value


def _type(column: Column, service: Service) -> str:
    type_ = column.type
    if type_.enum:
        return f"varchar({max(map(len, type_.enum))})"
    match type_.kind:
        case Kind.STRING | Kind.EMAIL | Kind.URL:
            if type_.max_length:
                return f"varchar({type_.max_length})"
            return "varchar" if service.signs_in_by_email(column) else "text"
        case Kind.BYTES:
            return f"bytes({type_.max_length})" if type_.max_length else "bytes"
        case Kind.INTEGER:
            return _INTEGERS[type_.bits or 32]
        case Kind.DECIMAL if type_.precision is None:
            return "decimal"
        case Kind.DECIMAL:
            return f"decimal({type_.precision},{type_.scale or 0})"
        case Kind.DATETIME:
            return "timestamptz" if type_.timezone else "timestamp"
        case kind:
            return _TYPES[kind]


def written(schema: Schema, revision: str) -> str:
    """The text of `schema.json`; `revision` is the one that leads to it."""
    tables = [_table_record(table) for table in schema.tables]
    return _json({"format": _FORMAT, "revision": revision, "tables": tables}) + "\n"


def read(text: str) -> tuple[Schema, str]:
    """The schema and its revision; raises DamagedSchemaError."""
    try:
        record = json.loads(text)
        if record["format"] != _FORMAT:
            raise DamagedSchemaError(f"is in format {record['format']}, which is not known here")
        schema = Schema(tuple(map(_read_table, record["tables"])))
        targets = {(table.name, name) for table in schema.tables for name in table.column_names}
        for table in schema.tables:
            rules = (*table.unique, *(index.used for index in table.indexes))
            named = [*table.key, *(name for rule in rules for name in rule), *table.referring]
            used = {(table.name, name) for name in named}
            used |= {(one.table, target) for one in table.references for target in one.targets}
            if used - targets:
                raise DamagedSchemaError("names a column that it does not have")
        return schema, str(record["revision"])
    except DamagedSchemaError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DamagedSchemaError("is not as bkgen wrote it") from error


def _json(value: Any, indent: int = 0) -> str:
    """JSON with one column, rule or reference on each line, so that a diff of it can be read."""
    margin = " " * (indent + 2)
    if isinstance(value, dict) and any(isinstance(one, list) and one and not _is_flat(one) for one in value.values()):
        lines = [f"{margin}{_flat(key)}: {_json(one, indent + 2)}" for key, one in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{' ' * indent}}}"
    if isinstance(value, list) and not _is_flat(value):
        return "[\n" + ",\n".join(margin + _json(one, indent + 2) for one in value) + f"\n{' ' * indent}]"
    return _flat(value)


def _flat(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _is_flat(values: list[Any]) -> bool:
    return not any(isinstance(value, dict | list) for value in values)


def _table_record(table: StoredTable) -> dict[str, Any]:
    record = {
        "name": table.name,
        "columns": [_column_record(column) for column in table.columns],
        "key": list(table.key),
        "unique": [list(rule) for rule in table.unique],
        "indexes": [_index_record(index) for index in table.indexes],
        "references": [
            {"columns": list(one.columns), "table": one.table, "to": list(one.targets), "onDelete": one.on_delete}
            for one in table.references
        ],
        "fields": [_field_record(one) for one in table.fields],
    }
    return {key: value for key, value in record.items() if value}


def _field_record(field: StoredField) -> dict[str, Any]:
    record: dict[str, Any] = {"path": field.path, "type": field.type, "required": field.required}
    if field.default is not None:
        record["default"] = field.default
    return record | {name: list(value) if isinstance(value, tuple) else value for name, value in field.rules}


def _index_record(index: StoredIndex) -> list[str] | dict[str, Any]:
    """The columns alone where all rows are in it."""
    if index.fields:
        return {"columns": list(index.columns), "unique": index.unique, "fields": dict(index.fields)}
    where = [[kept.column, kept.test.value, *([] if kept.value is None else [kept.value])] for kept in index.where]
    return {"columns": list(index.columns), "where": where} if where else list(index.columns)


def _column_record(column: StoredColumn) -> dict[str, Any]:
    record: dict[str, Any] = {"name": column.name, "type": column.type, "nullable": column.nullable}
    if column.enum:
        record["enum"] = list(column.enum)
    if column.default is not None:
        record["computed" if column.computed else "default"] = column.default
    if column.server_default is not None:
        record["serverDefault"] = column.server_default
    if column.counts:
        record["counts"] = True
    if column.bounds:
        record["bounds"] = list(column.bounds)
    if column.form:
        record["form"] = [_field_record(one) for one in column.form]
    return record


def _read_table(record: dict[str, Any]) -> StoredTable:
    return StoredTable(
        str(record["name"]),
        tuple(map(_read_column, record["columns"])),
        _names(record.get("key", ())),
        tuple(map(_names, record.get("unique", ()))),
        tuple(map(_read_index, record.get("indexes", ()))),
        tuple(
            StoredReference(_names(one["columns"]), str(one["table"]), _names(one["to"]), OnDelete(one["onDelete"]))
            for one in record.get("references", ())
        ),
        tuple(map(_read_field, record.get("fields", ()))),
    )


def _read_field(record: dict[str, Any]) -> StoredField:
    known = ("path", "type", "required", "default")
    rules = ((name, tuple(value) if isinstance(value, list) else value) for name, value in record.items())
    return StoredField(
        str(record["path"]),
        str(record["type"]),
        bool(record["required"]),
        record.get("default"),
        tuple((name, value) for name, value in rules if name not in known),
    )


def _read_index(record: list[str] | dict[str, Any]) -> StoredIndex:
    if isinstance(record, list):
        return StoredIndex(_names(record))
    if "fields" in record:
        fields = tuple((str(path), str(type_)) for path, type_ in record["fields"].items())
        return StoredIndex(_names(record["columns"]), unique=bool(record["unique"]), fields=fields)
    where = (Kept(str(column), ColumnTest(test), *value) for column, test, *value in record["where"])
    return StoredIndex(_names(record["columns"]), tuple(where))


def _read_column(record: dict[str, Any]) -> StoredColumn:
    computed = record.get("computed")
    parsed(str(record["type"]))
    return StoredColumn(
        str(record["name"]),
        str(record["type"]),
        bool(record["nullable"]),
        _names(record.get("enum", ())),
        Default(computed) if computed is not None else record.get("default"),
        record.get("serverDefault"),
        bool(record.get("counts", False)),
        computed is not None,
        form=tuple(map(_read_field, record.get("form", ()))),
        bounds=read_bounds(record.get("bounds", [])),
    )


def _names(values: Any) -> tuple[str, ...]:
    return tuple(str(value) for value in values)
