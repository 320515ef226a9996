"""View of how people sign in: `app/auth/`, `app/security.py` and the command that creates an account."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.endpoints import (
    ACCOUNT_OPERATIONS,
    GIVES_TOKENS,
    PASSWORD_OPERATIONS,
    Access,
    Endpoint,
    Grant,
    Operation,
)
from bkgen.model.expressions import ColumnOf, Name
from bkgen.model.in_shapes import loose_columns, objects_of, rows_in
from bkgen.model.outside_issuer import OutsideIssuer
from bkgen.model.service import Accounts, ApiKeys, Service
from bkgen.model.shapes import ColumnValue, Fact, FactValue, Object
from bkgen.model.tables import Column, Table
from bkgen.model.types import Kind
from bkgen.render.annotations import constrained
from bkgen.render.answers import answer, answers_module, facts_of, schema
from bkgen.render.building import columns_code, row_constant, selected
from bkgen.render.columns import column_code, default, python_type
from bkgen.render.errors import resource
from bkgen.render.homes import Homes
from bkgen.render.mails import MailsView, mails_view
from bkgen.render.memberships import MembershipView, membership_view, place_of_roles
from bkgen.render.naming import snake
from bkgen.render.oauth2 import OAuth2View, oauth2_view
from bkgen.render.passwords import names_of
from bkgen.render.roles import dependencies
from bkgen.render.scopes import ScopesView, scopes_view
from bkgen.render.tokens import TokensView, gives_access_token, takes_password, tokens_view
from bkgen.resolve.expressions.parts import walk
from bkgen.resolve.vocabulary import ACTOR, entry_expressions, expressions_of
from bkgen.resolve.words import phrase, with_article

_FROM_SUBJECT = {Kind.UUID: 'UUID(claims["sub"])', Kind.INTEGER: 'int(claims["sub"])'}


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of the account that some answer has.

    Attributes:
        constant: the tuple of columns; `own` where this module defines it, of `columns`.
        query: the function that reads it by the account's key.
        schema: the model it becomes; `built` makes it of `row`.
        variable: what routes call it.
    """

    constant: str
    own: bool
    columns: tuple[str, ...]
    query: str
    schema: str
    built: str
    variable: str


@dataclass(frozen=True, slots=True)
class Registration:
    """A `register` function.

    Attributes:
        body: its schema.
        password: the attribute of the body that is the password.
        begins: whether a session begins.
        returns: the return annotation.
        result: the expression of what the answer needs; empty where that is nothing.
    """

    name: str
    body: str
    password: str
    begins: bool
    returns: str
    result: str


@dataclass(frozen=True, slots=True)
class AccountUpdate:
    """An `update_me` function.

    Attributes:
        takes_password: whether what is changed may be the password.
        returns, result: as in `Registration`.
    """

    name: str
    takes_password: bool
    returns: str
    result: str


@dataclass(frozen=True, slots=True)
class SecondFactorView:
    """The second factor of accounts.

    Attributes:
        secrets, recovery: the models; `owner` is the attribute of both that refers to the account.
    """

    secrets: str
    recovery: str
    owner: str


@dataclass(frozen=True, slots=True)
class AccountsView:
    """What the templates of `app/auth/` need; expressions and names are Python text.

    Attributes:
        caller: (attribute, type) of what is known of who asks; `caller_columns` what it is read from, and behind
            that the hash of the password where tokens are `marked` with it.
        gives_credentials: whether a query gives an account with the hash of its password.
        role: the attribute of an account that says what it may do; `asks_for_roles` whether an endpoint depends on it,
            `asks_who` whether one asks for more than a token.
        roles_in: the table and column that has roles; `place` the table of the rows within which each holds.
        roles: (name, values) of the accounts with some roles that functions of routers take.
        names: attributes of an account that its password may not be; empty where no endpoint takes a new password.
        name_columns: their columns; `reads_names` whether some function needs those of an account that is there.
        service_name: what it may not be, either.
        token_path: where the password grant is taken, and `client_path` client credentials; empty where they are not.
        limits_keys: whether a limit counts each API key by itself.
        resource: what texts of errors call an account.
        new_fields: (attribute, annotation, option of the command) of what a new account has beside its password; only
            those in `needed` must be given.
    """

    scheme: str
    token_description: str
    outside: OutsideIssuer | None
    access_token_seconds: int
    refresh_token_seconds: int
    table_name: str
    model: str
    key: str
    key_type: str
    key_name: str
    caller: tuple[tuple[str, str], ...]
    caller_columns: tuple[str, ...]
    tokens: TokensView
    role: str
    membership: MembershipView | None
    asks_for_roles: bool
    asks_who: bool
    roles_in: str
    place: str
    roles: tuple[tuple[str, tuple[str, ...]], ...]
    resource: str
    key_of_subject: str
    identity: str
    hash: str
    sessions: bool
    mails: MailsView | None
    oauth2: OAuth2View | None
    names: tuple[str, ...]
    name_columns: tuple[str, ...]
    reads_names: bool
    service_name: str
    session_key: str
    authenticates: bool
    optional: bool
    limits_accounts: bool
    logs_in: bool
    token_path: str
    client_path: str
    scopes: ScopesView | None
    limits_keys: bool
    opens_sessions: bool
    refreshes: bool
    logs_out: bool
    logs_out_everywhere: bool
    changes_password: bool
    asks_for_password: bool
    ends_other_sessions: bool
    deletes: bool
    gives_credentials: bool
    password_min_length: int
    noun: str
    new_fields: tuple[tuple[str, str, str], ...]
    needed: frozenset[str]
    example_arguments: str
    rows: tuple[RowView, ...]
    registrations: tuple[Registration, ...]
    updates: tuple[AccountUpdate, ...]
    other_packages: tuple[str, ...]
    api_keys: ApiKeys | None
    second_factor: SecondFactorView | None
    slow_guesses: bool


