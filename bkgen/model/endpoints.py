"""Endpoints resolved to operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bkgen.model import expressions
from bkgen.model.actions import Step
from bkgen.model.expressions import Expression
from bkgen.model.policies import Derived
from bkgen.model.relations import Pairs
from bkgen.model.shapes import (
    ColumnValue,
    Content,
    Fact,
    Field,
    Object,
    Shape,
    SortKey,
    envelope,
    files_in,
    without_envelope,
)
from bkgen.model.types import Type
from bkgen.source import Span


class Operation(StrEnum):
    """What an endpoint does."""

    LIST = "list"
    READ = "read"
    CREATE = "create"
    REPLACE = "replace"
    UPDATE = "update"
    DELETE = "delete"
    CLEAR = "clear"  # deletes the rows of a collection
    REGISTER = "register"
    LOGIN = "login"
    TOKEN = "token"  # as `login`, by the password grant of OAuth2
    REFRESH = "refresh"
    LOGOUT = "logout"
    LOGOUT_EVERYWHERE = "logout_everywhere"
    ME = "me"
    UPDATE_ME = "update_me"
    DELETE_ME = "delete_me"
    CHANGE_PASSWORD = "change_password"
    REQUEST_VERIFICATION = "request_verification"  # mails a link that verifies the address of an account
    VERIFY_EMAIL = "verify_email"
    REQUEST_PASSWORD_RESET = "request_password_reset"  # mails a link that leads to a new password
    RESET_PASSWORD = "reset_password"
    CHANGE_EMAIL = "change_email"  # mails a link to the new address, which takes effect once it is verified
    BEGIN_SECOND_FACTOR = "begin_second_factor"  # makes a secret, which counts for nothing before it is confirmed
    CONFIRM_SECOND_FACTOR = "confirm_second_factor"
    DISABLE_SECOND_FACTOR = "disable_second_factor"
    OAUTH2_LOGIN = "oauth2_login"  # sends the browser to a provider
    OAUTH2_CALLBACK = "oauth2_callback"  # where it comes back, signed in
    PUBLIC_KEYS = "public_keys"  # by which others check the access tokens
    LIVE = "live"
    READY = "ready"
    ACTION = "action"  # the steps that the contract lists
    TRANSITION = "transition"  # of a state, as its column declares it
    HANDLER = "handler"  # a function that the developer writes


MAIL_REQUESTS = frozenset({Operation.REQUEST_VERIFICATION, Operation.REQUEST_PASSWORD_RESET})
"""Those that anyone may ask for by an address: the answer does not tell whether an account has it."""
MAIL_OPERATIONS = MAIL_REQUESTS | {Operation.VERIFY_EMAIL, Operation.RESET_PASSWORD, Operation.CHANGE_EMAIL}
"""Those that work by tokens which are sent by mail."""
PASSWORD_OPERATIONS = frozenset({Operation.CHANGE_PASSWORD, Operation.CHANGE_EMAIL, Operation.BEGIN_SECOND_FACTOR})
"""Those that ask for the present password of the account that is signed in."""
CODE_OPERATIONS = frozenset({Operation.CONFIRM_SECOND_FACTOR, Operation.DISABLE_SECOND_FACTOR})
"""Those of the second factor that take a code of it."""
SECOND_FACTOR_OPERATIONS = CODE_OPERATIONS | {Operation.BEGIN_SECOND_FACTOR}
OAUTH2_OPERATIONS = frozenset({Operation.OAUTH2_LOGIN, Operation.OAUTH2_CALLBACK})
"""Those by which people sign in at a provider."""
ACCOUNT_OPERATIONS = frozenset(
    {
        Operation.REGISTER,
        Operation.LOGIN,
        Operation.TOKEN,
        Operation.REFRESH,
        Operation.LOGOUT,
        Operation.LOGOUT_EVERYWHERE,
        Operation.ME,
        Operation.UPDATE_ME,
        Operation.DELETE_ME,
        Operation.CHANGE_PASSWORD,
        Operation.PUBLIC_KEYS,
    }
    | MAIL_OPERATIONS
    | SECOND_FACTOR_OPERATIONS
    | OAUTH2_OPERATIONS
)
GIVES_TOKENS = (Operation.LOGIN, Operation.TOKEN, Operation.REFRESH, Operation.OAUTH2_CALLBACK)
"""Those whose answer is tokens, whatever a contract says of it."""
HEALTH_OPERATIONS = frozenset({Operation.LIVE, Operation.READY})
CRUD = frozenset(
    {
        Operation.LIST,
        Operation.READ,
        Operation.CREATE,
        Operation.REPLACE,
        Operation.UPDATE,
        Operation.DELETE,
        Operation.CLEAR,
    }
)
STEP_OPERATIONS = frozenset({Operation.ACTION, Operation.TRANSITION})
"""Those that are done step by step, in one transaction."""
FREE_OPERATIONS = STEP_OPERATIONS | {Operation.HANDLER}
"""Operations whose bodies are what the contract says, whatever columns there are."""


class Cause(StrEnum):
    """Why an endpoint answers with a status. Listed in the order in which they are checked."""

    TOO_LARGE = "too_large"  # 413: the body is over the limit
    RATE_LIMITED = "rate_limited"  # 429
    UNAUTHENTICATED = "unauthenticated"  # 401: no token, or one that is not valid
    BAD_CREDENTIALS = "bad_credentials"  # 401: login, change password
    CODE_NEEDED = "code_needed"  # 401: login with the right password, and no code of the second factor
    BAD_CODE = "bad_code"  # 401: a code of the second factor that is wrong, or was used
    BAD_REFRESH_TOKEN = "bad_refresh_token"  # 401: unknown, expired, used or revoked
    BAD_MAILED_TOKEN = "bad_mailed_token"  # 400: unknown, expired or used
    BAD_GRANT = "bad_grant"  # 400: what is no request for tokens, or brings bad credentials
    BAD_CLIENT = "bad_client"  # 401: a request for tokens without an API key that is valid
    BAD_STATE = "bad_state"  # 400: a way back from a provider that did not begin in this browser
    UNVERIFIED = "unverified"  # 403: an account whose address is not verified, or is not by the provider
    WRONG_SCOPE = "wrong_scope"  # 403: an API key that has none of the scopes that the endpoint asks for
    WRONG_ROLE = "wrong_role"  # 403: an account that has none of the roles that the endpoint asks for
    BAD_PATH = "bad_path"  # 404: a path parameter that cannot be of its type
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"  # 415: the body is not JSON
    MALFORMED = "malformed"  # 400 or 422: the body is no valid JSON
    KEY_MISSING = "key_missing"  # 400: no Idempotency-Key where there has to be one
    VERSION_MISSING = "version_missing"  # 428: no If-Match where there has to be one
    INVALID = "invalid"  # 422 or 400: the body or query is not as the contract says
    KEY_REUSED = "key_reused"  # 422: the Idempotency-Key was sent with another request
    NOT_FOUND = "not_found"  # 404: no such row, or no such parent row
    FORBIDDEN = "forbidden"  # 403: the row is there, and a policy lets the caller not do this
    CHANGED = "changed"  # 412: the row has another version than those that If-Match names
    REFUSED = "refused"  # as the contract says: a step of an action, or a handler, does not go on
    SECOND_FACTOR_ON = "second_factor_on"  # 409: another one cannot be begun
    TAKEN = "taken"  # 409: a unique rule forbids it
    TAKEN_BELOW = "taken_below"  # 409: a unique rule forbids a row that is written with the row
    BAD_REFERENCE = "bad_reference"  # 409: what is sent refers to no row
    REFERRED_TO = "referred_to"  # 409: other rows refer to the row
    UNAVAILABLE = "unavailable"  # 503: the database does not answer
    INTERNAL = "internal"  # 500
    SUCCESS = "success"


class Grant(StrEnum):
    """How an endpoint of OAuth2 gives tokens (RFC 6749)."""

    PASSWORD = "password"  # 4.3: for a name and a password
    CLIENT_CREDENTIALS = "client_credentials"  # 4.4: for an API key


class Access(StrEnum):
    """Who gets to an endpoint."""

    ANYONE = "anyone"
    OPTIONAL = "optional"  # anyone, but who sends a token is known, and has to send a good one
    SIGNED_IN = "signed_in"


@dataclass(frozen=True, slots=True)
class Response:
    """One status that an endpoint answers with; two of the same status where only some of its causes have a literal.

    Attributes:
        causes: why it does; at least one.
        body: what a success is filled with; None for no body, and for every error.
        literal: the exact body that the contract gives for an error; None where the service's error shape is used.
        declared: whether the contract lists it; bkgen adds what else the endpoint can answer.
    """

    status: int
    causes: tuple[Cause, ...]
    body: Shape | None
    literal: dict[str, Any] | None
    declared: bool
    span: Span


@dataclass(frozen=True, slots=True)
class PathParameter:
    """A `{name}` in a path, bound to the column that it selects rows by.

    Attributes:
        name: in the path, exactly as in the contract.
        attribute: in Python; unique within the endpoint.
    """

    name: str
    attribute: str
    table: str
    column: str
    type: Type


@dataclass(frozen=True, slots=True)
class Paging:
    """It chooses the page: LIMIT, OFFSET, PAGE or CURSOR."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class Filter:
    """It keeps the rows with this value in a column, or with one of these."""

    column: str


