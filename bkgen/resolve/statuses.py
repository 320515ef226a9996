"""Statuses: what each endpoint can answer with, and whether the contract says so."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from bkgen.diagnostics import Diagnostics
from bkgen.model.endpoints import (
    CODE_OPERATIONS,
    FREE_OPERATIONS,
    HEALTH_OPERATIONS,
    OAUTH2_OPERATIONS,
    PASSWORD_OPERATIONS,
    STEP_OPERATIONS,
    Access,
    Cause,
    Endpoint,
    Grant,
    Operation,
    Parent,
    QueryParameter,
    Response,
)
from bkgen.model.policies import Policies
from bkgen.model.shapes import Children, ColumnValue, Links, Object, Shape
from bkgen.model.tables import Default, OnDelete, Reference, Table
from bkgen.model.types import Kind
from bkgen.resolve.error_bodies import error_literal
from bkgen.resolve.grants import grants_of
from bkgen.resolve.idempotency import idempotency_of
from bkgen.resolve.lookup import Tables
from bkgen.resolve.roles import restricts
from bkgen.resolve.routes import ITEM_OPERATIONS, Route
from bkgen.resolve.scope import Scope
from bkgen.resolve.scopes import asks_for_scopes
from bkgen.resolve.versions import asks_version
from bkgen.source import Entry, Map, Node, Span

STEP_STATUSES = (400, 403, 404, 409, 422)
"""What the steps of an action can answer with where they cannot go on."""

NO_ANSWER_OF_A_HANDLER = frozenset({401, 405, 413, 415, 429})
"""Failures of requests that are told before any code of the developer's runs."""

_SUCCESS = {200, 201, 202, 204}
_SUCCESSES = {Operation.OAUTH2_LOGIN: {302}, Operation.OAUTH2_CALLBACK: {200, 302}}
"""Those of operations that send a browser elsewhere."""
_ACCOUNT_WRITES = frozenset({Operation.REGISTER, Operation.UPDATE_ME, Operation.DELETE_ME})
_FIXED = {
    Cause.TOO_LARGE: 413,
    Cause.RATE_LIMITED: 429,
    Cause.UNAUTHENTICATED: 401,
    Cause.BAD_CREDENTIALS: 401,
    Cause.CODE_NEEDED: 401,
    Cause.BAD_CODE: 401,
    Cause.BAD_REFRESH_TOKEN: 401,
    Cause.BAD_MAILED_TOKEN: 400,
    Cause.BAD_GRANT: 400,
    Cause.BAD_CLIENT: 401,
    Cause.BAD_STATE: 400,
    Cause.UNVERIFIED: 403,
    Cause.WRONG_SCOPE: 403,
    Cause.WRONG_ROLE: 403,
    Cause.BAD_PATH: 404,
    Cause.UNSUPPORTED_MEDIA_TYPE: 415,
    Cause.KEY_MISSING: 400,
    Cause.VERSION_MISSING: 428,
    Cause.KEY_REUSED: 422,
    Cause.NOT_FOUND: 404,
    Cause.FORBIDDEN: 403,
    Cause.CHANGED: 412,
    Cause.SECOND_FACTOR_ON: 409,
    Cause.TAKEN: 409,
    Cause.TAKEN_BELOW: 409,
    Cause.BAD_REFERENCE: 409,
    Cause.REFERRED_TO: 409,
    Cause.UNAVAILABLE: 503,
    Cause.INTERNAL: 500,
}
_WITHOUT_INVALID = frozenset({Cause.KEY_REUSED, Cause.BAD_MAILED_TOKEN, Cause.BAD_STATE})
"""Those beside which a body that is not as the contract says has a status of its own."""

_MEANT = (Cause.REFUSED, Cause.TAKEN, Cause.TAKEN_BELOW)
"""What an exact text for a status is about, where there are other causes, too: the first of these."""

