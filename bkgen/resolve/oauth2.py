"""Signing in by providers: whether it leads somewhere, and what bkgen adds to the schema for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bkgen.diagnostics import Diagnostics
from bkgen.model.endpoints import OAUTH2_OPERATIONS, Operation
from bkgen.model.oauth2 import OAuth2
from bkgen.model.service import Accounts
from bkgen.model.tables import Column, Default, Table
from bkgen.model.types import Kind, Type
from bkgen.resolve.accounts import owner_column
from bkgen.resolve.columns import plain_column
from bkgen.resolve.nodes import child
from bkgen.resolve.providers import MOST_IDENTITY
from bkgen.resolve.routes import IDENTITIES, Route
from bkgen.resolve.settings import Settings
from bkgen.resolve.tables import added_table
from bkgen.resolve.words import listed
from bkgen.source import Span

_CALLED = listed("name fullname displayname username nickname")
_WRITTEN = {
    Operation.OAUTH2_LOGIN: '{"method": "GET", "path": "/auth/{provider}/login", "response": {"302": {}}}',
    Operation.OAUTH2_CALLBACK: (
        '{"method": "GET", "path": "/auth/{provider}/callback", "response": {"200": {"token": "string"}}}'
    ),
}


def with_oauth2(
    accounts: Accounts | None, tables: list[Table], routes: list[Route], settings: Settings, diagnostics: Diagnostics
) -> tuple[Accounts | None, list[Table]]:
    """The accounts with the providers that people sign in by, and the tables with what that needs."""
    ends = [route for route in routes if route.operation in OAUTH2_OPERATIONS]
    _check_both_ends(ends, settings, diagnostics)
    if accounts is None or not ends or not settings.auth.providers:
        return accounts, tables
    holder = next(table for table in tables if table.name == accounts.table)
    callback = next((route for route in ends if route.operation is Operation.OAUTH2_CALLBACK), ends[0])
    _check_redirect(callback, accounts, diagnostics)
    if not accounts.by_email:
        message = f"accounts are found by the address that a provider has verified, and `{accounts.identity}` is none"
        fix = 'let people sign in by an e-mail address: "auth": {"identity": "email"}'
        diagnostics.add("BK662", holder.column(accounts.identity).span, message, fix)
        return None, tables
    called = _called(holder, accounts, callback, diagnostics)
    identities = _identities(tables, holder, callback, diagnostics)
    oauth2 = OAuth2(settings.auth.providers, identities.name, identities.columns[2].name, called)
    return replace(accounts, oauth2=oauth2), [*tables, identities]


def _check_both_ends(ends: list[Route], settings: Settings, diagnostics: Diagnostics) -> None:
    """Adds `BK661` for ways in that lead nowhere."""
    by_operation = {route.operation: route for route in reversed(ends)}
    for route in ends:
        if route is not by_operation[route.operation]:
            message = f"{route} is a second `{route.operation}`: one is for all providers"
            diagnostics.add("BK661", route.span, message, "remove it")
    for operation, written in _WRITTEN.items():
        for route in ends[:1] if operation not in by_operation else ():
            message = f"{route} is half a way in: nothing is the `{operation}`"
            diagnostics.add("BK661", route.span, message, f"add {written}")
    if ends and settings.auth.oauth2_span is None:
        message = f"{ends[0]} signs in by a provider, and the service names none"
        fix = 'add "auth": {"oauth2": {"google": {"issuer": "https://accounts.google.com"}}} to it'
        diagnostics.add("BK661", ends[0].span, message, fix)
    if not ends and settings.auth.oauth2_span is not None:
        message = "nobody signs in by these providers: no endpoint leads there and back"
        diagnostics.add("BK661", settings.auth.oauth2_span, message, f"add {' and '.join(_WRITTEN.values())}")


def _check_redirect(callback: Route, accounts: Accounts, diagnostics: Diagnostics) -> None:
    """Adds `BK664` where the browser would arrive at the front end with nothing in hand."""
    response = child(callback.node, "response")
    for entry in response or ():
        if entry.key == "302" and not accounts.tokens.cookies:
            message = f"{callback} sends the browser on to the front end, and nothing gives it the tokens"
            fix = 'add "auth": {"cookies": true} to the service, or answer with 200 and the tokens'
            diagnostics.add("BK664", entry.key_span, message, fix)


def _called(holder: Table, accounts: Accounts, callback: Route, diagnostics: Diagnostics) -> str | None:
    """The column for the name of a new account, if it has to have one. Adds `BK662` for any other that it has to."""
    mails = accounts.mails
    given = {accounts.identity, accounts.password_hash, *([mails.verified] if mails else [])}
    needed = [column for column in holder.columns if column.required and column.name not in given]
    for column in needed:
        if not _is_name(column, holder):
            message = f"a new account has no `{column.name}` when somebody comes from a provider ({callback})"
            diagnostics.add("BK662", column.span, message, "give the column a default, or let it be null")
    names = [column.name for column in needed if _is_name(column, holder)]
    for extra in names[1:]:
        message = f"a provider tells one name, and a new account needs `{names[0]}` and `{extra}`"
        diagnostics.add("BK662", holder.column(extra).span, message, "let one of them be null")
    return names[0] if names else None


def _is_name(column: Column, holder: Table) -> bool:
    """Whether whatever a provider calls somebody can stand in the column."""
    type_ = column.type
    free = type_.kind is Kind.STRING and not type_.enum and type_.pattern is None and (type_.min_length or 0) <= 1
    unique = any(column.name in rule for rule in holder.unique_rules)
    return free and not unique and column.reference is None and column.name.replace("_", "").lower() in _CALLED


def _identities(tables: list[Table], accounts: Table, user: Route, diagnostics: Diagnostics) -> Table:
    """The table that says which account is whose."""
    reason = f"{user} signs in by a provider, which calls people by names of its own"
    needs = f"{reason}: bkgen keeps them in a table `{IDENTITIES}`"
    identities = added_table(IDENTITIES, reason, needs, tables, user.span, diagnostics)
    diagnostics.add("BK663", user.span, f"{reason}: bkgen adds the table `{IDENTITIES}`")
    return replace(identities, columns=tuple(_columns(accounts, user.span)))


def _columns(accounts: Table, span: Span) -> Iterable[Column]:
    name = Type(Kind.STRING, max_length=MOST_IDENTITY)
    yield replace(plain_column("issuer", name, span, private=True), primary=True)
    yield replace(plain_column("subject", name, span, private=True), primary=True)
    yield owner_column(accounts, span, private=True)
    created = plain_column("created_at", Type(Kind.DATETIME), span, private=True)
    yield replace(created, default=Default.NOW, generated=True)
