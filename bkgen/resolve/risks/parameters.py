"""Risks of paths and query strings: secrets in them, and what they tell of columns that are not shown."""

from __future__ import annotations

from collections.abc import Iterator

from bkgen.model.endpoints import Access, Condition, Endpoint, Filter, Paging, QueryParameter, Search, Sort
from bkgen.model.expressions import ColumnOf, Expression, Row
from bkgen.model.service import Service
from bkgen.resolve.expressions.parts import walk
from bkgen.resolve.risks.answers import never, shown_columns
from bkgen.resolve.risks.risk import Risk, called, place_of
from bkgen.resolve.risks.sensitive import is_personal, is_secret, named_secret
from bkgen.source import Span


def secrets_in_addresses(service: Service) -> Iterator[Risk]:
    """`BK908`"""
    for endpoint in service.endpoints:
        for name, span in _secrets(endpoint, service):
            message = f"`{name}` of {called(endpoint)} is a secret in an address, which logs and browsers keep"
            yield Risk("BK908", span, message, 'take it in the "requestBody" of a POST', (endpoint.span,), name)


def telling_parameters(service: Service) -> Iterator[Risk]:
    """`BK912`"""
    for endpoint in service.endpoints:
        shown = {(one.table, one.column) for one in shown_columns(endpoint)} if endpoint.query else set()
        for query in endpoint.query:
            for table, name in _asked(query, endpoint):
                column = service.table(table).column(name)
                secret = is_secret(column) and not (isinstance(query.use, Filter) or named_secret(query.name))
                if (
                    (table, name) in shown
                    or column.veiled
                    or not (secret or _is_for_few(endpoint, table, name, service))
                ):
                    continue
                message = (
                    f"`{query.name}` of {called(endpoint)} finds out `{table}.{name}`, which the answer does not show"
                )
                fix = "remove the parameter" if secret else 'remove the parameter, or add "auth": true'
                about = (endpoint.span, *place_of(service.table(table), column))
                yield Risk("BK912", query.span, message, fix, about, f"{table}.{name}")


def _secrets(endpoint: Endpoint, service: Service) -> Iterator[tuple[str, Span]]:
    for parameter in endpoint.path_parameters:
        if named_secret(parameter.name) or is_secret(service.table(parameter.table).column(parameter.column)):
            yield parameter.name, endpoint.span
    for query in endpoint.query:
        if isinstance(query.use, Paging):
            continue
        column = query.use.column if isinstance(query.use, Filter) else None
        if named_secret(query.name) or (
            column is not None and is_secret(service.table(endpoint.table or "").column(column))
        ):
            yield query.name, query.span


def _is_for_few(endpoint: Endpoint, table: str, column: str, service: Service) -> bool:
    """Whether a column is personal data, and anybody can ask for rows by it without signing in."""
    hidden = endpoint.access is Access.SIGNED_IN or any(never(rule) for rule in (endpoint.visible, endpoint.where))
    return is_personal(service.table(table).column(column)) and not hidden


def _asked(query: QueryParameter, endpoint: Endpoint) -> Iterator[tuple[str, str]]:
    """The columns, each with its table, by which a parameter chooses rows or puts them in order."""
    table = endpoint.table or ""
    match query.use:
        case Filter(column=column):
            yield table, column
        case Search(columns=columns):
            yield from ((table, column) for column in columns)
        case Sort(keys=keys):
            yield from ((table, column) for column in keys.values())
        case Condition(where=where):
            yield from dict.fromkeys(_columns(where.expression))


def _columns(expression: Expression) -> Iterator[tuple[str, str]]:
    for part in walk(expression):
        if isinstance(part, ColumnOf) and isinstance(part.row.gives, Row):
            yield part.row.gives.table, part.column