_WOULD_TAKE = {
    400: "a request body or query parameters",
    401: '"auth": true',
    403: 'a role in "auth", or a policy that does not allow it to all who see the row',
    404: "a row or a parent row in the path",
    409: "a unique column or a reference that the endpoint writes, or that keeps a row from being deleted",
    412: '"concurrency": "optimistic" on its table',
    413: "a request body",
    415: "a request body",
    422: "a request body or query parameters",
    428: '"concurrency": "optimistic" on its table',
    429: 'a "rateLimit"',
    500: "the database",
    503: "the database",
}


class Statuses:
    """The responses of one endpoint."""

    def __init__(self, route: Route, scope: Scope) -> None:
        response = route.node.get("response")
        self._route, self._scope, self._diagnostics = route, scope, scope.diagnostics
        self._entries = (
            {int(entry.key): entry for entry in response or () if entry.key.isdecimal()}
            if isinstance(response, Map)
            else {}
        )

    def success(self, body_of: Callable[[Node | None, int | None, Span], Shape | None]) -> Response:
        """The response of a success, which is the declared one, or the operation's usual one.

        `body_of` reads its body; it gets None for the status where the contract declares none.
        """
        declared = [entry for status, entry in self._entries.items() if status < 400 and not self._not_modified(entry)]
        possible = _SUCCESSES.get(self._route.operation, _SUCCESS)
        usable = [entry for entry in declared if int(entry.key) in possible]
        for other in declared:
            if other not in usable[:1]:
                message = f"{self._route} has one success, and nothing here leads to {other.key}"
                fix = f"keep {usable[0].key} alone" if usable else f"use {self._possible()}"
                self._diagnostics.add("BK414", other.key_span, message, fix)
        entry = usable[0] if usable else None
        status = int(entry.key) if entry else None
        span = entry.key_span if entry else self._route.span
        body = body_of(entry.value if entry else None, status, span)
        if status is None:
            creates = self._route.operation in (Operation.CREATE, Operation.REGISTER)
            status = 204 if body is None else 201 if creates else 200
            status = 302 if self._route.operation is Operation.OAUTH2_LOGIN else status
        return Response(status, (Cause.SUCCESS,), body, None, entry is not None, span)

    def _not_modified(self, entry: Entry) -> bool:
        """Whether a response is the one, without a body, to who has an answer that is kept."""
        empty = isinstance(entry.value, Map) and not entry.value.entries
        return entry.key == "304" and empty and "cache" in self._route.node

    def _possible(self) -> str:
        """The statuses of success, in words."""
        special = _SUCCESSES.get(self._route.operation)
        return " or ".join(map(str, sorted(special))) if special else "200, 201 or 204"

    def all(self, success: Response, causes: list[Cause], refused: Collection[int] = ()) -> tuple[Response, ...]:
        """Every response, ascending. Adds `BK414` for errors that are declared in vain.

        `refused` are the statuses that steps of an action, or a handler, answer with.
        """
        self._refuses_bodies = 422 in refused or not _WITHOUT_INVALID.isdisjoint(causes)
        self._refuses_bad_requests = 400 in refused or any(_FIXED.get(cause) == 400 for cause in causes)
        by_status: dict[int, list[Cause]] = {}
        for cause in causes:
            by_status.setdefault(self._status(cause), []).append(cause)
        for status in dict.fromkeys(refused):
            by_status.setdefault(status, []).append(Cause.REFUSED)
        for status, entry in self._entries.items():
            if status >= 400 and status not in by_status:
                self._unreachable(status, entry)
        errors = [error for status, found in by_status.items() for error in self._errors(status, found)]
        return tuple(sorted([success, *errors], key=lambda response: response.status))

    def declared(self) -> list[int]:
        """The failures that the contract lists and a handler can answer with."""
        return [status for status in self._entries if 400 <= status < 500 and status not in NO_ANSWER_OF_A_HANDLER]

    def _status(self, cause: Cause) -> int:
        only_400 = 400 in self._entries and 422 not in self._entries and not self._refuses_bodies
        invalid = 400 if only_400 else 422
        if cause is Cause.INVALID:
            return invalid
        if cause is Cause.MALFORMED:
            return 400 if 400 in self._entries or self._refuses_bad_requests else invalid
        return _FIXED[cause]

    def _errors(self, status: int, causes: list[Cause]) -> Iterator[Response]:
        """The responses of a status: one, or a literal and the rest of the conflicts, which it does not mean."""
        entry = self._entries.get(status)
        literal: dict[str, Any] | None = None
        if entry is not None:
            literal = error_literal(entry.value, self._scope.errors, self._diagnostics)
        span = entry.key_span if entry else self._route.span
        is_forbidden = status == _FIXED[Cause.FORBIDDEN]  # by a role, a policy or a step: whoever asks may not
        about = [cause for cause in _MEANT if cause in causes] if literal is not None and not is_forbidden else []
        if literal is not None and Cause.CODE_NEEDED in causes:
            about = [Cause.BAD_CREDENTIALS]  # a client has to tell both apart
        meant = about[:1]
        meant = meant or causes
        yield Response(status, tuple(meant), None, literal, entry is not None, span)
        if others := tuple(cause for cause in causes if cause not in meant):
            yield Response(status, others, None, None, entry is not None, span)

    def _unreachable(self, status: int, entry: Entry) -> None:
        takes = _WOULD_TAKE.get(status)
        if self._route.operation in STEP_OPERATIONS and status in STEP_STATUSES:
            takes = f'a step with "else": {status}'
        fix = f"it takes {takes}; else remove it" if takes else "remove it"
        self._diagnostics.add("BK414", entry.key_span, f"nothing makes {self._route} answer with {status}", fix)


