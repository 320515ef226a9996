"""The second factor: which endpoints work with it, and the tables that bkgen adds for it."""

from __future__ import annotations

from dataclasses import replace

from bkgen.diagnostics import Diagnostics
from bkgen.model.endpoints import SECOND_FACTOR_OPERATIONS, Endpoint, Operation
from bkgen.model.service import Accounts, SecondFactor
from bkgen.model.shapes import Fact, facts
from bkgen.model.tables import Column, Default, Table
from bkgen.model.types import Kind, Type
from bkgen.resolve.accounts import owner_column
from bkgen.resolve.columns import plain_column
from bkgen.resolve.names import fold
from bkgen.resolve.paths import Segment
from bkgen.resolve.routes import Route
from bkgen.resolve.tables import added_table
from bkgen.resolve.words import listed
from bkgen.source import Span

SECRETS = "second_factors"
RECOVERY = "recovery_codes"

_WORDS = listed("secondfactor twofactor twofactorauth totp 2fa mfa")
_NEXT = {
    Operation.BEGIN_SECOND_FACTOR: listed("begin setup enroll enrol"),
    Operation.CONFIRM_SECOND_FACTOR: listed("confirm verify enable activate"),
    Operation.DISABLE_SECOND_FACTOR: listed("disable remove deactivate"),
}
_WRITTEN = {
    Operation.BEGIN_SECOND_FACTOR: '{"method": "POST", "path": "/me/second-factor"}',
    Operation.CONFIRM_SECOND_FACTOR: '{"method": "POST", "path": "/me/second-factor/confirm"}',
    Operation.DISABLE_SECOND_FACTOR: '{"method": "POST", "path": "/me/second-factor/disable"}',
    Operation.LOGIN: '{"method": "POST", "path": "/auth/login"}',
}
_SHOWN = {
    Operation.BEGIN_SECOND_FACTOR: (
        {Fact.SECOND_FACTOR_SECRET, Fact.OTPAUTH_URI},
        "makes a secret for an authenticator",
        'add "secret": "string" and "uri": "string" to the answer',
    ),
    Operation.CONFIRM_SECOND_FACTOR: (
        {Fact.RECOVERY_CODES},
        "makes recovery codes",
        'add "recoveryCodes": ["string"] to the answer',
    ),
}
"""What an answer has to show of what is shown this once, of which one is enough."""

_ENCRYPTED_LENGTH = 255
_HASH_LENGTH = 64


def second_factor_operation(method: str, segments: tuple[Segment, ...]) -> Operation | None:
    """The operation that a path without parameters ends in; None where its words say nothing."""
    if method != "POST" or not segments or any(segment.parameter for segment in segments):
        return None
    before, last = ("", *(fold(segment.text) for segment in segments))[-2:]
    if last in _WORDS:
        return Operation.BEGIN_SECOND_FACTOR
    return next((one for one, words in _NEXT.items() if before in _WORDS and last in words), None)


def with_second_factor(
    accounts: Accounts | None, tables: list[Table], routes: list[Route], diagnostics: Diagnostics
) -> tuple[Accounts | None, list[Table]]:
    """The accounts with the second factor that `routes` work with, and the tables with what it needs added."""
    working = {route.operation: route for route in routes if route.operation in SECOND_FACTOR_OPERATIONS}
    if accounts is None or not working:
        return accounts, tables
    user = next(iter(working.values()))
    found = {route.operation for route in routes}
    for needed, written in _WRITTEN.items():
        if needed not in found:
            message = f"{user} works with a second factor, and no endpoint is there to `{needed}`"
            diagnostics.add("BK670", user.span, message, f"add {written}")
    holder = next(table for table in tables if table.name == accounts.table)
    added = []
    for name, keeps in ((SECRETS, "encrypted secrets of authenticators"), (RECOVERY, "hashes of recovery codes")):
        reason = f"{user} needs {keeps}"
        needs = f"{reason}, which bkgen keeps in a table `{name}`"
        added.append(added_table(name, reason, needs, tables, user.span, diagnostics))
        diagnostics.add("BK671", user.span, f"{reason}: bkgen adds the table `{name}`")
    secrets, recovery = added
    with_columns = [
        replace(secrets, columns=_columns_of_secrets(holder, user.span)),
        replace(recovery, columns=_columns_of_recovery(holder, user.span)),
    ]
    # Codes have six digits: a service that has them slows down guesses.
    factor = SecondFactor(secrets.name, recovery.name)
    return replace(accounts, second_factor=factor, slow_guesses=True), [*tables, *with_columns]


def _columns_of_secrets(accounts: Table, span: Span) -> tuple[Column, ...]:
    instant = Type(Kind.DATETIME)
    return (
        replace(owner_column(accounts, span, private=True), primary=True),
        plain_column("secret", Type(Kind.STRING, max_length=_ENCRYPTED_LENGTH), span, private=True),
        replace(plain_column("confirmed_at", instant, span, private=True), nullable=True),
        replace(plain_column("last_step", Type(Kind.INTEGER, bits=64), span, private=True), nullable=True),
        replace(plain_column("created_at", instant, span, private=True), default=Default.NOW, generated=True),
    )


def _columns_of_recovery(accounts: Table, span: Span) -> tuple[Column, ...]:
    hashed = plain_column("code_hash", Type(Kind.STRING, max_length=_HASH_LENGTH), span, private=True)
    return replace(hashed, primary=True), owner_column(accounts, span, private=True)


def check_second_factor(endpoints: list[Endpoint], accounts: Accounts | None, diagnostics: Diagnostics) -> None:
    """Adds `BK672` where nobody could sign in by a second factor, and `BK673` where nobody sees what is made."""
    if accounts is None or accounts.second_factor is None:
        return
    for endpoint in endpoints:
        called = f"{endpoint.method} {endpoint.path}"
        if endpoint.operation is Operation.LOGIN and Fact.CODE not in facts(endpoint.body):
            message = f"{called} takes no code, so nobody who has a second factor could sign in"
            span = endpoint.request.span if endpoint.request is not None else endpoint.span
            diagnostics.add("BK672", span, message, 'add "code": "string?" to its body')
        wanted, makes, fix = _SHOWN.get(endpoint.operation, (set(), "", ""))
        if wanted and wanted.isdisjoint(facts(endpoint.success.body)):
            message = f"{called} {makes}, and its answer does not show what: nobody could use it"
            diagnostics.add("BK673", endpoint.success.span, message, fix)
