"""The whole service: what the renderer gets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from bkgen.model.endpoints import Endpoint, RateLimit
from bkgen.model.errors import ErrorShape
from bkgen.model.mails import Mails
from bkgen.model.oauth2 import OAuth2
from bkgen.model.outside_issuer import OutsideIssuer
from bkgen.model.policies import Policies
from bkgen.model.risks import AcceptedRisk
from bkgen.model.roles import Roles
from bkgen.model.states import Transition
from bkgen.model.tables import Column, Reference, Table
from bkgen.source import SourceFile, Span


class Algorithm(StrEnum):
    """How access tokens are signed."""

    HS256 = "HS256"  # with a secret that only this service has
    ES256 = "ES256"  # with a private key on the curve P-256
    RS256 = "RS256"  # with a private RSA key


@dataclass(frozen=True, slots=True)
class TokenRules:
    """What access tokens are, and how they travel.

    Attributes:
        issuer, audience: who they say they are from and for.
        cookies: whether browsers get them in cookies, too.
        outlive_password: whether they stay valid when their account gets another password.
    """

    algorithm: Algorithm
    issuer: str
    audience: str
    cookies: bool
    outlive_password: bool

    @property
    def has_public_keys(self) -> bool:
        """Whether others can check the tokens, by keys that are no secret."""
        return self.algorithm is not Algorithm.HS256


@dataclass(frozen=True, slots=True)
class ApiKeys:
    """What accounts can let programs sign in with.

    Attributes:
        table: whose rows are keys.
        owner: its column that refers to the account.
        prefix: what each key begins with, before an underscore.
        scopes: what keys can be held to; empty where they have no scopes.
    """

    table: str
    owner: str
    prefix: str
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """What accounts can sign in with beside their passwords: codes of an authenticator, and codes to recover by.

    Attributes:
        secrets, recovery: the tables of both.
    """

    secrets: str
    recovery: str


@dataclass(frozen=True, slots=True)
class Accounts:
    """How people sign in.

    Attributes:
        table: whose rows are accounts.
        identity: the column that names the account at login (`email`, `username`), or to an outside issuer.
        by_email: whether that is an e-mail address, which is the same in capitals.
        password_hash: the private column that holds the argon2 hash; None where nobody signs in by a password.
        sessions: the table of revocable sessions; None where no endpoint refreshes or logs out.
        tokens: what access tokens are.
        scheme: of the Authorization header, `Bearer` unless the service says otherwise.
        access_token_seconds, refresh_token_seconds: life times.
        password_min_length: of new passwords, in characters.
        common_passwords: whether a new password may be one that is tried first, or a name of its account.
        role: the column that says what an account may do, an enum; None where there is none.
        api_keys: None where no endpoint works with any.
        second_factor: None where there is none.
        slow_guesses: whether guesses at the password of one account are slowed down, wherever they come from.
        roles: all there are, in that column or in a table of memberships.
        mails: None where accounts get no mail.
        oauth2: None where nobody signs in by a provider.
        outside: None where the service signs the access tokens itself.
    """

    table: str
    identity: str
    by_email: bool
    password_hash: str | None
    sessions: str | None
    scheme: str
    access_token_seconds: int
    refresh_token_seconds: int
    password_min_length: int
    common_passwords: bool
    tokens: TokenRules
    role: str | None = None
    api_keys: ApiKeys | None = None
    second_factor: SecondFactor | None = None
    slow_guesses: bool = False
    roles: Roles = field(default_factory=Roles)
    mails: Mails | None = None
    oauth2: OAuth2 | None = None
    outside: OutsideIssuer | None = None


@dataclass(frozen=True, slots=True)
class Audit:
    """Where security events are written beside the log: a table, or None for nowhere else."""

    table: str | None


@dataclass(frozen=True)
class Service:
    """Everything that was compiled from one set of documents.

    Attributes:
        name: for people (`Login`); package name: `slug`.
        slug: lower-case letters, digits and hyphens, from the name.
        description: as the service document has it; free text of one or several lines, empty where it has none.
        tables: in the order of the documents; those that bkgen added come last.
        insert_order: names of all tables so that each comes after those it refers to; of a circle, after all but one.
        max_body_bytes: larger request bodies are refused with 413.
        rate_limit: of all requests of an address together.
        limits_fail_open: whether each process counts alone, rather than refuse, while Redis does not answer.
        cors_origins: whose pages may call the API; `*` is any.
        cors_setting: whether each machine may have more of them.
        policies, transitions: of the tables that have any, by table.
        documents: the sources, by name.
        span: of the service document; None where there is none.
        accepted: what is insecure about it, and accepted by the documents.
        audit: None where it keeps no audit trail.
    """

    name: str
    slug: str
    version: str
    description: str
    tables: tuple[Table, ...]
    insert_order: tuple[str, ...]
    endpoints: tuple[Endpoint, ...]
    accounts: Accounts | None
    policies: Mapping[str, Policies]
    transitions: Mapping[str, tuple[Transition, ...]]
    errors: ErrorShape
    max_body_bytes: int
    rate_limit: RateLimit | None
    limits_fail_open: bool
    cors_origins: tuple[str, ...]
    cors_setting: bool
    documents: tuple[SourceFile, ...]
    span: Span | None = None
    accepted: tuple[AcceptedRisk, ...] = ()
    audit: Audit | None = None

    @cached_property
    def packages(self) -> Mapping[str, tuple[Endpoint, ...]]:
        """The endpoints of each package, the packages by name."""
        found: defaultdict[str, list[Endpoint]] = defaultdict(list)
        for endpoint in self.endpoints:
            found[endpoint.package].append(endpoint)
        return {package: tuple(endpoints) for package, endpoints in sorted(found.items())}

    @property
    def largest_form(self) -> int:
        """How many bytes the files of one request can have at most; 0 where no request has any."""
        return max((endpoint.file_bytes for endpoint in self.endpoints), default=0)

    @property
    def has_downloads(self) -> bool:
        """Whether an endpoint answers with a file."""
        return any(endpoint.download is not None for endpoint in self.endpoints)

    @property
    def cors(self) -> bool:
        """Whether pages of other origins may call the API."""
        return self.cors_setting or bool(self.cors_origins)

    @cached_property
    def _tables(self) -> Mapping[str, Table]:
        return {table.name: table for table in self.tables}

    @cached_property
    def fewest_bits(self) -> int:
        """Of the integer columns, how wide the narrowest is; 32 where none is narrower."""
        columns = (column.type.bits for table in self.tables for column in table.columns)
        return min((32, *(bits for bits in columns if bits is not None)))

    @property
    def counts_requests(self) -> bool:
        """Whether something is limited by how often it is asked."""
        slows = self.accounts is not None and self.accounts.slow_guesses
        return slows or self.limits_requests

    @property
    def limits_requests(self) -> bool:
        """Whether the service or an endpoint has a rate limit."""
        return self.rate_limit is not None or any(endpoint.rate_limit for endpoint in self.endpoints)

    @property
    def reads_replica(self) -> bool:
        """Whether some endpoint may read from a replica of the database."""
        return any(endpoint.replica for endpoint in self.endpoints)

    @cached_property
    def has_versions(self) -> bool:
        """Whether changes of some rows are counted."""
        return any(table.version for table in self.tables)

    @property
    def by_name(self) -> Mapping[str, Table]:
        """The tables, by name."""
        return self._tables

    def table(self, name: str) -> Table:
        return self._tables[name]

    def refers_ahead(self, table: Table, reference: Reference) -> bool:
        """Whether a reference leads to a table that comes later in `insert_order`: one of each circle does."""
        return self._places[table.name] < self._places[reference.table]

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {name: place for place, name in enumerate(self.insert_order)}

    def signs_in_by_email(self, column: Column) -> bool:
        """Whether the column is an e-mail address by which people sign in, or are written to."""
        accounts = self.accounts
        if accounts is None:
            return False
        names = {accounts.identity} if accounts.by_email else set()
        names |= {accounts.mails.address} if accounts.mails else set()
        return any(column is self.table(accounts.table).column(name) for name in names)
