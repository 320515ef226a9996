"""Risks of what answers show: personal data and secrets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bkgen.model.endpoints import ACCOUNT_OPERATIONS, Access, Endpoint
from bkgen.model.expressions import (
    Aggregate,
    Aggregated,
    Binary,
    Call,
    ColumnOf,
    Condition,
    Conditional,
    Expression,
    Mapped,
    Row,
)
from bkgen.model.service import Service
from bkgen.model.shapes import (
    Array,
    ColumnValue,
    Computed,
    Nested,
    Object,
    Shape,
    StepRow,
    StepValue,
)
from bkgen.model.types import Kind
from bkgen.resolve.allowed_deeds import NOBODY, truth
from bkgen.resolve.risks.risk import Risk, called, place_of
from bkgen.resolve.risks.sensitive import is_personal, is_secret
from bkgen.source import Span


@dataclass(frozen=True, slots=True)
class Shown:
    """A column that an answer shows, and where it says so; `to_nobody` where nobody sees it who is not signed in."""

    table: str
    column: str
    span: Span
    to_nobody: bool


def shown_columns(endpoint: Endpoint) -> Iterator[Shown]:
    """Every column that the success of an endpoint shows the value of."""
    hidden = any(never(rule) for rule in (endpoint.visible, endpoint.where))
    body = endpoint.success.body
    return _shown(body, body.span if isinstance(body, Object | Array) else endpoint.span, hidden)


def never(rule: Condition | None) -> bool:
    """Whether a condition holds of no row for who is not signed in."""
    return rule is not None and truth(rule.expression, NOBODY) is False


def told_to_anyone(service: Service) -> Iterator[Risk]:
    """`BK905` of what anybody reads without signing in, and `BK906` of all that is shown."""
    sensitive = {
        (table.name, column.name): (table, column)
        for table in service.tables
        for column in table.columns
        if is_secret(column) or is_personal(column)
    }
    for endpoint in service.endpoints:
        for shown in shown_columns(endpoint):
            if (shown.table, shown.column) not in sensitive:
                continue
            table, column = sensitive[shown.table, shown.column]
            about, name = (endpoint.span, *place_of(table, column)), f"{table.name}.{column.name}"
            if is_secret(column) and not column.veiled:
                message = f"{called(endpoint)} shows `{name}`, which is called like a secret"
                fix = f'add "private": true to the column `{column.name}`, and leave it out here'
                yield Risk("BK906", shown.span, message, fix, about, name)
            elif is_personal(column) and _reads(endpoint) and not shown.to_nobody:
                message = f"anyone can read `{name}` by {called(endpoint)}, without signing in"
                visible = f'"policies": {{"visible": {{"{column.name}": "..."}}}}'
                fix = f'leave it out, add "auth": true, or let a policy of `{table.name}` say who sees it: {visible}'
                yield Risk("BK905", shown.span, message, fix, about, name)


def _reads(endpoint: Endpoint) -> bool:
    """Whether anybody can read by it what is there: all else answers with what the caller has sent or may write."""
    return (
        endpoint.method == "GET"
        and endpoint.access is not Access.SIGNED_IN
        and endpoint.operation not in ACCOUNT_OPERATIONS
    )


def _shown(shape: Shape | None, span: Span, hidden: bool) -> Iterator[Shown]:
    match shape:
        case Object(fields=fields):
            for field in fields:
                yield from _shown(field.shape, field.span, hidden)
        case Array(items=items):
            yield from _shown(items, shape.span, hidden)
        case Nested(row=row, visible=visible):
            yield from _shown(row, row.span, hidden or never(visible))
        case StepRow(row=row):
            yield from _shown(row, row.span, hidden)
        case ColumnValue(table=table, column=column):
            yield Shown(table, column, span, hidden)
        case Computed(expression=expression) | StepValue(expression=expression):
            for part, only_signed_in in _values(expression):
                if isinstance(part.row.gives, Row):
                    yield Shown(part.row.gives.table, part.column, span, hidden or only_signed_in)


def _values(expression: Expression, hidden: bool = False) -> Iterator[tuple[ColumnOf, bool]]:
    """The columns whose values an expression gives, not only compares; and whether only who is signed in gets them."""
    match expression:
        case ColumnOf():
            yield expression, hidden
        case Conditional(condition=condition, yes=yes, no=no):
            found = truth(condition, NOBODY)
            yield from _values(yes, hidden or found is False)
            yield from _values(no, hidden or found is True)
        case Call(arguments=parts):
            if expression.gives.type is not None and expression.gives.type.kind is not Kind.BOOLEAN:
                for part in parts:
                    yield from _values(part, hidden)
        case Binary(left=left, right=right, gives=gives):
            if gives.type is not None and gives.type.kind is not Kind.BOOLEAN:
                yield from _values(left, hidden)
                yield from _values(right, hidden)
        case Mapped(item=item):
            yield from _values(item, hidden)
        case Aggregated(aggregate=Aggregate.MIN | Aggregate.MAX, source=source):
            yield from _values(source, hidden)
