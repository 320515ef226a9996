"""How people sign in: the table of accounts, and what bkgen adds to the schema for it."""

from __future__ import annotations

from dataclasses import replace

from bkgen.diagnostics import Diagnostics, did_you_mean
from bkgen.model.endpoints import Operation
from bkgen.model.service import Accounts
from bkgen.model.shapes import Fact
from bkgen.model.tables import Column, Default, OnDelete, Reference, Table
from bkgen.model.types import Kind, Type
from bkgen.resolve import names
from bkgen.resolve.columns import is_password, plain_column
from bkgen.resolve.envelopes import fields_in
from bkgen.resolve.facts import fact_called
from bkgen.resolve.grants import for_programs_alone
from bkgen.resolve.lookup import Tables, find_column, is_unique
from bkgen.resolve.outside_issuer import check_outside, has_subject, subject_column
from bkgen.resolve.roles import resolve_roles
from bkgen.resolve.routes import Route
from bkgen.resolve.settings import AuthSettings
from bkgen.resolve.tables import added_table
from bkgen.resolve.words import listed
from bkgen.source import Span

SESSIONS = "auth_sessions"
HASH_LENGTH = 97
"""Characters of an argon2 hash with the parameters in use."""

_TABLES = listed("users accounts members people customers admins authusers appusers profiles employees staff")
_IDENTITIES = ["email", "emailaddress", "username", "login", "phone", "phonenumber", "mobile", "handle"]
_OF_SESSIONS = (Operation.REFRESH, Operation.LOGOUT, Operation.LOGOUT_EVERYWHERE, Operation.RESET_PASSWORD)
_BY_PASSWORD = (Operation.LOGIN, Operation.TOKEN)
_WAYS_IN = (*_BY_PASSWORD, Operation.REGISTER, Operation.OAUTH2_CALLBACK)
_TEXTUAL = (Kind.STRING, Kind.EMAIL)


def resolve_accounts(
    tables: list[Table], needing: list[Route], settings: AuthSettings, diagnostics: Diagnostics
) -> tuple[Accounts | None, list[Table]]:
    """The accounts that the endpoints `needing` them work with, and the tables with what they need added."""
    if not needing:
        return None, tables
    table = _account_table(tables, needing[0], settings, diagnostics)
    if table is None:
        return None, tables
    if table.is_collection:
        message = f"accounts are rows of a table, and `{table.name}` is a collection"
        diagnostics.add("BK754", settings.table_span or table.span, message, "keep them in `tables`")
        return None, tables
    told = settings.tokens_from
    if told is None:
        identity = _identity(table, needing, settings, diagnostics)
    else:
        identity = subject_column(table, told, diagnostics)
    if len(table.primary_key) != 1:
        if table.primary_key:
            message = f"table `{table.name}` holds the accounts, so its key has to be one column"
            diagnostics.add("BK323", table.span, message, "give it a single key, and make the present one `unique`")
        return None, tables
    if identity is None:
        return None, tables
    for column in table.columns:
        if column.type.kind is Kind.FILE and not column.nullable:
            message = f"accounts are made without files, and `{table.name}.{column.name}` needs one"
            diagnostics.add("BK323", column.span, message, 'add "nullable": true')
    password: Column | None = None
    with_password = table
    if told is None:
        _check_way_in(needing, diagnostics)
        with_password, password = _with_password(table, needing, diagnostics)
    else:
        check_outside(table, identity, needing, told, diagnostics)
    tables = [with_password if known is table else known for known in tables]
    sessions = _sessions(tables, with_password, needing, diagnostics)
    role, roles = resolve_roles(with_password, tables, needing, settings, diagnostics)
    accounts = Accounts(
        table=table.name,
        identity=identity.name,
        by_email=told is None and (identity.type.kind is Kind.EMAIL or "mail" in identity.name.lower()),
        password_hash=password.name if password else None,
        sessions=sessions.name if sessions else None,
        scheme=settings.scheme,
        access_token_seconds=settings.access_token_seconds,
        refresh_token_seconds=settings.refresh_token_seconds,
        password_min_length=settings.password_min_length,
        slow_guesses=_slows(needing, settings, diagnostics),
        common_passwords=settings.common_passwords,
        tokens=settings.tokens,
        role=role,
        roles=roles,
        outside=told.issuer if told else None,
    )
    return accounts, [*tables, sessions] if sessions else tables


