"""Which tables the endpoints, policies and settings of a service speak of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from bkgen.model.relations import Relation
from bkgen.model.service import Service
from bkgen.model.shapes import Children, ColumnValue, Nested
from bkgen.source import Span

_TABLES = frozenset({"table", "target", "place", "sessions", "tokens", "secrets", "recovery", "identities"})
"""The attributes of the model that hold the name of a table."""


def used_tables(service: Service) -> frozenset[str]:
    """The tables that something speaks of, and those that the rows of these refer to."""
    roots = (service.endpoints, service.accounts, service.audit)
    found = {name for root in roots for part in _parts(root) for name in _named(part)}
    waiting = [table.name for table in service.tables if table.name in found]
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached.add(name)
        waiting += (reference.table for reference in service.table(name).references)
        rules = (service.policies.get(name), service.transitions.get(name, ()))
        waiting += (one for rule in rules for part in _parts(rule) for one in _named(part) if one in service.by_name)
    return frozenset(reached)


def within_others(service: Service) -> Mapping[str, frozenset[str]]:
    """Of each table whose rows are only sent and shown within the rows they belong to, the tables of the latter."""
    everything = (service.endpoints, service.accounts, service.audit, service.policies, service.transitions)
    owners: dict[str, set[str]] = {}
    sent: set[str] = set()
    for part in _parts(everything):
        if isinstance(part, Nested | Children) and part.relation.through is None:
            owners.setdefault(part.relation.target, set()).add(part.relation.table)
            sent |= {part.relation.target} if isinstance(part, Children) else set()
    outer = {name for part in _parts(everything, within=False) for name in _named(part)}
    return {name: frozenset(owners[name]) for name in sent - outer}


def _parts(value: object, *, within: bool = True) -> Iterator[object]:
    """Every object of the model in a value; without those of rows that stand within others, unless `within`."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Span):
            continue
        if isinstance(one, Mapping):
            waiting += one.values()
        elif isinstance(one, tuple | frozenset):
            waiting += one
        elif isinstance(one, Nested | Children) and one.relation.through is None and not within:
            waiting += (field.shape for field in one.row.fields if not isinstance(field.shape, ColumnValue))
        elif is_dataclass(one):
            yield one
            waiting += (getattr(one, field.name) for field in fields(one))


def _named(part: object) -> Iterator[str]:
    """The names of tables that an object of the model has."""
    if isinstance(part, Relation) and part.through is not None:
        yield part.through.table
    for name in _TABLES & {field.name for field in fields(part)} if is_dataclass(part) else ():
        if isinstance(value := getattr(part, name), str):
            yield value
