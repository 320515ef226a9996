"""Idempotency keys: which endpoints take them, and the table that remembers them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bkgen.diagnostics import Diagnostics
from bkgen.model.endpoints import ACCOUNT_OPERATIONS, Idempotency
from bkgen.model.service import Accounts
from bkgen.model.tables import Column, Default, Table
from bkgen.model.types import Kind, Type
from bkgen.report import visible
from bkgen.resolve.accounts import owner_column
from bkgen.resolve.columns import plain_column
from bkgen.resolve.constraints import written_type
from bkgen.resolve.names import fold
from bkgen.resolve.routes import Route
from bkgen.resolve.tables import added_table
from bkgen.source import Map, Scalar, Span

HEADER = "Idempotency-Key"
KEYS = "idempotency_keys"


def idempotency_of(route: Route, diagnostics: Diagnostics) -> Idempotency | None:
    """Whether the endpoint takes keys; None where it does not, or cannot, which is reported."""
    said, header = _said(route), _in_headers(route, diagnostics)
    if said is not None and header is not None and said.required != header.required:
        message = f"`headers` and `idempotent` differ in whether {route} can do without a key"
        diagnostics.add("BK471", header.span, message, "remove one of them")
    found = said or header
    if found is None:
        return None
    if route.operation in ACCOUNT_OPERATIONS:
        message = f"{route} is a `{route.operation}`, whose answer is kept nowhere: it takes no key"
        diagnostics.add("BK471", found.span, message, "remove it")
        return None
    if route.method == "GET":
        message = f"{route} changes nothing, so it can be sent again without a key"
        diagnostics.add("BK471", found.span, message, "remove it")
        return None
    return found


def _said(route: Route) -> Idempotency | None:
    node = route.node.get("idempotent")
    if not isinstance(node, Scalar) or not node.value:
        return None
    return Idempotency(node.value == "required", node.span)


def _in_headers(route: Route, diagnostics: Diagnostics) -> Idempotency | None:
    node = route.node.get("headers")
    found = None
    for entry in node if isinstance(node, Map) else ():
        if fold(entry.key) != fold(HEADER):
            message = f"`{visible(entry.key[:60])}` is a header that this version does not read"
            diagnostics.add("BK472", entry.key_span, message, f"of headers it reads `{HEADER}`; remove this one")
            continue
        written = written_type(entry.value, diagnostics)
        if written is None:
            continue
        if written.type != Type(Kind.STRING) or written.array:
            message = f"`{HEADER}` is any text of 1 to 255 visible ASCII characters"
            diagnostics.add("BK472", entry.value.span, message, 'write "string", or "string?" where it may be left out')
            continue
        found = Idempotency(not written.optional, entry.key_span)
    return found


def keys_table(
    routes: Iterable[Route], tables: list[Table], accounts: Accounts | None, diagnostics: Diagnostics
) -> Table | None:
    """The table of keys, where an endpoint takes any."""
    user = next(((route, taken) for route in routes if (taken := idempotency_of(route, diagnostics))), None)
    if user is None:
        return None
    route, taken = user
    needs = f"{route} needs a table `{KEYS}`, where bkgen keeps keys and answers"
    reason = f"{route} takes an {HEADER}, which is kept with its answer"
    keys = added_table(KEYS, reason, needs, tables, taken.span, diagnostics)
    diagnostics.add("BK326", taken.span, f"{route} takes an {HEADER}: bkgen adds the table `{KEYS}`, which keeps them")
    return replace(keys, columns=tuple(_columns(tables, accounts, taken.span)))


def _columns(tables: list[Table], accounts: Accounts | None, span: Span) -> Iterable[Column]:
    for name, length in (("who", None), ("endpoint", None), ("key", 255)):
        yield replace(plain_column(name, Type(Kind.STRING, max_length=length), span, private=True), primary=True)
    if accounts is not None:
        account = next(table for table in tables if table.name == accounts.table)
        yield replace(owner_column(account, span, private=True), nullable=True)
    yield plain_column("fingerprint", Type(Kind.STRING, max_length=64), span, private=True)
    yield plain_column("status", Type(Kind.INTEGER, minimum=100, maximum=599, bits=16), span, private=True)
    yield plain_column("body", Type(Kind.STRING), span, private=True)
    created = plain_column("created_at", Type(Kind.DATETIME), span, private=True)
    yield replace(created, default=Default.NOW, generated=True, index=True)
