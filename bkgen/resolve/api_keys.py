"""API keys: the endpoints that make, list and revoke those of an account, and the table that bkgen adds for them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from bkgen.diagnostics import Diagnostics
from bkgen.model.endpoints import Endpoint, Operation, PathParameter
from bkgen.model.roles import Roles
from bkgen.model.service import Accounts, ApiKeys
from bkgen.model.shapes import Fact, facts
from bkgen.model.tables import Column, Default, Table
from bkgen.model.types import Kind, Type
from bkgen.resolve import names
from bkgen.resolve.accounts import owner_column
from bkgen.resolve.columns import plain_column
from bkgen.resolve.envelopes import fields_in
from bkgen.resolve.lookup import Tables, find_column
from bkgen.resolve.nodes import flag, span_of, text
from bkgen.resolve.paths import parse_path
from bkgen.resolve.routes import Route
from bkgen.resolve.scope import Scope
from bkgen.resolve.scopes import SCOPE, check_scopes, known_scopes, opens_to_keys, scopes_of
from bkgen.resolve.tables import added_table
from bkgen.source import Entry, Map, Scalar, Span

KEYS = "api_keys"
ISSUED = frozenset({"prefix", "secret_hash"})
"""Columns that are made with a key."""

_HASH_LENGTH = 64
"""Characters of a SHA-256 in hexadecimal digits."""

API_KEY_OPERATIONS = {
    "create_api_key": (Operation.CREATE, "POST"),
    "list_api_keys": (Operation.LIST, "GET"),
    "revoke_api_key": (Operation.DELETE, "DELETE"),
}
"""What each does with a row of the table of keys, and by which method."""

_MOST_PREFIX = 32
MOST_SCOPE = 1000
"""Characters of the scopes of a key."""


def api_key_operation(node: Map, tables: Tables) -> Operation | None:
    """What an endpoint does with the keys of the account that asks; None where it has nothing to do with them."""
    word = text(node, "operation")
    if word is not None:
        return API_KEY_OPERATIONS[word][0] if word in API_KEY_OPERATIONS else None
    if "do" in node or "handler" in node or tables.find(KEYS) is not None:
        return None
    words = [part for part in (text(node, "path") or "").split("/") if part]
    row = words.pop() if words and words[-1].startswith("{") else None
    if not words or names.fold(words[-1]) != names.fold(KEYS) or any(word.startswith("{") for word in words):
        return None
    fits = [one for one in API_KEY_OPERATIONS.values() if (row is None) != (one[0] is Operation.DELETE)]
    return next((operation for operation, method in fits if method == text(node, "method")), None)


def api_keys_table(
    nodes: list[Map], tables: list[Table], holder: Table | None, diagnostics: Diagnostics
) -> Table | None:
    """The table of keys, with which the endpoints `nodes` work; `holder` is the table of the accounts."""
    node = nodes[0]
    user, span = f"{text(node, 'method')} {text(node, 'path')}", node.span
    if holder is None or len(holder.primary_key) != 1:
        message = f"{user} works with the API keys of an account, and no table with a key of one column holds accounts"
        fix = 'write {"service": {"auth": {"table": "users"}}}, and make its e-mail or user name `unique`'
        diagnostics.add("BK650", span, message, fix)
        return None
    needs = f"{user} needs a table `{KEYS}`, where bkgen keeps API keys"
    keys = added_table(KEYS, f"{user} works with API keys", needs, tables, span, diagnostics)
    message = f"{user} works with API keys: bkgen adds the table `{KEYS}`, which keeps their hashes"
    diagnostics.add("BK651", span, message)
    instant, short = Type(Kind.DATETIME), Type(Kind.STRING, max_length=64)
    columns = (
        replace(plain_column("id", Type(Kind.UUID), span), primary=True, default=Default.UUID, generated=True),
        owner_column(holder, span),
        plain_column("name", Type(Kind.STRING, min_length=1, max_length=100), span),
        replace(plain_column("prefix", short, span), read_only=True),
        replace(
            plain_column("secret_hash", Type(Kind.STRING, max_length=_HASH_LENGTH), span, private=True), unique=True
        ),
        replace(plain_column("created_at", instant, span), default=Default.NOW, generated=True),
        replace(plain_column("expires_at", instant, span), nullable=True),
        replace(plain_column("last_used_at", instant, span), nullable=True, read_only=True),
        *_scope_column(nodes),
    )
    return replace(keys, columns=columns)


def _scope_column(nodes: list[Map]) -> Iterable[Column]:
    """The scopes that a key is held to, with spaces between: where the body of one that makes keys takes them."""
    for node in nodes:
        entry = (fields_in(node.get("requestBody")) or Map((), node.span)).entry(SCOPE)
        if entry is not None:
            column = plain_column(SCOPE, Type(Kind.STRING, max_length=MOST_SCOPE), entry.key_span)
            yield replace(column, nullable=True)
            return


def scope_pattern(scopes: tuple[str, ...]) -> str:
    """What texts with some of the scopes match, and no others."""
    one = f"(?:{'|'.join(map(re.escape, scopes))})"
    return f"^{one}(?: {one})*$"


def api_key_route(node: Map, keys: Table | None, operation: Operation, diagnostics: Diagnostics) -> Route | None:
    """The endpoint as one on the rows of the table of keys; None where it cannot be, which is reported."""
    method, path = text(node, "method") or "", text(node, "path") or ""
    segments = parse_path(path, span_of(node, "path"), diagnostics)
    if segments is None or keys is None:
        return None
    word, known = next((word, known) for word, (one, known) in API_KEY_OPERATIONS.items() if one is operation)
    if method != known:
        message = f"`{word}` cannot be called by {method}"
        diagnostics.add("BK406", span_of(node, "method"), message, f"use {known}")
        return None
    parameters = [segment.text for segment in segments if segment.parameter]
    if operation is Operation.DELETE and not (len(parameters) == 1 and segments[-1].parameter):
        message = "the path does not say which API key to revoke"
        diagnostics.add("BK406", span_of(node, "path"), message, "end it in `/{id}`")
        return None
    if operation is not Operation.DELETE and parameters:
        message = f"`{{{parameters[0]}}}` selects nothing in a `{word}`"
        diagnostics.add("BK407", span_of(node, "path"), message, "remove it from the path")
        return None
    bound = tuple(PathParameter(one, names.attribute(one), KEYS, "id", Type(Kind.UUID)) for one in parameters)
    rule = f"`{word}`: API keys of the account that asks"
    signed_in = _signed_in(node, f"{method} {path}", diagnostics)
    return Route(signed_in, method, path, segments, operation, keys, rule, node.span, key=bound, parameters=bound)


def _signed_in(node: Map, route: str, diagnostics: Diagnostics) -> Map:
    """The endpoint with `auth`, whether it says so or not."""
    auth = node.get("auth")
    is_open = isinstance(auth, Scalar) and auth.value in (False, "optional")
    if auth is not None and is_open:
        message = f"{route} works with the keys of the account that is signed in, so it cannot be open to anyone"
        diagnostics.add("BK410", auth.span, message, "remove `auth`, or make it true")
    if auth is not None and not is_open:
        return node
    others = tuple(entry for entry in node if entry.key != "auth")
    return Map((*others, _entry("auth", True, node.span)), node.span)


def makes_api_key(route: Route, scope: Scope) -> bool:
    """Whether each row that the endpoint inserts is a new key."""
    keys = scope.accounts.api_keys if scope.accounts is not None else None
    table = route.table.name if route.table is not None else None
    return keys is not None and keys.table == table and route.operation is Operation.CREATE


def api_keys_of(table: Table, slug: str, routes: Iterable[Route], roles: Roles, diagnostics: Diagnostics) -> ApiKeys:
    """How a service whose keys are in `table` makes and finds them; `slug` is the name that they begin with."""
    owner = next(column for column in table.columns if column.reference is not None)
    prefix = slug.replace("-", "_")[:_MOST_PREFIX].rstrip("_")
    held = find_column(table, SCOPE)
    scopes = known_scopes(routes, roles, held.span, diagnostics) if held is not None else ()
    return ApiKeys(table.name, owner.name, prefix, scopes)


def own_keys(table: Table | None) -> Iterable[Map]:
    """The policies of the table of keys, as a document would have them: each account has its own."""
    if table is None:
        return
    owner = next(column for column in table.columns if column.reference is not None)
    assert owner.reference is not None
    of_caller = f"actor.{owner.reference.column}"
    mine = f"row.{owner.name} == {of_caller}"
    policies = (("read", mine), ("create", "actor != null"), ("delete", mine))
    yield _map(
        {
            "name": table.name,
            "policies": _map(dict(policies), table.span),
            "set": _map({owner.name: of_caller}, table.span),
        },
        table.span,
    )


def _map(values: dict[str, str | Map], span: Span) -> Map:
    return Map(tuple(_entry(key, value, span) for key, value in values.items()), span)


def _entry(key: str, value: str | bool | Map, span: Span) -> Entry:
    return Entry(key, span, value if isinstance(value, Map) else Scalar(value, span))


def with_api_keys(
    endpoints: list[Endpoint], routes: Iterable[Route], accounts: Accounts | None, diagnostics: Diagnostics
) -> list[Endpoint]:
    """The endpoints, of which each knows whether an API key opens it, and of which scopes; adds `BK652` and `BK653`."""
    by_name = {str(route): route for route in routes}
    keys = accounts.api_keys if accounts is not None else None
    found = []
    for endpoint in endpoints:
        route = by_name.get(f"{endpoint.method} {endpoint.path}")
        opens = route is not None and opens_to_keys(route, endpoint.access, keys)
        if route is not None and accounts is not None:
            _check_said(endpoint, route, opens, keys, diagnostics)
            scopes = scopes_of(route, accounts.roles) if opens and keys is not None and keys.scopes else ()
            endpoint = replace(endpoint, opens_to_keys=opens, scopes=scopes)
        if keys is not None and endpoint.operation is Operation.CREATE and endpoint.table == keys.table:
            _check_shown(endpoint, diagnostics)
        found.append(endpoint)
    check_scopes(found, {name: route.node for name, route in by_name.items()}, accounts, diagnostics)
    return found


def _check_said(endpoint: Endpoint, route: Route, opens: bool, keys: ApiKeys | None, diagnostics: Diagnostics) -> None:
    """Adds `BK652` where `apiKeys` says nothing, and `BK412` where a limit counts keys and none comes."""
    said = flag(route.node, "apiKeys")
    own = said is False and opens_to_keys(replace(route, node=Map((), route.span)), endpoint.access, keys)
    if said is not None and not (opens or own):
        why = "the service has no API keys" if keys is None else "no API key can open this endpoint"
        diagnostics.add("BK652", span_of(route.node, "apiKeys"), f"`apiKeys` says nothing here: {why}", "remove it")
    limit = endpoint.rate_limit
    if limit is not None and limit.per_key and not opens:
        message = "a limit per key counts each API key by itself, and none opens this endpoint"
        diagnostics.add("BK412", limit.span, message, 'write "per user"')


def _check_shown(endpoint: Endpoint, diagnostics: Diagnostics) -> None:
    if Fact.API_KEY not in facts(endpoint.success.body):
        called = f"{endpoint.method} {endpoint.path}"
        message = f"{called} makes an API key, and its answer does not show it: nobody can use it"
        diagnostics.add("BK653", endpoint.success.span, message, 'add "key": "string" to the answer')
