"""Risks of writes: those that nobody has to sign in for, and policies that forbid nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bkgen.model.endpoints import Access, Endpoint
from bkgen.model.policies import Deed
from bkgen.model.service import Accounts, Service
from bkgen.model.tables import Table
from bkgen.resolve.allowed_deeds import NOBODY, holds_for_all, owner_columns, truth
from bkgen.resolve.nodes import child, span_of
from bkgen.resolve.risks.deeds import DONE, Deeds, asks_who, deeds, in_words, is_open_write
from bkgen.resolve.risks.risk import Risk, called
from bkgen.source import Map

_OF_POLICIES = {Deed.CREATE: "make rows", Deed.UPDATE: "change any row", Deed.DELETE: "delete any row"}


def policies_of_everyone(
    ways: Mapping[tuple[str, Deed], Sequence[Endpoint]], nodes: Mapping[str, Map], accounts: Accounts, service: Service
) -> Iterator[tuple[Risk, tuple[str, Deed]]]:
    """`BK907`, with the deed that it is about; `nodes` are the documents' tables.

    To make rows is for everyone who is signed in, unless the policy says more; to change or delete those of others is
    not. A policy that no endpoint leads to, or none but for some roles, does no harm.
    """
    for name, policies in service.policies.items():
        rules = child(nodes[name], "policies") if name in nodes else None
        for deed in DONE:
            condition = policies.allowed.get(deed)
            if rules is None or deed not in rules or condition is None:
                continue
            leading = [one for one in ways.get((name, deed), ()) if not asks_who(one)]
            without = [one for one in leading if one.access is not Access.SIGNED_IN]
            by_anyone = bool(without) and truth(condition.expression, NOBODY) is True
            if not by_anyone and (
                deed is Deed.CREATE or not leading or not holds_for_all(condition.expression, service)
            ):
                continue
            who, way = ("anyone, signed in or not,", without[0]) if by_anyone else ("everyone signed in", leading[0])
            message = f"the policy lets {who} {_OF_POLICIES[deed]} of `{name}`, such as by {called(way)}"
            fix = _stricter(service.table(name), deed, accounts, service)
            yield Risk("BK907", span_of(rules, deed), message, fix, (nodes[name].span, way.span)), (name, deed)


def open_write(endpoint: Endpoint, told: Deeds, accounts: Accounts, service: Service) -> Iterator[Risk]:
    """`BK902`, but for what policies (`told`) tell of already."""
    if is_open_write(endpoint) and not deeds(endpoint) & told:
        message = f"{called(endpoint)} lets anyone {in_words(endpoint)} without signing in"
        roles = service.table(accounts.table).column(accounts.role).type.enum if accounts.role else ()
        fix = 'add "auth": true' + (f', or the role that may: "auth": "{roles[-1]}"' if roles else "")
        tables = (service.table(name).span for name, _ in sorted(deeds(endpoint)) if name)
        yield Risk("BK902", endpoint.span, message, fix, tuple(tables))


def nobody_signs_in(service: Service, likely: Table | None) -> Iterator[Risk]:
    """Of a service without accounts: `BK902` where a table could hold `likely` ones, or else `BK903`."""
    writing = sorted(filter(is_open_write, service.endpoints), key=lambda endpoint: endpoint.span.sort_key)
    if not writing:
        return
    first, *others = writing
    ways = f"{called(first)} and {len(others)} more" if others else called(first)
    tables = {name for endpoint in writing for name, _ in deeds(endpoint) if name}
    about = (*(endpoint.span for endpoint in writing), *(service.table(name).span for name in sorted(tables)))
    if likely is not None:
        message = f"anyone can write ({ways}): `{likely.name}` looks like accounts, and nobody signs in"
        fix = 'add POST /auth/login, and "auth": true where who writes has to be signed in'
        yield Risk("BK902", first.span, message, fix, about)
    else:
        message = f"anyone who reaches the service can write ({ways}): it has no accounts"
        fix = 'add a table of accounts, POST /auth/login, and "auth": true; or keep strangers from reaching it'
        yield Risk("BK903", first.span, message, fix, about)


def _stricter(table: Table, deed: Deed, accounts: Accounts, service: Service) -> str:
    """A policy that forbids something."""
    owner = service.table(accounts.table)
    if deed is Deed.CREATE:
        return 'write "create": "actor != null"'
    if own := owner_columns(table, owner):
        return f'write "{deed}": "row.{own[0]} == actor.{owner.primary_key[0].name}"'
    if accounts.role:
        role = owner.column(accounts.role).type.enum[-1]
        return f"""say which role may: "{deed}": "actor.{accounts.role} == '{role}'\""""
    return f"say whose rows they are: add a column to `{table.name}` that refers to `{accounts.table}`"