def likely_account_table(tables: list[Table], settings: AuthSettings) -> Table | None:
    """The table that would hold the accounts, if there are any."""
    if settings.table is not None:
        return Tables(tables).find(settings.table)
    return _likeliest(*_named_and_fit(tables, settings))


def could_hold_accounts(table: Table) -> bool:
    """Whether a column of the table is one that people sign in with."""
    return any(is_unique(table, [column.name]) for column in _identities(table))


def _account_table(
    tables: list[Table], needing: Route, settings: AuthSettings, diagnostics: Diagnostics
) -> Table | None:
    if settings.table is not None:
        found = Tables(tables).find(settings.table)
        if found is None:
            message = f"table `{settings.table}` of the accounts does not exist"
            fix = did_you_mean(settings.table, (table.name for table in tables))
            diagnostics.add("BK322", settings.table_span, message, fix)
        return found
    named, candidates = _named_and_fit(tables, settings)
    if (found := _likeliest(named, candidates)) is not None:
        return found
    message = f"{needing} needs accounts, and it cannot be told which table holds them"
    example = (candidates or named or tables)[0].name if tables else "users"
    fix = f'write {{"service": {{"auth": {{"table": "{example}"}}}}}}, and make its e-mail or user name `unique`'
    diagnostics.add("BK322", needing.span, message, fix)
    return None


def _named_and_fit(tables: list[Table], settings: AuthSettings) -> tuple[list[Table], list[Table]]:
    """The tables that are called like accounts, and those that could hold some."""
    tables = [table for table in tables if not table.is_collection]
    named = [table for table in tables if names.fold(table.plural) in _TABLES]
    if (told := settings.tokens_from) is not None:
        return named, [table for table in tables if has_subject(table, told)]
    return named, [table for table in tables if could_hold_accounts(table)]


def _likeliest(named: list[Table], fit: list[Table]) -> Table | None:
    both = [table for table in fit if table in named]
    one = next((found for found in (both, fit) if len(found) == 1), named if not fit else [])
    return one[0] if len(one) == 1 else None


def _identities(table: Table) -> list[Column]:
    columns = [
        column for column in table.columns if names.fold(column.name) in _IDENTITIES and column.type.kind in _TEXTUAL
    ]
    return sorted(columns, key=lambda column: _IDENTITIES.index(names.fold(column.name)))


def _identity(table: Table, needing: list[Route], settings: AuthSettings, diagnostics: Diagnostics) -> Column | None:
    """The column that names an account at login: the service's, or that of the login's body, or the likeliest one."""
    if settings.identity is not None:
        found = find_column(table, settings.identity)
        if found is None:
            message = f"`{settings.identity}` is no column of the accounts table `{table.name}`"
            fix = did_you_mean(settings.identity, (column.name for column in table.columns))
            diagnostics.add("BK323", settings.identity_span, message, fix)
            return None
    else:
        found = next(iter([*_in_bodies(table, needing), *_identities(table)]), None)
    if found is None:
        message = f"table `{table.name}` holds the accounts, but no column names one at login"
        fix = 'add {"name": "email", "type": "VARCHAR(255)", "unique": true}'
        diagnostics.add("BK323", table.span, message, fix)
        return None
    if found.type.kind not in _TEXTUAL or found.nullable:
        message = f"column `{found.name}` names the account at login, so it has to be a string that is never null"
        diagnostics.add("BK323", found.span, message, 'use "type": "VARCHAR(255)"')
        return None
    if not is_unique(table, [found.name]):
        message = f"column `{found.name}` names the account at login, so no two rows may have the same"
        diagnostics.add("BK323", found.span, message, 'add "unique": true')
        return None
    return found


def _in_bodies(table: Table, needing: list[Route]) -> list[Column]:
    bodies = [fields_in(route.node.get("requestBody")) for route in needing if route.operation is Operation.LOGIN]
    words = [entry.key for body in bodies for entry in body or () if not fact_called(entry.key, (Fact.PASSWORD,))]
    found = [column for word in words if (column := find_column(table, word))]
    return [column for column in found if column.type.kind in _TEXTUAL and not column.private]