@dataclass(frozen=True, slots=True)
class Condition:
    """It keeps the rows of which a condition holds that speaks of it."""

    where: expressions.Condition


@dataclass(frozen=True, slots=True)
class Search:
    """It keeps the rows that have all of its words in some of the columns."""

    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sort:
    """It orders the rows by columns, each under its name on the wire, descending behind a minus."""

    keys: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Mentioned:
    """It does nothing by itself: the conditions or steps of the endpoint, or of other parameters, speak of it."""


Use = Paging | Filter | Condition | Search | Sort | Mentioned


@dataclass(frozen=True, slots=True)
class QueryParameter:
    """A query parameter.

    Attributes:
        use: what it does.
        type: of its value, or of each of its values where it may be repeated (`many`).
        default: of what is absent, as JSON has it; a tuple where there are `many`.
        description: what the contract says of it; empty where nothing.
    """

    name: str
    attribute: str
    type: Type
    use: Use
    required: bool
    default: bool | int | float | str | tuple[str, ...] | None
    span: Span
    many: bool = False
    description: str = ""

    @property
    def fact(self) -> Fact | None:
        """What it chooses of the page."""
        return self.use.fact if isinstance(self.use, Paging) else None

    @property
    def condition(self) -> expressions.Condition | None:
        """What it says of the rows, beyond what a column is."""
        return self.use.where if isinstance(self.use, Condition) else None

    @property
    def optional(self) -> bool:
        """Whether there may be no value at all."""
        return not self.required and self.default is None


