"""Risks of unique rules over rows that policies hide."""

from __future__ import annotations

from collections.abc import Iterator

from bkgen.model.policies import Deed
from bkgen.model.service import Service
from bkgen.model.tables import Table
from bkgen.resolve.allowed_deeds import holds_for_all
from bkgen.resolve.risks.deeds import ways
from bkgen.resolve.risks.risk import Risk, called, place_of


def values_that_tell_of_hidden_rows(service: Service) -> Iterator[Risk]:
    """`BK916` of unique rules by which whoever writes a row finds out what hidden rows hold.

    A rule that a reference belongs to is not told: its rows are unique within something, and policies say who may add
    there. Nor is that of the names which people sign in by: whoever registers has to learn which are taken.
    """
    writing = ways(service)
    for table in service.tables:
        policies = service.policies.get(table.name)
        read = policies.allowed.get(Deed.READ) if policies is not None else None
        if policies is None or (read is not None and holds_for_all(read.expression, service)):
            continue
        way = next((one for deed in (Deed.CREATE, Deed.UPDATE) for one in writing.get((table.name, deed), ())), None)
        for rule in _chosen_by_clients(table, policies.given):
            if way is not None and not _signs_in_by(table, rule, service):
                names = " and ".join(f"`{name}`" for name in rule)
                message = f"{called(way)} is 409 where a row has the same {names}, shown by the policy or not"
                fix = f"let {names} be unique within what the rows belong to; or accept that all know which are taken"
                about = (*place_of(table, table.column(rule[0])), table.span, way.span)
                yield Risk("BK916", about[0], message, fix, about, ",".join(rule))


def _chosen_by_clients(table: Table, given: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """The unique rules all of whose values clients send."""
    for rule in table.unique_rules:
        columns = [table.column(name) for name in rule]
        if not any(c.name in table.referring or c.name in given or not c.writable for c in columns):
            yield rule


def _signs_in_by(table: Table, rule: tuple[str, ...], service: Service) -> bool:
    accounts = service.accounts
    return accounts is not None and accounts.table == table.name and rule == (accounts.identity,)
