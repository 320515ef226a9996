"""Indexes that the statements of the backend need, beside those that the documents declare."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from bkgen.model.service import Service
from bkgen.resolve.indexes.called import check_names
from bkgen.resolve.indexes.collected import endpoint_patterns, patterns_of, uses_of
from bkgen.resolve.indexes.conditions import is_found, said_of
from bkgen.resolve.indexes.derived import Way, ways_of, with_indexes
from bkgen.resolve.indexes.pattern import Pattern, is_few, is_indexable

__all__ = [
    "Way",
    "check_names",
    "endpoint_patterns",
    "index_service",
    "is_few",
    "is_found",
    "is_indexable",
    "said_of",
    "uses_of_ways",
]


def index_service(service: Service) -> Service:
    """The service with the indexes that its endpoints need."""
    patterns: defaultdict[str, list[Pattern]] = defaultdict(list)
    for pattern in patterns_of(service):
        patterns[pattern.table].append(pattern)
    return replace(service, tables=tuple(with_indexes(table, patterns[table.name]) for table in service.tables))


def uses_of_ways(service: Service) -> dict[str, list[tuple[Way, tuple[str, ...]]]]:
    """table -> the ways to its rows, each with the endpoints that it serves: the first one that does counts."""
    found: dict[str, dict[Way, list[Pattern]]] = {
        table.name: {way: [] for way in ways_of(table)} for table in service.tables
    }
    for pattern in patterns_of(service):
        table, ways = service.table(pattern.table), found[pattern.table]
        serving = next((way for way in ways if way.serves(pattern, table)), None)
        if serving is not None:
            ways[serving].append(pattern)
    return {table: [(way, uses_of(patterns)) for way, patterns in ways.items()] for table, ways in found.items()}