def _second_factor(service: Service) -> SecondFactorView | None:
    if service.accounts is None or service.accounts.second_factor is None:
        return None
    factor = service.accounts.second_factor
    secrets, recovery = service.table(factor.secrets), service.table(factor.recovery)
    owner = next(column.attribute for column in secrets.columns if column.reference is not None)
    return SecondFactorView(secrets.class_name, recovery.class_name, owner)


def account_rows(endpoint: Endpoint, service: Service, homes: Homes) -> list[RowView]:
    """The rows of the account in an endpoint's answer."""
    found = []
    for shape in rows_in(endpoint.success.body):
        if shape.table is not None:
            constant, built = row_constant(shape), homes.builds(shape)
            found.append(
                RowView(
                    constant=columns_code(shape, answers_module(shape, "auth", homes) if built else "")[1:],
                    own=not built,
                    columns=tuple(selected(shape, service.table(shape.table))),
                    query=f"get_{constant.lower()}",
                    schema=schema(shape, "auth", homes),
                    built=answer(shape, "auth", homes, {}),
                    variable=constant.lower(),
                )
            )
    if columns := loose_columns(endpoint.success.body):
        found.append(_loose_row(endpoint, [column.column for column in columns], service))
    return found


def _loose_row(endpoint: Endpoint, names: list[str], service: Service) -> RowView:
    """Columns that an answer has beside what is no column, read as a row of their own.

    It is called after the object that has them, which several answers can share.
    """
    table = service.table(endpoint.table or "")
    around = [shape for shape in objects_of(endpoint.success.body) if shape is not endpoint.success.body]
    mixed = [shape for shape in around if any(isinstance(field.shape, ColumnValue) for field in shape.fields)]
    inner = mixed[0] if len(mixed) == 1 and len(loose_columns(mixed[0])) == len(names) else None
    name = snake(inner.name) if inner else f"{endpoint.name}_columns"
    return RowView(
        constant=name.upper(),
        own=True,
        columns=tuple(column_code(table, column) for column in dict.fromkeys(names)),
        query=f"get_{name}",
        schema="RowMapping",
        built="row",
        variable="row",
    )


