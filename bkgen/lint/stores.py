"""Which store serves an access pattern better: a document, keys and values, or rows that refer to each other."""

from __future__ import annotations

from collections.abc import Iterator

from bkgen.lint.declared import declared_columns, declared_tables, words_of
from bkgen.lint.usage import only_within_others
from bkgen.model.endpoints import Endpoint, Operation
from bkgen.model.service import Service
from bkgen.model.tables import Table
from bkgen.model.types import Kind
from bkgen.resolve import names
from bkgen.resolve.risks.risk import Risk
from bkgen.resolve.words import listed, singular

_ENDS = listed("expires expiry expiration ttl")
_BY_KEY = (Operation.READ, Operation.CREATE, Operation.REPLACE, Operation.UPDATE, Operation.DELETE)
_MOST_OF_CACHE = 6
"""Columns of a row that is a key, a value and times."""


def documents_in_tables(service: Service) -> Iterator[Risk]:
    """`BK965` of rows that come and go with the one row they belong to, and that nothing else has to do with."""
    within = only_within_others(service)
    referred = {reference.table for table in service.tables for reference in table.references}
    for table in declared_tables(service):
        if table.name not in within or table.name in referred or len(table.references) != 1:
            continue
        (reference,) = table.references
        if table.is_optional(reference):
            continue
        owner = reference.table
        message = f"rows of `{table.name}` are only read and written with their row of `{owner}`, and refer to no other"
        fix = f"a column of JSON in `{owner}`, or a document with its parts, is read at once; keep rows to search them"
        yield Risk("BK965", table.span, message, fix, (service.table(owner).span,))


def caches(service: Service) -> Iterator[Risk]:
    """`BK966` of rows with an end that are only found by one key."""
    referred = {reference.table for table in service.tables for reference in table.references}
    for table in declared_tables(service):
        endpoints = [endpoint for endpoint in service.endpoints if endpoint.table == table.name]
        if not _is_cache(table) or table.name in referred or not endpoints:
            continue
        if all(_is_by_key(endpoint) for endpoint in endpoints):
            key = table.primary_key[0].name
            message = f"rows of `{table.name}` are found by `{key}` alone, refer to nothing and expire"
            fix = "keep them in a key-value store with a time to live, such as Redis"
            yield Risk("BK966", table.span, message, fix)


def references_in_json(service: Service) -> Iterator[Risk]:
    """`BK967` of columns of JSON that are called like keys of a table, or like its rows."""
    tables = {names.words(table.singular): table for table in declared_tables(service)}
    for table, column in declared_columns(service):
        words = words_of(column)
        if column.type.kind is not Kind.JSON or not words:
            continue
        stem = words[:-1] if words[-1] in ("ids", "id") else (*words[:-1], singular(words[-1]))
        target = tables.get(stem)
        if target is None or target is table or (words == stem and words[-1] not in ("ids", "id")):
            continue
        message = f"`{column.name}` of `{table.name}` is called like references to `{target.name}`, and is JSON"
        fix = f"make a table `{table.singular}_{target.plural}` that refers to both"
        yield Risk("BK967", column.span, message, fix, (table.span, target.span))


def _is_cache(table: Table) -> bool:
    ends = any(words[0] in _ENDS or words[-1] in _ENDS for one in table.columns if (words := names.words(one.name)))
    return ends and len(table.primary_key) == 1 and not table.references and len(table.columns) <= _MOST_OF_CACHE


def _is_by_key(endpoint: Endpoint) -> bool:
    return endpoint.operation in _BY_KEY and not endpoint.parents and endpoint.link is None
