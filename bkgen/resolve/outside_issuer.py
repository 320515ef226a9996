"""Tokens of an outside issuer: what the `service` document says of them, and the column that says whose they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bkgen.diagnostics import Diagnostics, did_you_mean
from bkgen.model.actions import Update, every
from bkgen.model.endpoints import ACCOUNT_OPERATIONS, Endpoint, Operation
from bkgen.model.outside_issuer import OutsideIssuer
from bkgen.model.service import Accounts
from bkgen.model.shapes import ColumnValue, Fact
from bkgen.model.tables import Column, Default, Table
from bkgen.model.types import Kind
from bkgen.resolve.envelopes import fields_in
from bkgen.resolve.facts import fact_called
from bkgen.resolve.lookup import find_column, is_unique
from bkgen.resolve.nodes import child, flag, span_of, text
from bkgen.resolve.providers import MOST_IDENTITY
from bkgen.resolve.routes import Route
from bkgen.source import Map, Span

_SETTINGS = {"issuer": "env:OIDC_ISSUER", "audience": "env:OIDC_AUDIENCE"}
_SUBJECT = "subject"
_OWN_ACCOUNT = (Operation.ME, Operation.UPDATE_ME, Operation.DELETE_ME)
_OF_OWN_TOKENS = (
    "scheme",
    "identity",
    "accessTokenMinutes",
    "refreshTokenDays",
    "passwordMinLength",
    "slowGuesses",
    "commonPasswords",
    "algorithm",
    "issuer",
    "audience",
    "cookies",
    "tokensOutlivePassword",
    "oauth2",
    "verification",
    "verificationMinutes",
    "passwordResetMinutes",
)
"""What `service.auth` says of accounts that sign in here, and of the tokens that they get."""


@dataclass(frozen=True, slots=True)
class TokensFrom:
    """`service.auth.tokensFrom`: whose tokens are taken, and the column that has what it calls people."""

    issuer: OutsideIssuer
    subject: str
    span: Span
    subject_span: Span


def declared_tokens_from(auth: Map, diagnostics: Diagnostics) -> TokensFrom | None:
    """None where the service signs its own tokens."""
    node = child(auth, "tokensFrom")
    if node is None:
        return None
    for key, setting in _SETTINGS.items():
        if (value := text(node, key)) is not None and value != setting:
            message = f"`{value[:80]}` is not the setting that has the {key} of a machine"
            diagnostics.add("BK686", span_of(node, key), message, f'write "{setting}", or leave it out')
    for key in _OF_OWN_TOKENS:
        if key in auth:
            message = f"`{key}` says nothing where tokens come from elsewhere: nobody signs in here"
            diagnostics.add("BK685", span_of(auth, key), message, "remove it, or remove `tokensFrom`")
    return TokensFrom(
        issuer=OutsideIssuer(makes_accounts=bool(flag(node, "newAccounts"))),
        subject=text(node, "subject") or _SUBJECT,
        span=span_of(auth, "tokensFrom"),
        subject_span=span_of(node, "subject") if "subject" in node else span_of(auth, "tokensFrom"),
    )


def subject_column(table: Table, told: TokensFrom, diagnostics: Diagnostics) -> Column | None:
    """The column that has what the issuer calls people. Adds `BK687` where there is none that could."""
    found = find_column(table, told.subject)
    written = f'{{"name": "{_SUBJECT}", "type": "VARCHAR({MOST_IDENTITY})", "unique": true}}'
    if found is None:
        message = f"`{told.subject[:40]}` is no column of the accounts table `{table.name}`"
        fix = did_you_mean(told.subject, (column.name for column in table.columns)) or f"add {written}"
        diagnostics.add("BK687", told.subject_span, message, fix)
        return None
    type_ = found.type
    short = type_.max_length is not None and type_.max_length < MOST_IDENTITY
    free = type_.kind is Kind.STRING and not (short or type_.enum or type_.pattern or found.reference)
    if not free or (type_.min_length or 0) > 1 or found.nullable or not is_unique(table, [found.name]):
        message = (
            f"column `{found.name}` cannot have what an issuer calls people: that is any text of up to "
            f"{MOST_IDENTITY} characters, never null, and no two rows have the same"
        )
        diagnostics.add("BK687", found.span, message, f"write {written}")
        return None
    return found


def check_unchanged(endpoints: Iterable[Endpoint], accounts: Accounts | None, diagnostics: Diagnostics) -> None:
    """Adds `BK689` where accounts could take the place of somebody who has not come yet."""
    if accounts is None or accounts.outside is None:
        return
    for endpoint in endpoints:
        if accounts.identity in _changed(endpoint, accounts) and not endpoint.roles:
            message = f"whose tokens an account takes (`{accounts.identity}`) is not its own to say"
            fix = f'leave `{accounts.identity}` out of what it writes, or let only a role do so, by "auth"'
            diagnostics.add("BK689", endpoint.span, message, fix)


def _changed(endpoint: Endpoint, accounts: Accounts) -> set[str]:
    """The columns of accounts that an endpoint changes."""
    steps = (step for step in every(endpoint.steps) if isinstance(step, Update) and step.table == accounts.table)
    found = {column for step in steps for column, _ in step.values}
    of_row = endpoint.operation in (Operation.UPDATE, Operation.REPLACE) and endpoint.table == accounts.table
    if (of_row or endpoint.operation is Operation.UPDATE_ME) and endpoint.body is not None:
        found |= {one.shape.column for one in endpoint.body.fields if isinstance(one.shape, ColumnValue)}
    return found


def has_subject(table: Table, told: TokensFrom) -> bool:
    """Whether the table could hold the accounts of an issuer."""
    column = find_column(table, told.subject)
    return column is not None and is_unique(table, [column.name])


def check_outside(
    table: Table, subject: Column, needing: list[Route], told: TokensFrom, diagnostics: Diagnostics
) -> None:
    """Adds `BK684` for endpoints that would sign people in here, and `BK688` for accounts that no token can make."""
    for route in needing:
        if route.operation in ACCOUNT_OPERATIONS and route.operation not in _OWN_ACCOUNT:
            message = f"{route} is a `{route.operation}`, and people sign in at the issuer of the tokens, not here"
            diagnostics.add("BK684", route.span, message, "remove the endpoint, or remove `tokensFrom`")
        elif route.operation in _OWN_ACCOUNT:
            for entry in fields_in(route.node.get("requestBody")) or ():
                if fact_called(entry.key, (Fact.PASSWORD, Fact.CURRENT_PASSWORD, Fact.NEW_PASSWORD)):
                    message = f"accounts have no password here: the issuer of the tokens has it, if any ({route})"
                    diagnostics.add("BK684", entry.key_span, message, f"remove `{entry.key[:40]}`")
    if not told.issuer.makes_accounts:
        return
    for column in table.columns:
        if column.required and column.name != subject.name:
            message = f"a new account has no `{column.name}` when somebody comes for the first time"
            fix = 'give the column a default, let it be null, or write "newAccounts": false'
            diagnostics.add("BK688", column.span, message, fix)
    for rule in table.unique_rules:
        columns = [table.column(name) for name in rule]
        if all(one.default is not None and not isinstance(one.default, Default) for one in columns):
            named = " and ".join(f"`{one.name}`" for one in columns)
            message = f"every new account has the same {named}, which no two accounts may share"
            fix = 'let it be null, remove the unique rule, or write "newAccounts": false'
            diagnostics.add("BK688", columns[0].span, message, fix)