def _check_way_in(needing: list[Route], diagnostics: Diagnostics) -> None:
    if not any(route.operation in _WAYS_IN and not for_programs_alone(route) for route in needing):
        message = f"{needing[0]} needs an access token, but no endpoint gives one out"
        fix = 'add {"method": "POST", "path": "/auth/login", "requestBody": {"email": "string", "password": "string"}}'
        diagnostics.add("BK325", needing[0].span, message, fix)


def _slows(needing: list[Route], settings: AuthSettings, diagnostics: Diagnostics) -> bool:
    """Whether guesses are slowed down where people sign in."""
    if settings.slow_guesses and not any(
        route.operation in _BY_PASSWORD and not for_programs_alone(route) for route in needing
    ):
        message = "`slowGuesses` says nothing here: no endpoint signs in by a password"
        diagnostics.add("BK654", settings.slow_guesses_span, message, "remove it, or add POST /auth/login")
    return settings.slow_guesses


def _with_password(table: Table, needing: list[Route], diagnostics: Diagnostics) -> tuple[Table, Column]:
    """The table with a column for password hashes, and that column: its own, or one that is added."""
    own = sorted(
        (column for column in table.columns if is_password(column)), key=lambda column: column.name != "password_hash"
    )
    if own:
        _check_hash(own[0], diagnostics)
        return table, own[0]
    taken = find_column(table, "password_hash")
    if taken is not None:
        message = "column `password_hash` is where the hash of a password belongs, and never leaves the server"
        diagnostics.add("BK324", taken.span, message, 'remove "private": false, or rename the column')
    takes = {*_BY_PASSWORD, Operation.REGISTER, Operation.CHANGE_PASSWORD, Operation.RESET_PASSWORD}
    user = next((f"{route} needs" for route in needing if route.operation in takes), "accounts have")
    reason = f"{user} a password, and table `{table.name}` has no column for its hash"
    column = plain_column("password_hash", Type(Kind.STRING, max_length=255), table.span, private=True, added=reason)
    message = f"{reason}: bkgen adds `password_hash`"
    fix = f'to say it yourself, add {{"name": "password_hash", "type": "VARCHAR(255)"}} to `{table.name}`'
    diagnostics.add("BK321", table.span, message, fix)
    return replace(table, columns=(*table.columns, column)), column


def _check_hash(column: Column, diagnostics: Diagnostics) -> None:
    length = column.type.max_length
    if column.type.kind is not Kind.STRING or (length is not None and length < HASH_LENGTH):
        message = f"column `{column.name}` has no room for the hash of a password"
        diagnostics.add("BK323", column.span, message, 'use "type": "VARCHAR(255)"')


def _sessions(tables: list[Table], accounts: Table, needing: list[Route], diagnostics: Diagnostics) -> Table | None:
    """The table of sessions, where an endpoint refreshes or ends them."""
    user = next((route for route in needing if route.operation in _OF_SESSIONS), None)
    if user is None:
        return None
    needs = f"{user} needs sessions, which bkgen keeps in a table `{SESSIONS}`"
    reason = f"{user} needs sessions that can be ended"
    sessions = added_table(SESSIONS, reason, needs, tables, user.span, diagnostics)
    span = user.span
    instant = Type(Kind.DATETIME)
    columns = (
        replace(plain_column("id", Type(Kind.UUID), span), primary=True, default=Default.UUID, generated=True),
        owner_column(accounts, span),
        plain_column("refresh_hash", Type(Kind.STRING, max_length=64), span, private=True),
        replace(plain_column("created_at", instant, span), default=Default.NOW, generated=True),
        plain_column("expires_at", instant, span),
        replace(plain_column("revoked_at", instant, span), nullable=True),
    )
    diagnostics.add("BK320", span, f"{user} needs sessions that can be ended: bkgen adds the table `{SESSIONS}`")
    return replace(sessions, columns=columns)


def owner_column(accounts: Table, span: Span, private: bool = False) -> Column:
    """The column of a table that bkgen adds which says whose a row is: it goes with the account."""
    key = accounts.primary_key[0]
    column = plain_column(f"{accounts.singular}_id", key.type, span, private)
    reference = Reference((column.name,), accounts.name, (key.name,), OnDelete.CASCADE, span)
    return replace(column, reference=reference)