def causes_of(
    route: Route,
    scope: Scope,
    body: Object | None,
    query: tuple[QueryParameter, ...],
    access: Access,
    restricted: bool,
    *,
    is_there: bool = False,
) -> list[Cause]:
    """Why the endpoint can fail, in the order in which it checks; `is_there` where the path leads to rows for sure."""
    found = set(_operation_causes(route.operation))
    if route.operation is Operation.LOGIN and scope.accounts and scope.accounts.mails and scope.accounts.mails.required:
        found.add(Cause.UNVERIFIED)
    if route.operation is Operation.LOGIN and scope.accounts and scope.accounts.second_factor:
        found |= {Cause.CODE_NEEDED, Cause.BAD_CODE}
    if Grant.CLIENT_CREDENTIALS in grants_of(route):
        found.add(Cause.BAD_CLIENT)
    if asks_for_scopes(route, access, scope.accounts):
        found.add(Cause.WRONG_SCOPE)
    if route.operation is Operation.OAUTH2_CALLBACK and scope.accounts and scope.accounts.second_factor:
        found.add(Cause.CODE_NEEDED)
    if restricts(route):
        found.add(Cause.WRONG_ROLE)
    if body is not None:
        found |= {Cause.TOO_LARGE, Cause.UNSUPPORTED_MEDIA_TYPE, Cause.MALFORMED, Cause.INVALID}
    if query:
        found.add(Cause.INVALID)
    slows = scope.accounts is not None and scope.accounts.slow_guesses
    takes_password = route.operation is Operation.LOGIN or Grant.PASSWORD in grants_of(route)
    if route.node.get("rateLimit") is not None or (slows and takes_password):
        found.add(Cause.RATE_LIMITED)
    if (keys := idempotency_of(route, scope.diagnostics)) is not None:
        found |= {Cause.INVALID, Cause.KEY_REUSED, *([Cause.KEY_MISSING] if keys.required else [])}
    if asks_version(route.operation, route.table):
        found |= {Cause.VERSION_MISSING, Cause.CHANGED}
    if access is not Access.ANYONE:
        found.add(Cause.UNAUTHENTICATED)
    if route.operation in OAUTH2_OPERATIONS:
        found.add(Cause.BAD_PATH)
    if any(parameter.type.kind not in (Kind.STRING, Kind.EMAIL, Kind.URL) for parameter in route.parameters):
        found.add(Cause.BAD_PATH)
    if restricted:
        found.add(Cause.FORBIDDEN)
    names_rows = bool(route.parents) or route.operation in ITEM_OPERATIONS.values()
    if names_rows and not is_there and route.operation not in STEP_OPERATIONS:
        found.add(Cause.NOT_FOUND)
    table = scope.table_of(route)
    if route.operation in _ACCOUNT_WRITES and scope.accounts is not None:
        table = scope.tables[scope.accounts.table]
    if table is not None and route.operation not in FREE_OPERATIONS:
        found |= set(_conflicts(route, table, body, scope))
    return [cause for cause in Cause if cause in found]


