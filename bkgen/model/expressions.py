"""Expressions as typed trees: what the `=` fields, `where`, policies and actions of documents mean.

An expression is a subset of CEL (Common Expression Language). The tree says of every node what it gives, so that the
two ways of rendering it, as SQLAlchemy and as plain Python, need no rules of their own about types.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from bkgen.model.relations import Relation
from bkgen.model.types import Type
from bkgen.source import Span


@dataclass(frozen=True, slots=True)
class Value:
    """A single value; `type` None for the literal null alone."""

    type: Type | None
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: what is added to a moment."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, or none where `nullable`."""

    table: str
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """Any number of rows of a table: what a relation leads to."""

    table: str


@dataclass(frozen=True, slots=True)
class Values:
    """Any number of values: a list literal, an array of a body, a column of rows."""

    item: Value


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a record.

    Attributes:
        attribute: what Python code calls it.
        optional: whether it may be left out, which `has()` tells; Python then has Pydantic's `MISSING` in its place,
            which expressions read as null, and for many as none.
    """

    attribute: str
    gives: Gives
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """Named members: the body, the path, the query, an object in the body; none where `nullable`."""

    members: Mapping[str, Member]
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Records:
    """Any number of records: an array of objects in the body."""

    item: Record


Gives = Value | Duration | Row | Rows | Values | Record | Records


class Operator(StrEnum):
    """Operators of two operands, as CEL spells them."""

    EQUAL = "=="
    NOT_EQUAL = "!="
    LESS = "<"
    LESS_EQUAL = "<="
    GREATER = ">"
    GREATER_EQUAL = ">="
    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"
    REMAINDER = "%"
    AND = "&&"
    OR = "||"
    IN = "in"


class Function(StrEnum):
    """Functions and methods on single values, as documents spell them."""

    SIZE = "size"  # of a string: characters
    LOWER = "lower"
    UPPER = "upper"
    TRIM = "trim"
    SLUG = "slug"
    CONTAINS = "contains"
    STARTS_WITH = "startsWith"
    ENDS_WITH = "endsWith"
    STRING = "string"
    INTEGER = "int"
    NUMBER = "double"
    DATE = "date"  # of a moment: its day, in UTC where it has an offset


class Aggregate(StrEnum):
    """What makes one value of many rows, records or values."""

    SIZE = "size"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    AVG = "avg"


class Quantifier(StrEnum):
    """Conditions on many rows, records or values."""

    EXISTS = "exists"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant; that of a UUID, a date or a time is its text."""

    value: str | int | float | Decimal | bool | timedelta | None
    gives: Value | Duration
    span: Span


@dataclass(frozen=True, slots=True)
class Name:
    """A variable: one of the scope (`row`, `actor`, `body`, `path`, `query`, `now`), or one that a macro binds."""

    name: str
    gives: Gives
    span: Span


@dataclass(frozen=True, slots=True)
class ColumnOf:
    """A column of a row: null where the row is none."""

    row: Expression
    column: str
    gives: Value
    span: Span


@dataclass(frozen=True, slots=True)
class MemberOf:
    """A member of a record."""

    record: Expression
    member: Member
    gives: Gives
    span: Span


@dataclass(frozen=True, slots=True)
class Related:
    """The row or rows that a relation leads to from `row`."""

    row: Expression
    relation: Relation
    gives: Row | Rows
    span: Span


@dataclass(frozen=True, slots=True)
class Held:
    """Whether what an account is signed in by lets it use a permission: all does but an API key without that scope."""

    row: Expression
    scope: str
    gives: Value
    span: Span


@dataclass(frozen=True, slots=True)
class Has:
    """Whether an optional member was given (null or not), or else whether the operand is not null."""

    operand: ColumnOf | MemberOf
    gives: Value
    span: Span


@dataclass(frozen=True, slots=True)
class Not:
    operand: Expression
    gives: Value
    span: Span


@dataclass(frozen=True, slots=True)
class Negative:
    operand: Expression
    gives: Value
    span: Span


@dataclass(frozen=True, slots=True)
class Binary:
    operator: Operator
    left: Expression
    right: Expression
    gives: Value
    span: Span


@dataclass(frozen=True, slots=True)
class Conditional:
    condition: Expression
    yes: Expression
    no: Expression
    gives: Value
    span: Span


@dataclass(frozen=True, slots=True)
class ListOf:
    items: tuple[Expression, ...]
    gives: Values
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """A function on single values; for a method, what it is called on comes first."""

    function: Function
    arguments: tuple[Expression, ...]
    gives: Value
    span: Span


@dataclass(frozen=True, slots=True)
class Link:
    """`url('/todos/{id}')`: the absolute URL of a path whose parts are texts of the document and columns of a row."""

    parts: tuple[str | Expression, ...]
    gives: Value
    span: Span

    @property
    def values(self) -> tuple[Expression, ...]:
        """The parts that rows fill."""
        return tuple(part for part in self.parts if not isinstance(part, str))


@dataclass(frozen=True, slots=True)
class Quantified:
    """`source.exists(variable, condition)`, `source.all(variable, condition)`."""

    quantifier: Quantifier
    source: Expression
    variable: str
    condition: Expression
    gives: Value
    span: Span


@dataclass(frozen=True, slots=True)
class Filtered:
    """`source.filter(variable, condition)`."""

    source: Expression
    variable: str
    condition: Expression
    gives: Rows | Values | Records
    span: Span


@dataclass(frozen=True, slots=True)
class Mapped:
    """`source.map(variable, item)`, in the order of `source`."""

    source: Expression
    variable: str
    item: Expression
    gives: Values
    span: Span


@dataclass(frozen=True, slots=True)
class Sorted:
    """`source.sortBy(variable, key)`."""

    source: Expression
    variable: str
    key: Expression
    gives: Rows | Values | Records
    span: Span


@dataclass(frozen=True, slots=True)
class Aggregated:
    """`size(source)`, `sum(source)`: 0 of none; `min`, `max`, `avg`: null of none."""

    aggregate: Aggregate
    source: Expression
    gives: Value
    span: Span


Expression = (
    Literal
    | Name
    | ColumnOf
    | MemberOf
    | Related
    | Held
    | Has
    | Not
    | Negative
    | Binary
    | Conditional
    | ListOf
    | Call
    | Link
    | Quantified
    | Filtered
    | Mapped
    | Sorted
    | Aggregated
)


@dataclass(frozen=True, slots=True)
class Condition:
    """An expression that is true or false, and its text as the document has it."""

    text: str
    expression: Expression
