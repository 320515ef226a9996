"""Bodies: what a request brings and a response is filled with.

A shape is a tree. Its leaves say where a value comes from (response) or what it is for (request), so that the
renderer never has to guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bkgen.model.expressions import Condition, Expression
from bkgen.model.relations import Relation
from bkgen.model.types import Kind, Type
from bkgen.source import Span


class Fact(StrEnum):
    """Values that are no column: what an operation takes or makes."""

    IDENTITY = "identity"  # the sign-in name in a login or register body (bound to the account's identity column)
    PASSWORD = "password"
    CURRENT_PASSWORD = "current_password"
    NEW_PASSWORD = "new_password"
    EMAIL = "email"  # where a mail is to go
    MAILED_TOKEN = "mailed_token"  # what such a mail has brought
    ACCESS_TOKEN = "access_token"
    REFRESH_TOKEN = "refresh_token"
    TOKEN_TYPE = "token_type"
    EXPIRES_IN = "expires_in"  # seconds that the access token is still valid
    SCOPE = "scope"  # what the access token of a program is held to
    TOTAL = "total"  # how many rows the list has over all pages
    LIMIT = "limit"  # rows on a page
    OFFSET = "offset"  # rows before the page
    PAGE = "page"  # number of the page, from 1
    PAGES = "pages"  # number of pages
    CURSOR = "cursor"  # where the page begins: behind the last row of the page before
    NEXT = "next"  # the cursor of the next page; null on the last one
    HEALTH = "health"  # "ok"
    API_KEY = "api_key"  # a new one, which is shown this once
    CODE = "code"  # of the second factor
    SECOND_FACTOR_SECRET = "secret"  # a new one, which is shown this once
    OTPAUTH_URI = "otpauth_uri"  # the same for an authenticator to scan
    RECOVERY_CODES = "recovery_codes"  # new ones, which are shown this once
    PUBLIC_KEYS = "public_keys"  # those by which access tokens are checked


@dataclass(frozen=True, slots=True)
class ColumnValue:
    """The value of a column of the operation's row."""

    table: str
    column: str
    type: Type  # the column's type, narrowed by what the contract says


@dataclass(frozen=True, slots=True)
class FactValue:
    """A value that the operation takes or makes."""

    fact: Fact
    type: Type


@dataclass(frozen=True, slots=True)
class Constant:
    """Exactly this value (a literal of the contract): any JSON value without objects that have fields to fill."""

    value: Any


@dataclass(frozen=True, slots=True)
class SortKey:
    """One column that rows are ordered by."""

    column: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of the file that a column of the operation's row holds: not JSON, but the whole answer."""

    table: str
    column: str
    type: Type


@dataclass(frozen=True, slots=True)
class Grouping:
    """That an object shows groups of the rows of a table, each of which is alike in the fields `keys`.

    Attributes:
        where: what holds of the rows that are in groups at all; None for all of them.
    """

    table: str
    keys: tuple[str, ...]
    where: Condition | None


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an object.

    Attributes:
        name: on the wire, exactly as in the contract.
        attribute: in Python: a valid identifier, unique in its object. For a column it is the column's attribute.
        required: whether it must be there.
        nullable: whether it may be null.
        empty_is_null: whether an empty text that is sent means null.
    """

    name: str
    attribute: str
    shape: Shape
    required: bool
    nullable: bool
    span: Span
    empty_is_null: bool = False


@dataclass(frozen=True, slots=True)
class Object:
    """A JSON object.

    Attributes:
        name: of its Pydantic model; unique within the module (`package`) that declares it.
        package: the package under `app/` whose `schemas.py` declares the model.
        table: the table whose row fills it, where one does (all leaves are then `ColumnValue`, `Constant`,
            `Computed` or `Nested`); None for an envelope.
        sort: the order of such rows in arrays; empty for the usual one. Of groups, fields: all that tell them apart.
        view: whether the documents give it its name.
        grouping: of what rows it shows groups, where it does; its fields are then all `Computed`.
    """

    name: str
    package: str
    fields: tuple[Field, ...]
    table: str | None
    span: Span
    sort: tuple[SortKey, ...] = ()
    view: bool = False
    grouping: Grouping | None = None


@dataclass(frozen=True, slots=True)
class Array:
    """A JSON array: in a list operation, the rows of the page; in a request, `most` items at most."""

    items: Shape
    span: Span
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Computed:
    """What an expression on the row (`row`), the caller (`actor`) and the time (`now`) gives.

    Attributes:
        formula: as the document has it.
        type: of the value, or of each value where there are `many`.
        column: the column of the row of which this is what a policy shows to who asks; empty for all else.
    """

    expression: Expression
    formula: str
    type: Type
    many: bool
    span: Span
    column: str = ""


@dataclass(frozen=True, slots=True)
class Nested:
    """What belongs to a row: the row that a relation leads to, or null, or an array of the rows that it leads to.

    Attributes:
        visible: what holds of the rows that the caller may see; None for all.
    """

    relation: Relation
    row: Object
    span: Span
    visible: Condition | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A value that a request brings to an action, whose steps say what it is for."""

    type: Type