def accounts_view(service: Service, homes: Homes) -> AccountsView | None:
    """None where nobody signs in."""
    if service.accounts is None:
        return None
    accounts = service.accounts
    table = service.table(accounts.table)
    key = table.primary_key[0]
    endpoints = [endpoint for endpoint in service.endpoints if endpoint.operation in ACCOUNT_OPERATIONS]
    operations = {endpoint.operation for endpoint in endpoints}
    rows = {row.constant: row for endpoint in endpoints for row in account_rows(endpoint, service, homes)}
    shapes = [shape for endpoint in endpoints for shape in objects_of(endpoint.success.body)]
    authenticates = any(endpoint.access is not Access.ANYONE for endpoint in service.endpoints)
    tokens = tokens_view(accounts, service, authenticates=authenticates)
    new_fields = _new_fields(table, accounts)
    needed = frozenset(c.attribute for c in table.columns if c.required or c.name == accounts.identity)
    asking = caller_columns(service)
    signs_in = any(one.operation is Operation.LOGIN or Grant.PASSWORD in one.grants for one in endpoints)
    updates = [_update(e, service, homes) for e in endpoints if e.operation is Operation.UPDATE_ME]
    return AccountsView(
        scheme=accounts.scheme,
        token_description=_token_description(endpoints, accounts),
        outside=accounts.outside,
        access_token_seconds=accounts.access_token_seconds,
        refresh_token_seconds=accounts.refresh_token_seconds,
        table_name=table.name,
        model=table.class_name,
        key=column_code(table, key.name),
        key_type=python_type(key.type),
        key_name=key.attribute,
        caller=tuple(
            (column.attribute, python_type(column.type) + (" | None" if column.nullable else "")) for column in asking
        ),
        caller_columns=tuple(
            column_code(table, name)
            for name in [
                *(column.name for column in asking),
                *([accounts.password_hash] if tokens.marked and accounts.password_hash else []),
            ]
        ),
        tokens=tokens,
        role=table.column(accounts.role).attribute if accounts.role else "",
        membership=membership_view(service),
        asks_for_roles=any(endpoint.roles for endpoint in service.endpoints),
        asks_who=any(endpoint.roles or endpoint.entry for endpoint in service.endpoints),
        roles_in=place_of_roles(accounts),
        place=accounts.roles.memberships.place or "" if accounts.roles.memberships is not None else "",
        roles=tuple((name, roles) for roles, name in dependencies(service).items()),
        resource=resource(table.name, service),
        key_of_subject=_FROM_SUBJECT.get(key.type.kind, 'claims["sub"]'),
        identity=table.column(accounts.identity).attribute,
        hash=table.column(accounts.password_hash).attribute if accounts.password_hash else "",
        sessions=accounts.sessions is not None,
        mails=mails_view(service),
        oauth2=oauth2_view(service),
        names=tuple(column.attribute for column in names_of(service)),
        name_columns=tuple(column_code(table, column.name) for column in names_of(service)),
        reads_names=not accounts.common_passwords
        and (Operation.CHANGE_PASSWORD in operations or any(update.takes_password for update in updates)),
        service_name=service.name,
        session_key=_session_key(accounts, service),
        authenticates=authenticates,
        optional=any(endpoint.access is Access.OPTIONAL for endpoint in service.endpoints),
        limits_accounts=any(
            limit.per_user and not limit.per_key for endpoint in service.endpoints if (limit := endpoint.rate_limit)
        ),
        logs_in=signs_in,
        token_path=next((e.path for e in endpoints if Grant.PASSWORD in e.grants), ""),
        client_path=next((e.path for e in endpoints if Grant.CLIENT_CREDENTIALS in e.grants), ""),
        scopes=scopes_view(service),
        limits_keys=any(endpoint.rate_limit and endpoint.rate_limit.per_key for endpoint in service.endpoints),
        opens_sessions=any(begins_session(endpoint, service) for endpoint in endpoints),
        refreshes=Operation.REFRESH in operations,
        logs_out=Operation.LOGOUT in operations,
        logs_out_everywhere=Operation.LOGOUT_EVERYWHERE in operations,
        changes_password=Operation.CHANGE_PASSWORD in operations,
        asks_for_password=bool(operations & PASSWORD_OPERATIONS),
        ends_other_sessions=accounts.sessions is not None
        and (Operation.CHANGE_PASSWORD in operations or any(update.takes_password for update in updates)),
        deletes=Operation.DELETE_ME in operations,
        gives_credentials=signs_in
        or Operation.OAUTH2_CALLBACK in operations
        or (Operation.REFRESH in operations and tokens.marked),
        password_min_length=accounts.password_min_length,
        noun=with_article(phrase(table.singular)),
        new_fields=tuple(new_fields),
        needed=needed,
        example_arguments=" ".join(
            f"{option} ..." if attribute in needed else f"[{option} ...]" for attribute, _, option in new_fields
        ),
        rows=tuple(rows.values()),
        registrations=tuple(_registration(e, service, homes) for e in endpoints if e.operation is Operation.REGISTER),
        updates=tuple(updates),
        other_packages=tuple(sorted({homes[shape] for shape in shapes} - {"auth"})),
        api_keys=accounts.api_keys,
        second_factor=_second_factor(service),
        slow_guesses=accounts.slow_guesses,
    )


def account_modules(service: Service) -> list[str]:
    """The modules of `app/auth/` that its router has beside those of every package."""
    if service.accounts is None:
        return []
    accounts = service.accounts
    identities = ["identities"] if accounts.oauth2 else []
    mails = ["mailed_tokens", "mails"] if accounts.mails else []
    return [*identities, *mails, *(["second_factor"] if accounts.second_factor else [])]


def caller_columns(service: Service) -> list[Column]:
    """What is known of who sends a request: the key of the account, and the columns that expressions speak of."""
    if service.accounts is None:
        return []
    table = service.table(service.accounts.table)
    used: set[str | None] = {
        part.column
        for endpoint in service.endpoints
        for expression in (*expressions_of(endpoint), *entry_expressions(endpoint))
        for part in walk(expression)
        if isinstance(part, ColumnOf) and isinstance(part.row, Name) and part.row.name == ACTOR
    }
    if any(endpoint.roles for endpoint in service.endpoints) or _roles_limit_scopes(service):
        used.add(service.accounts.role)
    others = [column for column in table.columns if column.name in used and not column.primary]
    return [*table.primary_key, *others]