def _operation_causes(operation: Operation) -> Iterator[Cause]:
    if operation not in (Operation.LIVE, Operation.PUBLIC_KEYS):
        yield Cause.UNAVAILABLE
    if operation not in HEALTH_OPERATIONS | {Operation.PUBLIC_KEYS, Operation.OAUTH2_LOGIN}:
        yield Cause.INTERNAL
    if operation is Operation.LOGIN or operation in PASSWORD_OPERATIONS:
        yield Cause.BAD_CREDENTIALS
    if operation in CODE_OPERATIONS:
        yield Cause.BAD_CODE
        yield Cause.RATE_LIMITED
    if operation is Operation.BEGIN_SECOND_FACTOR:
        yield Cause.SECOND_FACTOR_ON
    if operation is Operation.TOKEN:
        yield from (Cause.TOO_LARGE, Cause.BAD_GRANT)
    if operation is Operation.REFRESH:
        yield Cause.BAD_REFRESH_TOKEN
    if operation in (Operation.VERIFY_EMAIL, Operation.RESET_PASSWORD):
        yield Cause.BAD_MAILED_TOKEN
    if operation is Operation.OAUTH2_CALLBACK:
        yield from (Cause.BAD_STATE, Cause.BAD_CREDENTIALS, Cause.UNVERIFIED, Cause.TAKEN)
    if operation is Operation.REGISTER:
        yield Cause.TAKEN


def _conflicts(route: Route, table: Table, body: Object | None, scope: Scope) -> Iterator[Cause]:
    """Why the database can refuse the write."""
    if route.operation in (Operation.DELETE, Operation.CLEAR, Operation.DELETE_ME):
        if is_held(table, scope.tables, _cleared(route, table, scope)):
            yield Cause.REFERRED_TO
        return
    yield from _nested_conflicts(route, body, scope)
    written = {field.shape.column for field in body.fields if isinstance(field.shape, ColumnValue)} if body else set()
    if route.operation is Operation.CREATE and route.parents:
        written.update(route.parents[-1].child_columns)
    if any(_may_lead_nowhere(reference, written, route, table, scope) for reference in table.references):
        yield Cause.BAD_REFERENCE
    if route.operation in (Operation.REPLACE, Operation.UPDATE, Operation.UPDATE_ME):
        targets = {name for _, reference in scope.tables.referring(table.name) for name in reference.targets}
        if targets & written:
            yield Cause.REFERRED_TO
    follows = _followed(written, route, scope.policies.get(table.name))
    if any(_may_be_taken(rule, {*table.inside(written | follows)}, route, table) for rule in table.narrowest_rules):
        yield Cause.TAKEN


def _followed(written: set[str], route: Route, rules: Policies | None) -> set[str]:
    """The columns that get another value with the `written` ones, which is not made distinct."""
    creates = route.operation is Operation.CREATE
    derived = [one for one in rules.derived if not one.distinct] if rules else []
    found = {one.column for one in derived if creates or (one.on_update and written.intersection(one.sources))}
    return found | set(rules.presets) if rules and creates else found


def _may_be_taken(rule: tuple[str, ...], written: set[str], route: Route, table: Table) -> bool:
    """Whether another row can have what is written to the columns of a unique rule.

    A key that the new row gets from nobody is its own.
    """
    own = [name for name in rule if table.column(name).default in (Default.UUID, Default.AUTOINCREMENT)]
    is_new = route.operation is Operation.CREATE and not written.issuperset(own)
    return not is_new and not written.isdisjoint(rule)