@dataclass(frozen=True, slots=True)
class StepRow:
    """The row of the step `name` of an action, as it is when all steps are done."""

    name: str
    row: Object
    span: Span


@dataclass(frozen=True, slots=True)
class StepValue:
    """What an expression on the request and the rows of the steps of an action gives.

    Attributes:
        formula: as the document has it.
    """

    expression: Expression
    formula: str
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Links:
    """Values of a request that say which rows the written row is linked with, by a unique column of these.

    Attributes:
        relation: leads from the written row over a table of links to those rows.
        column, type: of the table at its far end.
        adds: whether a value that no row has becomes a new row.
        presets: column of the table of links -> the value that a new link gets.
        owner: column of the written row -> the value that it must have, because presets give it to its links.
        visible: what holds of the rows that the caller may see; None for all.
        most: how many items there may be.
    """

    relation: Relation
    column: str
    type: Type
    adds: bool
    presets: Mapping[str, Expression]
    owner: Mapping[str, Expression]
    visible: Condition | None
    most: int
    span: Span


@dataclass(frozen=True, slots=True)
class Children:
    """The rows below the written row that a request brings with it.

    Attributes:
        relation: leads from the written row to them.
        row: what is sent of each.
        presets: column -> the value that each gets, whatever a client sends.
        owner: column of the written row -> the value that it must have, because presets give it to those below.
        most: how many items there may be.
    """

    relation: Relation
    row: Object
    presets: Mapping[str, Expression]
    owner: Mapping[str, Expression]
    most: int
    span: Span


Shape = (
    ColumnValue
    | Content
    | FactValue
    | Constant
    | Object
    | Array
    | Nested
    | Computed
    | Given
    | StepRow
    | StepValue
    | Links
    | Children
)


def files_in(fields: Iterable[Field]) -> list[Field]:
    """The fields that take files, or show what those are called."""
    return [one for one in fields if isinstance(one.shape, ColumnValue) and one.shape.type.kind is Kind.FILE]


def groups_in(shape: Shape | None) -> Object | None:
    """The object in the answer of a list that shows groups of rows; None where it shows rows."""
    match shape:
        case Object(grouping=Grouping()):
            return shape
        case Object(fields=fields):
            return next((found for field in fields if (found := groups_in(field.shape)) is not None), None)
        case Array(items=items):
            return groups_in(items)
        case _:
            return None


def facts(shape: Shape | None) -> set[Fact]:
    """The facts that a shape is filled with."""
    match shape:
        case FactValue(fact=fact):
            return {fact}
        case Array(items=items):
            return facts(items)
        case Object(fields=fields):
            return set().union(*(facts(field.shape) for field in fields))
        case _:
            return set()


def envelope(request: Object | None) -> Field | None:
    """The one field of a request body that has all others within it: no column takes an object of fields."""
    match request:
        case Object(fields=(Field(shape=Object()) as field,)):
            return field
        case _:
            return None


def without_envelope(request: Object | None) -> Object | None:
    """The fields that an operation takes: those of a request body, or of the object in its envelope."""
    match request:
        case Object(fields=(Field(shape=Object() as inner),)):
            return inner
        case _:
            return request
