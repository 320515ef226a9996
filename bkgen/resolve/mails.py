"""The mails that accounts get, and what bkgen adds to the schema for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bkgen.diagnostics import Diagnostics
from bkgen.model.endpoints import MAIL_OPERATIONS, Operation
from bkgen.model.mails import Mails
from bkgen.model.service import Accounts
from bkgen.model.shapes import Fact
from bkgen.model.tables import Column, Default, Table
from bkgen.model.types import Kind, Type
from bkgen.resolve.accounts import owner_column
from bkgen.resolve.columns import plain_column
from bkgen.resolve.facts import fact_called
from bkgen.resolve.lookup import is_unique
from bkgen.resolve.mail_settings import MailSettings
from bkgen.resolve.names import fold
from bkgen.resolve.routes import Route
from bkgen.resolve.tables import added_table
from bkgen.resolve.words import listed
from bkgen.source import Span

TOKENS = "mailed_tokens"
PURPOSES = ("verify_email", "reset_password", "change_email")
"""What a token is for; one for a new address is used where addresses are verified."""

_VERIFIED = listed("verifiedat emailverifiedat emailconfirmedat confirmedat")
_USED_BY = {
    Operation.REQUEST_VERIFICATION: Operation.VERIFY_EMAIL,
    Operation.CHANGE_EMAIL: Operation.VERIFY_EMAIL,
    Operation.REQUEST_PASSWORD_RESET: Operation.RESET_PASSWORD,
}
_WRITTEN = {
    Operation.VERIFY_EMAIL: '{"method": "POST", "path": "/auth/verify-email"}',
    Operation.RESET_PASSWORD: '{"method": "POST", "path": "/auth/reset-password"}',
    Operation.REQUEST_PASSWORD_RESET: '{"method": "POST", "path": "/auth/forgot-password"}',
    Operation.REQUEST_VERIFICATION: '{"method": "POST", "path": "/auth/request-verification"}',
}


def with_mails(
    accounts: Accounts | None,
    tables: list[Table],
    routes: list[Route],
    settings: MailSettings,
    diagnostics: Diagnostics,
) -> tuple[Accounts | None, list[Table]]:
    """The accounts with the mails that `routes` send to them, and the tables with what these need added."""
    mailing = [route for route in routes if route.operation in MAIL_OPERATIONS]
    _check_verification(routes, settings, diagnostics)
    if accounts is None or not mailing:
        return accounts, tables
    _check_both_ends(routes, mailing, diagnostics)
    holder = next(table for table in tables if table.name == accounts.table)
    address = _address(holder, holder.column(accounts.identity), mailing[0], diagnostics)
    if address is None:
        return None, tables
    verifying = next((route for route in mailing if route.operation is Operation.VERIFY_EMAIL), None)
    with_verified, verified = _with_verified(holder, verifying, diagnostics) if verifying else (holder, None)
    tokens = _tokens(tables, holder, address, mailing[0], diagnostics)
    mails = Mails(
        address=address.name,
        verified=verified.name if verified else None,
        required=settings.required,
        tokens=tokens.name,
        verification_seconds=settings.verification_seconds,
        reset_seconds=settings.reset_seconds,
        links=settings.links,
        texts=settings.texts,
    )
    return replace(accounts, mails=mails), [*(with_verified if one is holder else one for one in tables), tokens]


def _check_verification(routes: list[Route], settings: MailSettings, diagnostics: Diagnostics) -> None:
    """Adds `BK642` where somebody could never sign in."""
    if not settings.required:
        return
    if not any(route.operation is Operation.VERIFY_EMAIL for route in routes):
        message = "nobody signs in before the address is verified, and no endpoint verifies one"
        fix = f"add {_WRITTEN[Operation.VERIFY_EMAIL]}, or remove `verification`"
        diagnostics.add("BK642", settings.required_span, message, fix)
    elif not any(route.operation is Operation.REQUEST_VERIFICATION for route in routes):
        message = "nobody signs in before the address is verified, and whoever lost the mail gets no other one"
        diagnostics.add("BK642", settings.required_span, message, f"add {_WRITTEN[Operation.REQUEST_VERIFICATION]}")


def _check_both_ends(routes: list[Route], mailing: Iterable[Route], diagnostics: Diagnostics) -> None:
    """Adds `BK642` for mails whose tokens nothing takes, and for what takes tokens that no mail brings."""
    operations = {route.operation for route in routes}
    for route in mailing:
        user = _USED_BY.get(route.operation)
        if user is not None and user not in operations:
            message = f"{route} mails a token, and no endpoint takes it (`{user}`)"
            diagnostics.add("BK642", route.span, message, f"add {_WRITTEN[user]}")
    sends = {one: {other for other, user in _USED_BY.items() if user is one} for one in _USED_BY.values()}
    sends[Operation.VERIFY_EMAIL].add(Operation.REGISTER)
    for route in mailing:
        if route.operation in sends and not sends[route.operation] & operations:
            message = f"{route} takes a token, and nothing mails one"
            fix = Operation.REQUEST_PASSWORD_RESET
            if route.operation is Operation.VERIFY_EMAIL:
                fix = Operation.REQUEST_VERIFICATION
            diagnostics.add("BK642", route.span, message, f"add {_WRITTEN[fix]}")


def _address(accounts: Table, identity: Column, user: Route, diagnostics: Diagnostics) -> Column | None:
    """The column that mails go to: the name at login if it is an address, or the one that is called like that."""
    found = [
        column
        for column in (identity, *accounts.columns)
        if column.type.kind is Kind.EMAIL
        or (column.type.kind is Kind.STRING and fact_called(column.name, (Fact.EMAIL,)))
    ]
    usable = [column for column in found if is_unique(accounts, [column.name]) and not column.private]
    if usable:
        if not usable[0].nullable:
            return usable[0]
        message = f"mails go to `{accounts.name}.{usable[0].name}`, which may be null"
        diagnostics.add("BK641", usable[0].span, message, "let every account have one: it is not nullable")
        return None
    if found:
        message = f"mails go to `{accounts.name}.{found[0].name}`, so no two accounts may have the same"
        diagnostics.add("BK641", found[0].span, message, 'add "unique": true')
        return None
    message = f"{user} sends mails, and table `{accounts.name}` has no e-mail address"
    diagnostics.add("BK641", accounts.span, message, 'add {"name": "email", "type": "email", "unique": true}')
    return None


def _with_verified(accounts: Table, user: Route, diagnostics: Diagnostics) -> tuple[Table, Column | None]:
    """The table with a column that says since when the address is verified, and that column."""
    own = next((column for column in accounts.columns if fold(column.name) in _VERIFIED), None)
    if own is not None:
        if own.type != Type(Kind.DATETIME) or not own.nullable:
            message = f"column `{own.name}` says when the address was verified: a time, or null"
            diagnostics.add("BK323", own.span, message, 'use "type": "datetime?"')
        closed = replace(own, read_only=True)
        return replace(accounts, columns=tuple(closed if one is own else one for one in accounts.columns)), closed
    reason = f"{user} verifies addresses, and table `{accounts.name}` has no column that says when"
    column = plain_column("verified_at", Type(Kind.DATETIME), accounts.span, added=reason)
    column = replace(column, nullable=True, read_only=True)
    fix = f'to say it yourself, add {{"name": "verified_at", "type": "datetime?"}} to `{accounts.name}`'
    diagnostics.add("BK644", accounts.span, f"{reason}: bkgen adds `verified_at`", fix)
    return replace(accounts, columns=(*accounts.columns, column)), column


def _tokens(tables: list[Table], accounts: Table, address: Column, user: Route, diagnostics: Diagnostics) -> Table:
    """The table of what was mailed and not yet used."""
    reason = f"{user} needs tokens that go out by mail and work once"
    needs = f"{reason}, which bkgen keeps in a table `{TOKENS}`"
    tokens = added_table(TOKENS, reason, needs, tables, user.span, diagnostics)
    diagnostics.add("BK643", user.span, f"{reason}: bkgen adds the table `{TOKENS}`")
    return replace(tokens, columns=tuple(_columns(accounts, address, user.span)))


def _columns(accounts: Table, address: Column, span: Span) -> Iterable[Column]:
    instant = Type(Kind.DATETIME)
    hashed = plain_column("token_hash", Type(Kind.STRING, max_length=64), span, private=True)
    yield replace(hashed, primary=True)
    yield owner_column(accounts, span, private=True)
    yield plain_column("purpose", Type(Kind.STRING, enum=PURPOSES), span, private=True)
    yield plain_column("address", Type(Kind.STRING, max_length=address.type.max_length), span, private=True)
    yield replace(plain_column("created_at", instant, span, private=True), default=Default.NOW, generated=True)
    yield plain_column("expires_at", instant, span, private=True)
