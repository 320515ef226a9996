"""Endpoints resolved to operations."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bkgen.model.actions import Step
from bkgen.model.expressions import Condition
from bkgen.model.shapes import Fact, Object, Shape
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
    REGISTER = "register"
    LOGIN = "login"
    REFRESH = "refresh"
    LOGOUT = "logout"
    ME = "me"
    CHANGE_PASSWORD = "change_password"
    LIVE = "live"
    READY = "ready"
    ACTION = "action"  # the steps that the contract lists


ACCOUNT_OPERATIONS = frozenset(
    {
        Operation.REGISTER,
        Operation.LOGIN,
        Operation.REFRESH,
        Operation.LOGOUT,
        Operation.ME,
        Operation.CHANGE_PASSWORD,
    }
)
HEALTH_OPERATIONS = frozenset({Operation.LIVE, Operation.READY})


class Cause(StrEnum):
    """Why an endpoint answers with a status. Listed in the order in which they are checked."""

    TOO_LARGE = "too_large"  # 413: the body is over the limit
    RATE_LIMITED = "rate_limited"  # 429
    UNAUTHENTICATED = "unauthenticated"  # 401: no token, or one that is not valid
    BAD_CREDENTIALS = "bad_credentials"  # 401: login, change password
    BAD_REFRESH_TOKEN = "bad_refresh_token"  # 401: unknown, expired, used or revoked
    BAD_PATH = "bad_path"  # 404: a path parameter that cannot be of its type
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"  # 415: the body is not JSON
    MALFORMED = "malformed"  # 400 or 422: the body is no valid JSON
    INVALID = "invalid"  # 422 or 400: the body or query is not as the contract says
    NOT_FOUND = "not_found"  # 404: no such row, or no such parent row
    REFUSED = "refused"  # as the contract says: a step of an action finds no row, or a condition false
    TAKEN = "taken"  # 409: a unique rule forbids it
    BAD_REFERENCE = "bad_reference"  # 409: what is sent refers to no row
    REFERRED_TO = "referred_to"  # 409: other rows refer to the row
    UNAVAILABLE = "unavailable"  # 503: the database does not answer
    INTERNAL = "internal"  # 500
    SUCCESS = "success"


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
class QueryParameter:
    """A query parameter: a page control (`fact` LIMIT, OFFSET or PAGE), an equality filter on `column`, or neither,
    where the steps of an action say what it is for.
    """

    name: str
    attribute: str
    type: Type
    required: bool
    default: int | str | None
    fact: Fact | None
    column: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Parent:
    """A row that the path names before the operation's own table (`/users/{user_id}/posts`).

    Attributes:
        table: the parent's table.
        parameters: attributes of the path parameters that select it, in the order of `columns`.
        columns: columns of the parent that the parameters are compared with.
        child_column: the column of the next table on the path (or of `link`) that refers to this parent.
        child_target: the column of the parent that `child_column` refers to.
    """

    table: str
    parameters: tuple[str, ...]
    columns: tuple[str, ...]
    child_column: str
    child_target: str


@dataclass(frozen=True, slots=True)
class Link:
    """A many-to-many table between the last parent and the operation's table (`GET /posts/{post_id}/tags`).

    Attributes:
        table: the link table.
        parent_column: its column that refers to the parent.
        child_column: its column that refers to the operation's table.
        child_target: the column there that `child_column` refers to.
    """

    table: str
    parent_column: str
    child_column: str
    child_target: str


@dataclass(frozen=True, slots=True)
class RateLimit:
    """`requests` in any span of `seconds`, counted per client address or per signed-in user."""

    requests: int
    seconds: int
    per_user: bool
    phrase: str  # as the contract says it
    span: Span


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
        access: who gets to it.
        steps: what an action does, in order; empty for all other operations.
        where: what holds of all rows that it works on, beside what the path says; None for nothing.
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
    body: Object | None
    access: Access
    rate_limit: RateLimit | None
    success: Response
    responses: tuple[Response, ...]
    deprecated: bool
    declared: bool  # False for the health endpoints that every backend has
    span: Span
    description: str = ""
    where: Condition | None = None
    steps: tuple[Step, ...] = ()

    @property
    def authenticated(self) -> bool:
        """Whether a valid access token is needed."""
        return self.access is Access.SIGNED_IN

    def response(self, cause: Cause) -> Response | None:
        """The response that `cause` leads to, where it can happen here."""
        return next((response for response in self.responses if cause in response.causes), None)