def _nested_conflicts(route: Route, body: Object | None, scope: Scope) -> Iterator[Cause]:
    """Why the database can refuse the rows that are written with the row."""
    for field in body.fields if body else ():
        match field.shape:
            case Links(adds=False):
                yield Cause.BAD_REFERENCE
            case Children(relation=relation, row=row):
                child = scope.tables[relation.target]
                sent = {one.shape.column for one in row.fields if isinstance(one.shape, ColumnValue)}
                if sent & child.referring:
                    yield Cause.BAD_REFERENCE
                if any(sent.intersection(rule) for rule in child.unique_rules):
                    yield Cause.TAKEN_BELOW
                if route.operation is not Operation.CREATE and is_held(child, scope.tables):
                    yield Cause.REFERRED_TO


def _may_lead_nowhere(reference: Reference, written: set[str], route: Route, table: Table, scope: Scope) -> bool:
    """Whether what is written to a reference can be that of no row."""
    if written.isdisjoint(reference.columns) or any(_leads(reference, parent, scope) for parent in route.parents[-1:]):
        return False
    rules = scope.policies.get(table.name)
    given = {*written, *(rules.given if rules else ())}
    columns = map(table.column, reference.columns)
    empty = {column.name for column in columns if not column.required and column.default is None}
    return route.operation is not Operation.CREATE or given >= empty


def _leads(reference: Reference, parent: Parent, scope: Scope) -> bool:
    """Whether a reference leads to the row that the path names, or to one that this row refers to."""
    there = dict(parent.pairs)
    if not there.keys() >= set(reference.columns):
        return False
    columns = tuple(there[name] for name in reference.columns)
    end = (reference.table, reference.targets)
    onward = [(one.columns, (one.table, one.targets)) for one in scope.tables[parent.table].references]
    return (parent.table, columns) == end or (columns, end) in onward


def _cleared(route: Route, table: Table, scope: Scope) -> tuple[str, ...] | None:
    """The columns by which the endpoint deletes all rows that have some values there; None where it does not."""
    narrowed = route.node.get("where") is not None or table.name in scope.policies
    if route.operation is not Operation.CLEAR or narrowed:
        return None
    return tuple(name for parent in route.parents[-1:] for name in parent.child_columns)


def goes_along(reference: Reference, table: Table, cleared: tuple[str, ...] | None) -> bool:
    """Whether the rows that refer by a reference are deleted with those they refer to: all that share `cleared`.

    One that restricts is asked before the other rows are gone, in SQLite.
    """
    if cleared is None or reference.table != table.name or reference.on_delete is not OnDelete.NO_ACTION:
        return False
    return all((name, name) in reference.pairs for name in cleared)


def is_held(table: Table, tables: Tables, cleared: tuple[str, ...] | None = None) -> bool:
    """Whether rows that refer to the table's rows can keep these from being deleted, directly or down a cascade.

    Where all rows are deleted that have some values in the columns `cleared`, some of the referring ones are so, too.
    """
    names, seen = [table.name], {table.name}
    for name in names:  # which grows while it is read
        for other, reference in tables.referring(name):
            on_delete = reference.on_delete
            if other.name == table.name and goes_along(reference, table, cleared):
                continue
            if on_delete in (OnDelete.RESTRICT, OnDelete.NO_ACTION, OnDelete.SET_DEFAULT):
                return True
            if on_delete is OnDelete.CASCADE and other.name not in seen:
                seen.add(other.name)
                names.append(other.name)
    return False


def report_added(endpoint: Endpoint, diagnostics: Diagnostics) -> None:
    """Adds `BK415` for the errors that the endpoint can answer with and the contract leaves out."""
    missing = [
        str(response.status) for response in endpoint.responses if not response.declared and response.status >= 400
    ]
    if missing and endpoint.declared:
        message = f"{endpoint.method} {endpoint.path} can also answer with {', '.join(missing)}: bkgen documents it"
        diagnostics.add("BK415", endpoint.span, message)