def _roles_limit_scopes(service: Service) -> bool:
    """Whether the role of an account says which scopes of a key count."""
    scopes = scopes_view(service)
    return scopes is not None and bool(scopes.roles)


def gives_token(endpoint: Endpoint) -> bool:
    """Whether the endpoint's answer has an access or a refresh token."""
    return endpoint.operation in GIVES_TOKENS or _has_token(endpoint.success.body)


def gives_new_key(endpoint: Endpoint, service: Service) -> bool:
    """Whether the query that registers somebody gives the key of the account: for its token, or for the audit trail."""
    registers = endpoint.operation is Operation.REGISTER
    return registers and (Fact.ACCESS_TOKEN in facts_of(endpoint) or service.audit is not None)


def begins_session(endpoint: Endpoint, service: Service) -> bool:
    """Whether the endpoint begins a session of which it gives a token."""
    with_sessions = service.accounts is not None and service.accounts.sessions is not None
    signs_in = endpoint.operation in (Operation.LOGIN, Operation.TOKEN, Operation.REGISTER, Operation.OAUTH2_CALLBACK)
    gives_token = gives_access_token(endpoint, service) or Fact.REFRESH_TOKEN in facts_of(endpoint)
    for_programs = endpoint.grants == (Grant.CLIENT_CREDENTIALS,)
    return with_sessions and signs_in and gives_token and not for_programs


def _has_token(shape: object) -> bool:
    if not isinstance(shape, Object):
        return False
    return any(
        (isinstance(field.shape, FactValue) and field.shape.fact.value.endswith("_token")) or _has_token(field.shape)
        for field in shape.fields
    )


def _session_key(accounts: Accounts, service: Service) -> str:
    if accounts.sessions is None:
        return ""
    columns = service.table(accounts.sessions).columns
    return next(c.attribute for c in columns if c.reference is not None and c.reference.table == accounts.table)


def _token_description(endpoints: list[Endpoint], accounts: Accounts) -> str:
    givers = [f"{endpoint.method} {endpoint.path}" for endpoint in endpoints if gives_token(endpoint)]
    if accounts.outside is not None:
        return "An access token of the issuer that this service believes."
    told = f"The access token that {' or '.join(givers)} answers." if givers else "An access token."
    return f"{told} Or an API key, but for the account itself and its keys." if accounts.api_keys else told


def _registration(endpoint: Endpoint, service: Service, homes: Homes) -> Registration:
    assert endpoint.body is not None
    password = next(
        field.attribute
        for field in endpoint.body.fields
        if isinstance(field.shape, FactValue) and field.shape.fact.value == "password"
    )
    with_key = gives_new_key(endpoint, service)
    rows = account_rows(endpoint, service, homes)
    key = service.table(service.accounts.table).primary_key[0] if service.accounts else None
    types = [python_type(key.type)] if with_key and key else []
    types += [row.schema for row in rows]
    results = ["id"] if with_key else []
    results += [f"{row.query}(connection, id)" for row in rows]
    return Registration(
        name=endpoint.name,
        body=schema(endpoint.body, "auth", homes),
        password=password,
        begins=begins_session(endpoint, service),
        returns=_returned(types),
        result=", ".join(results),
    )


def _update(endpoint: Endpoint, service: Service, homes: Homes) -> AccountUpdate:
    rows = account_rows(endpoint, service, homes)
    return AccountUpdate(
        name=endpoint.name,
        takes_password=takes_password(endpoint),
        returns=_returned([row.schema for row in rows]),
        result=", ".join(f"{row.query}(connection, account.id)" for row in rows),
    )


def _returned(types: list[str]) -> str:
    return f"tuple[{', '.join(types)}]" if len(types) > 1 else "".join(types) or "None"


def _new_fields(table: Table, accounts: Accounts) -> list[tuple[str, str, str]]:
    """(attribute, annotation, option of the command) of what an account cannot be without, and of its role."""
    needed = [
        column
        for column in table.columns
        if column.name != accounts.password_hash
        and (column.required or column.name in (accounts.identity, accounts.role))
    ]
    return [
        (column.attribute, _annotation(column), f"--{column.attribute.strip('_').replace('_', '-')}")
        for column in needed
    ]


def _annotation(column: Column) -> str:
    """What the command takes of a column, with its default where it may be left out."""
    if column.required or (column.default is None and not column.nullable):
        return constrained(column.type, "Field")
    optional = f"{constrained(column.type, 'Field')}{' | None' if column.nullable else ''}"
    return f"{optional} = {default(column)}"