@dataclass(frozen=True, slots=True)
class Parent:
    """A row that the path names before the operation's own table (`/users/{user_id}/posts`).

    Attributes:
        table: the parent's table.
        parameters: attributes of the path parameters that select it, in the order of `columns`.
        columns: columns of the parent that the parameters are compared with.
        pairs: (column of the next table on the path, or of `link`, column of the parent that it refers to).
        visible: what holds of the parents that the caller may see; None for all.
    """

    table: str
    parameters: tuple[str, ...]
    columns: tuple[str, ...]
    pairs: Pairs
    visible: expressions.Condition | None = None

    @property
    def child_columns(self) -> tuple[str, ...]:
        """The columns of the next table on the path that refer to this parent."""
        return tuple(child for child, _ in self.pairs)


@dataclass(frozen=True, slots=True)
class Link:
    """A many-to-many table between the last parent and the operation's table (`GET /posts/{post_id}/tags`).

    Attributes:
        table: the link table.
        pairs: (its column, column of the operation's table that it refers to).
    """

    table: str
    pairs: Pairs


@dataclass(frozen=True, slots=True)
class RateLimit:
    """`requests` in any span of `seconds`, counted per client address or per signed-in user.

    Attributes:
        phrase: as the contract says it.
        per_key: whether each API key of a user counts by itself.
    """

    requests: int
    seconds: int
    per_user: bool
    phrase: str
    span: Span
    per_key: bool = False


@dataclass(frozen=True, slots=True)
class Cache:
    """That the answers of an endpoint are kept for `seconds`, as long as no row changes that they are made of.

    Attributes:
        late: whether what depends on the time may be that much behind.
    """

    seconds: int
    late: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Idempotency:
    """An endpoint that takes an `Idempotency-Key`, and acts once for all requests with the same one.

    Attributes:
        required: whether it must be there.
    """

    required: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Handler:
    """The function `function` of `app/handlers/<module>.py`, which the developer owns; `span` is where it is named."""

    module: str
    function: str
    span: Span

    @property
    def path(self) -> str:
        """Its file in the backend."""
        return f"app/handlers/{self.module}.py"

    @property
    def tests(self) -> str:
        """The file in which its developer shows what it answers."""
        return f"tests/handlers/test_{self.module}.py"


