"""Views of the generated tests of answers that are kept: they are found again, and end with each change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bkgen.model.actions import Delete, Insert, Update
from bkgen.model.endpoints import CRUD, STEP_OPERATIONS, Access, Endpoint, Operation
from bkgen.model.service import Service
from bkgen.render.environment import enclosed
from bkgen.render.key_tests import call_of_action
from bkgen.render.list_tests import valid_value
from bkgen.render.literals import literal
from bkgen.render.roles import new_account
from bkgen.render.situations import CLEARED
from bkgen.render.test_bodies import envelope_of
from bkgen.render.test_calls import Call, call_on_row, name_of
from bkgen.render.test_lines import used_lines
from bkgen.resolve.caches import asked_columns, tables_read, written_with

_DELETES = (Operation.DELETE, Operation.CLEAR)
_SKIPPED = "no situation was found in which it is done"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to an endpoint whose answers are kept.

    Attributes:
        call: the endpoint, as curl is given it.
        lines: that make the situation.
        options: what else curl is given, as items of a dictionary.
    """

    call: str
    lines: tuple[str, ...]
    options: str


@dataclass(frozen=True, slots=True)
class KeptTest:
    """The tests of an endpoint whose answers are kept.

    Attributes:
        public: whether all who ask get the same.
        stranger: an account whose answer is another one; empty where there is none.
        skipped: why they cannot be run; empty where they can.
    """

    name: str
    asked: Asked
    public: bool
    stranger: str
    skipped: str


@dataclass(frozen=True, slots=True)
class ChangeTest:
    """The test that an endpoint which changes rows ends an answer.

    Attributes:
        ends: the endpoint whose answer it is.
        lines: that make the situation of the change.
        arguments: of curl.
    """

    name: str
    ends: str
    asked: Asked
    lines: tuple[str, ...]
    arguments: tuple[str, ...]
    status: int


def kept_tests(endpoints: Iterable[Endpoint], service: Service) -> list[KeptTest]:
    return [_kept(endpoint, service) for endpoint in endpoints if endpoint.cache is not None]


def change_tests(endpoints: Iterable[Endpoint], service: Service) -> list[ChangeTest]:
    """Of each endpoint that changes tables: for each of these, an answer that is made of it."""
    found = []
    for endpoint in endpoints:
        readers = {}
        for table in sorted(_written(endpoint, service)):
            reader = next((one for one in service.endpoints if one.cache and table in tables_read(one, service)), None)
            if reader is not None:
                readers[reader.name] = reader
        found += [test for one in readers.values() if (test := _change(endpoint, one, service)) is not None]
    return found


def _kept(endpoint: Endpoint, service: Service) -> KeptTest:
    asked = _asked(endpoint, service)
    accounts = service.table(service.accounts.table) if service.accounts is not None else None
    asked_of = asked_columns(endpoint, service)
    own = accounts is not None and all(column.name in asked_of for column in accounts.primary_key)
    return KeptTest(
        name=endpoint.name,
        asked=asked or Asked(name_of(endpoint), (), ""),
        public=endpoint.access is Access.ANYONE,
        stranger=f"rows.sign_in({new_account(endpoint, service)})" if own else "",
        skipped="" if asked else _SKIPPED,
    )


def _asked(endpoint: Endpoint, service: Service) -> Asked | None:
    call = call_on_row(endpoint, service)
    if call is None:
        return None
    query = [f"{literal(one.name)}: {valid_value(one)}" for one in endpoint.query if one.required]
    options = [
        *([f'"path": {call.path}'] if call.path else []),
        *([f'"query": {{{", ".join(query)}}}'] if query else []),
        *(['"token": caller.token'] if call.token else []),
    ]
    told = ", ".join(options)
    return Asked(name_of(endpoint), used_lines(call.lines, [f"{{{told}}}"]), told)


def _change(endpoint: Endpoint, reader: Endpoint, service: Service) -> ChangeTest | None:
    asked, call = _asked(reader, service), _call(endpoint, service)
    if asked is None or call is None:
        return None
    body = [f"body = {call.body}"] if call.body else []
    cleared = tuple(line for line in call.lines if line == CLEARED)
    lines = [line for line in call.lines if line != CLEARED]
    return ChangeTest(
        name=endpoint.name,
        ends=reader.name,
        asked=replace(asked, lines=(*cleared, *asked.lines)),
        lines=(*used_lines(lines, [*body, call.path, "caller" if call.token else ""]), *body),
        arguments=(
            name_of(endpoint),
            *([f"path={call.path}"] if call.path else []),
            *([f"json={enclosed('body', envelope_of(endpoint))}"] if body else []),
            *(["token=caller.token"] if call.token else []),
        ),
        status=endpoint.success.status,
    )


def _call(endpoint: Endpoint, service: Service) -> Call | None:
    if endpoint.operation in STEP_OPERATIONS:
        return call_of_action(endpoint, service)
    return call_on_row(endpoint, service) if not endpoint.files else None


def _written(endpoint: Endpoint, service: Service) -> set[str]:
    """Tables that the endpoint changes for sure, where it succeeds."""
    return {name for table, deletes in _changes(endpoint) for name in _with(table, service, deletes=deletes)}


def _with(table: str, service: Service, *, deletes: bool) -> Iterable[str]:
    return written_with(service.tables, table) if deletes else (table,)


def _changes(endpoint: Endpoint) -> Iterator[tuple[str, bool]]:
    """(table, whether rows of it are deleted)."""
    if endpoint.operation in STEP_OPERATIONS:
        for step in endpoint.steps:
            if isinstance(step, Insert | Update | Delete):
                yield step.table, isinstance(step, Delete)
    elif endpoint.operation in CRUD and endpoint.method != "GET" and endpoint.table is not None:
        yield endpoint.table, endpoint.operation in _DELETES
