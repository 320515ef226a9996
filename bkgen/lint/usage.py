"""Which tables the endpoints, policies and settings of a service speak of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from bkgen.model.service import Service
from bkgen.model.shapes import Children, ColumnValue, Nested

_TABLES = frozenset({"table", "target", "place", "sessions", "tokens", "secrets", "recovery", "identities"})
"""The attributes of the model that hold the name of a table."""

_OTHERS = frozenset({"span", "type"})
"""Those that lead to none."""


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


def only_within_others(service: Service) -> frozenset[str]:
    """The tables whose rows are sent within the rows they refer to, and shown nowhere else."""
    sent = {
        part.relation.target
        for endpoint in service.endpoints
        for part in _parts(endpoint.request)
        if isinstance(part, Children)
    }
    if not sent:
        return frozenset()
    everything = (service.endpoints, service.accounts, service.audit, service.policies, service.transitions)
    return frozenset(sent - {name for part in _parts(everything, within=False) for name in _named(part)})


def _parts(value: Any, *, within: bool = True) -> Iterator[Any]:
    """Every object of the model in a value; without those of rows that stand within others, unless `within`."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            waiting += one.values()
        elif isinstance(one, tuple | frozenset):
            waiting += one
        elif isinstance(one, Nested | Children) and one.relation.through is None and not within:
            waiting += (field.shape for field in one.row.fields if not isinstance(field.shape, ColumnValue))
        elif is_dataclass(one):
            yield one
            waiting += (getattr(one, name) for name in _attributes(one))


def _named(part: Any) -> Iterator[str]:
    """The names of tables that an object of the model has."""
    for name in _attributes(part):
        if name in _TABLES and isinstance(value := getattr(part, name), str):
            yield value


def _attributes(part: Any) -> list[str]:
    """The attributes of an object of the model that may lead to names of tables."""
    return [field.name for field in fields(part) if field.name not in _OTHERS]
