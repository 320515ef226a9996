"""Collections: tables whose rows are documents, with a field for each property of their JSON Schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace

from bkgen.diagnostics import Diagnostics
from bkgen.model.service import Service
from bkgen.model.tables import Column, Default, Index, Table
from bkgen.model.types import Kind, Type
from bkgen.resolve import names, texts
from bkgen.resolve.columns import plain_column, resolve_column
from bkgen.resolve.indexes.pattern import is_indexable
from bkgen.resolve.json_forms import FormReader, Property, values_within
from bkgen.resolve.nodes import child, flag, span_of, strings, text
from bkgen.resolve.tables import distinct_columns, name_table, with_single_indexes, with_veils
from bkgen.resolve.versions import with_version
from bkgen.resolve.words import phrase, with_article
from bkgen.source import Entry, List, Map, Scalar, Span

KEY = "id"
DOCUMENT = "document"
"""The column that holds the documents."""

_ADDED = (KEY, DOCUMENT, "version")
_IN_MODELS = (DOCUMENT, "field", "value_at")
"""Names that the model of a collection uses itself."""


def resolve_collections(nodes: Iterable[Map], diagnostics: Diagnostics) -> list[Table]:
    """All collections that have a usable name and schema; what is wrong with them is in `diagnostics`."""
    return [table for node in nodes if (table := _collection(node, diagnostics))]


def _collection(node: Map, diagnostics: Diagnostics) -> Table | None:
    name = text(node, "name") or ""
    if not texts.check_sql_name("table", name, span_of(node, "name"), diagnostics):
        return None
    schema = child(node, "schema") or Map((), node.span)
    table = name_table(name, (), (), None, node.span)
    reader = FormReader(phrase(table.singular), with_article(phrase(table.singular)), diagnostics)
    if text(schema, "type") != "object":
        fix = 'write "type": "object", "properties": {"title": {"type": "string"}}'
        diagnostics.add("BK750", schema.span, f"the documents of `{name}` are no objects", fix)
        return None
    properties = reader.properties(schema, f"the schema of `{name}`", top=True)
    found = [column for one in properties if (column := _field(one, name, diagnostics))]
    found = distinct_columns(name, found, diagnostics)
    if not found:
        return None
    within = tuple(_within(properties, found))
    indexes = list(_indexes(node, name, [*found, *within], diagnostics))
    columns = [_key(node.span), *found, _document(node.span)]
    columns = with_version(node, with_veils(node, with_single_indexes(columns, tuple(indexes))), diagnostics)
    others = with_single_indexes(list(within), tuple(indexes))
    return replace(
        table,
        columns=tuple(columns),
        within=tuple(others),
        indexes=tuple(index for index in indexes if len(index.columns) > 1),
        description=texts.free_text(node, "description", diagnostics),
        was=text(node, "was") or "",
    )


def _key(span: Span) -> Column:
    column = plain_column(KEY, Type(Kind.UUID), span, added="it names the document")
    return replace(column, primary=True, default=Default.UUID, generated=True)


def _document(span: Span) -> Column:
    column = plain_column(DOCUMENT, Type(Kind.JSON), span, private=True, added="it holds the fields of the document")
    return replace(column, attribute=DOCUMENT, generated=True)


def _field(one: Property, collection: str, diagnostics: Diagnostics) -> Column | None:
    """The field of a document that a property is; what the backend gives by itself has a column of its own."""
    if names.fold(one.name) in _ADDED:
        message = f"`{collection}.{one.name}` is what the backend adds to each document"
        diagnostics.add("BK752", one.name_span, message, "remove it from the schema, or call it otherwise")
        return None
    entries = [Entry("name", one.name_span, Scalar(one.name, one.name_span))]
    if (default := one.node.entry("default")) is not None:
        entries.append(default)
    if default is not None and one.type.kind in (Kind.JSON, Kind.OBJECT):
        message, fix = f"`{one.name}` has a default, and is no single value", "remove it, and leave the field optional"
        diagnostics.add("BK751", default.key_span, message, fix)
        return None
    column = resolve_column(Map(tuple(entries), one.node.span), collection, diagnostics, known=one.type)
    if column is None:
        return None
    column = replace(
        column,
        nullable=one.nullable or not (one.required or column.generated or column.default is not None),
        read_only=bool(flag(one.node, "readOnly")),
        description=texts.free_text(one.node, "description", diagnostics),
        span=one.name_span,
    )
    if column.attribute in _IN_MODELS:
        column = replace(column, attribute=f"{column.attribute}_")
    return column if column.generated else replace(column, path=(one.name,))


def _within(properties: Iterable[Property], own: Iterable[Column]) -> Iterator[Column]:
    """What is within the fields, as columns that are called by their paths."""
    own = list(own)
    taken = {column.attribute for column in own}
    known = {column.name: column for column in own}
    for one in properties:
        if one.name not in known:
            continue
        always = not known[one.name].nullable
        for path, type_, there in values_within(one.type, (one.name,), always):
            name = ".".join(path)
            column = plain_column(name, type_, one.name_span)
            attribute = names.unique(column.attribute, taken)
            taken.add(attribute)
            yield replace(column, attribute=attribute, path=path, nullable=not there, generated=True)


def _indexes(node: Map, collection: str, columns: list[Column], diagnostics: Diagnostics) -> Iterator[Index]:
    known = {column.name: column for column in columns}
    indexes = node.get("indexes")
    for item in indexes if isinstance(indexes, List) else ():
        if not isinstance(item, Map):
            continue
        found = []
        for name, span in strings(item.get("fields")):
            column = known.get(name)
            if column is None or not is_indexable(column):
                message = f"`{name}` is no single value in the documents of `{collection}`"
                fix = diagnostics.nearest(span, name, [one.name for one in columns if is_indexable(one)])
                if column is not None and column.type.kind not in (Kind.JSON, Kind.OBJECT):
                    message, fix = f"`{name}` may be too long for an index", 'say "maxLength": 600 in the schema'
                diagnostics.add("BK753", span, message, fix or "name a field, or the path to a value within one")
            else:
                found.append(name)
        if found:
            yield Index(tuple(found), bool(flag(item, "unique")), item.span)


def with_used_values(service: Service) -> Service:
    """The service, whose collections have of all that is within fields what endpoints, rules and indexes name."""
    if not any(table.within for table in service.tables):
        return service
    named = set(_names_in((service.endpoints, service.policies)))
    tables = [
        replace(table, within=tuple(one for one in table.within if one.name in named or _is_indexed(one, table)))
        for table in service.tables
    ]
    return replace(service, tables=tuple(tables))


def _is_indexed(column: Column, table: Table) -> bool:
    return column.unique or column.index or any(column.name in index.columns for index in table.indexes)


def _names_in(value: object) -> Iterator[str]:
    """All texts in a tree of dataclasses."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _names_in((*value.keys(), *value.values()))
    elif isinstance(value, tuple | list | frozenset):
        for one in value:
            yield from _names_in(one)
    elif is_dataclass(value) and not isinstance(value, Span | Type):
        for one in fields(value):
            yield from _names_in(getattr(value, one.name))