@dataclass(frozen=True, slots=True)
class Entry:
    """What has to hold of the account and the path of who gets to an endpoint, beyond a role that holds everywhere.

    Attributes:
        condition: on `actor` and `path`.
        roles: of which it asks for one within the row of `place` that the path names; empty where the contract has the
            condition itself.
        place: a table; empty likewise.
        row: what it says of that row, on `actor` and `row`; None likewise.
    """

    condition: expressions.Condition
    roles: tuple[str, ...] = ()
    place: str = ""
    row: expressions.Expression | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint with all that is known about it.

    Attributes:
        method: upper case.
        path: with `{name}` parameters, exactly as in the contract.
        name: of its function, unique in the whole service; also the OpenAPI operation id.
        package: folder under `app/` whose router has it: a table's `package`, `auth`, or `health`.
        rule: which rule told the operation, and why: a sentence for `explain`.
        table: what it works on; None for health. Of an action, the table that its code is with.
        key: the path parameters that select the row (read, replace, update, delete), in primary key order.
        parents: rows above it in the path, outermost first.
        request: the whole JSON body.
        access: who gets to it.
        opens_to_keys: whether an API key does as well as an access token.
        scopes: of which a key that has any needs one; empty where no such key opens it.
        grants: the ways in which it gives tokens, where that is what it does by RFC 6749.
        asks: the roles and permissions that the contract names; `roles` are those that pass by them, of which one is
            enough. Empty where any account does. Only with access for the signed in.
        entry: what else asks who gets to it; None for nothing.
        visible: what holds of the rows that the caller may see, and of those that he may do this with, `allowed`; None
            for all.
        writable: column of the body -> what holds of the rows in which the caller may write it.
        presets: column -> the value that a new row gets, whatever a client sends.
        derived: values that follow from what is sent, which this operation gives.
        steps: what an action does, in order; empty for all other operations.
        idempotency: None where it takes no key.
        cache: for how long its answers are kept; None for not at all.
        replica: whether it may read rows from a replica of the database, which is a little behind.
        handler: the function that does it; None for all operations that bkgen writes.
        where: what holds of all rows that it works on, beside what the path says; None for nothing.
        sort: the order of a list; empty for that of its view, or the usual one.
        success: also in `responses`.
        description: what the contract says beyond the summary; free text of one or several lines, empty where nothing.
        responses: every status it can answer, ascending.
    """

    method: str
    path: str
    name: str
    package: str
    summary: str
    operation: Operation
    rule: str
    table: str | None
    path_parameters: tuple[PathParameter, ...]
    key: tuple[PathParameter, ...]
    parents: tuple[Parent, ...]
    link: Link | None
    query: tuple[QueryParameter, ...]
    request: Object | None
    access: Access
    rate_limit: RateLimit | None
    success: Response
    responses: tuple[Response, ...]
    deprecated: bool
    declared: bool  # False for the health endpoints that every backend has
    span: Span
    description: str = ""
    where: expressions.Condition | None = None
    visible: expressions.Condition | None = None
    allowed: expressions.Condition | None = None
    writable: Mapping[str, expressions.Condition] = field(default_factory=dict)
    presets: Mapping[str, Expression] = field(default_factory=dict)
    derived: tuple[Derived, ...] = ()
    sort: tuple[SortKey, ...] = ()
    steps: tuple[Step, ...] = ()
    handler: Handler | None = None
    idempotency: Idempotency | None = None
    cache: Cache | None = None
    replica: bool = False
    asks: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    opens_to_keys: bool = False
    scopes: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()
    entry: Entry | None = None

    @property
    def shared(self) -> tuple[tuple[str, str], ...]:
        """(column that both the path and the presets give to a new row, column of the row above that it refers to)."""
        return tuple(pair for parent in self.parents[-1:] for pair in parent.pairs if pair[0] in self.presets)

    @property
    def authenticated(self) -> bool:
        """Whether a valid access token is needed."""
        return self.access is Access.SIGNED_IN

    @property
    def envelope(self) -> Field | None:
        """The one field of the request that has all that the operation takes within it."""
        return envelope(self.request) if self.operation not in FREE_OPERATIONS else None

    @property
    def body(self) -> Object | None:
        """The fields that the operation takes: the request, or what is in its envelope."""
        return without_envelope(self.request) if self.operation not in FREE_OPERATIONS else self.request

    @property
    def files(self) -> list[Field]:
        """The fields of the request that take files: it is a form then, and no JSON."""
        return files_in(self.body.fields) if self.body is not None else []

    @property
    def file_bytes(self) -> int:
        """How many bytes the files of one request can have together."""
        return sum(one.shape.type.max_bytes or 0 for one in self.files if isinstance(one.shape, ColumnValue))

    @property
    def download(self) -> Content | None:
        """The file that is the answer; None where that is JSON."""
        return self.success.body if isinstance(self.success.body, Content) else None

    def response(self, cause: Cause) -> Response | None:
        """The response that `cause` leads to, where it can happen here."""
        return next((response for response in self.responses if cause in response.causes), None)
