"""Answers that are kept (`cache`): of which endpoints, for how long, and which tables they are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from bkgen.diagnostics import Diagnostics
from bkgen.model.endpoints import Cache, Endpoint, Operation
from bkgen.model.expressions import ColumnOf, Expression, Held, Name, Related
from bkgen.model.in_shapes import objects, row_of
from bkgen.model.relations import Relation
from bkgen.model.service import Service
from bkgen.model.shapes import Array, Nested, Object, Shape
from bkgen.model.tables import OnDelete, Table
from bkgen.resolve.expressions.kinds import NOW
from bkgen.resolve.expressions.parts import children, walk
from bkgen.resolve.lookup import Tables
from bkgen.resolve.nodes import flag, span_of
from bkgen.resolve.routes import Route
from bkgen.resolve.times import MOST_SECONDS, read_seconds
from bkgen.resolve.vocabulary import ACTOR, expressions_of, mentions
from bkgen.source import Map, Node, plain

_READS = (Operation.LIST, Operation.READ)
_EXAMPLES = 'write it like "60 seconds", "5 minutes", or 90 for seconds'


def with_cache(endpoint: Endpoint, route: Route, tables: Tables, diagnostics: Diagnostics) -> Endpoint:
    """The endpoint with the cache that its contract asks for; without where it can have none, which is reported."""
    node = route.node.get("cache")
    if node is None:
        return endpoint
    if (reason := _obstacle(endpoint, tables)) is not None:
        diagnostics.add("BK741", span_of(route.node, "cache"), f"{route} {reason}", "remove `cache`")
        return endpoint
    said = node.get("for") if isinstance(node, Map) else node
    seconds = _seconds(said) if said is not None else None
    if said is None or seconds is None or not 0 < seconds <= MOST_SECONDS:
        found = f"`{str(plain(said))[:60]}`" if said is not None else "this"
        problem = "is no time" if seconds is None else "is out of range: from 1 second to 31 days"
        diagnostics.add("BK740", (said or node).span, f"{found} {problem}", _EXAMPLES)
        return endpoint
    late = isinstance(node, Map) and bool(flag(node, "late"))
    by_time = any(mentions(expression, NOW) for expression in expressions_of(endpoint))
    if by_time and not late:
        message = f"what {route} answers depends on `now`, so an answer that is kept can be behind the time"
        fix = f'write {{"for": {_said(said)}, "late": true}} where that does not matter, or remove `cache`'
        diagnostics.add("BK742", node.span, message, fix)
    if late and not by_time:
        message = f"nothing that {route} answers depends on `now`, so that no answer is late"
        diagnostics.add(
            "BK742", span_of(node, "late") if isinstance(node, Map) else node.span, message, "remove `late`"
        )
    return replace(endpoint, cache=Cache(seconds, late, node.span))


def _obstacle(endpoint: Endpoint, tables: Tables) -> str | None:
    """Why no answer of the endpoint can be kept."""
    if endpoint.handler is not None:
        return "has a handler, and bkgen does not know what that reads"
    if endpoint.method != "GET" or endpoint.operation not in _READS:
        return f"is a `{endpoint.operation}`, and answers are kept of `list` and `read` alone"
    if endpoint.success.status != 200:
        return f"answers with {endpoint.success.status}, and answers that are kept are those of 200"
    if endpoint.download is not None:
        return "answers with a file, which has an `ETag` of its own, and is as quick to read"
    if (
        endpoint.operation is Operation.READ
        and endpoint.table is not None
        and tables[endpoint.table].version is not None
        and row_of(endpoint.success.body) is not None
    ):
        return "tells the version of its row by `ETag`, for `If-Match`, and an answer that is kept has another one"
    return None


def _seconds(node: Node) -> int | None:
    value = plain(node)
    return value if isinstance(value, int) else read_seconds(str(value))


def _said(node: Node) -> str:
    value = plain(node)
    return str(value) if isinstance(value, int) else f'"{value}"'


def tables_read(endpoint: Endpoint, service: Service) -> tuple[str, ...]:
    """The tables whose rows a list or a read is made of, in alphabetical order: what its policies ask is among them.

    What is known of who asks counts for none: it is read anew for each request.
    """
    found = {endpoint.table, *(parent.table for parent in endpoint.parents)}
    found |= {endpoint.link.table} if endpoint.link is not None else set()
    found |= {shape.table for shape in objects(endpoint.success.body)}
    for relation in _relations(endpoint):
        found |= {relation.table, relation.target}
        found |= {relation.through.table} if relation.through is not None else set()
    if service.accounts is not None and any(map(_reads_account, expressions_of(endpoint))):
        found.add(service.accounts.table)
    groups = (shape.grouping for shape in objects(endpoint.success.body) if shape.grouping is not None)
    found |= {grouping.table for grouping in groups}
    return tuple(sorted(table for table in found if table is not None))


def _relations(endpoint: Endpoint) -> Iterator[Relation]:
    for expression in expressions_of(endpoint):
        yield from (part.relation for part in walk(expression) if isinstance(part, Related))
    yield from _nested(endpoint.success.body)


def _nested(shape: Shape | None) -> Iterator[Relation]:
    match shape:
        case Nested(relation=relation, row=row):
            yield relation
            yield from _nested(row)
        case Object(fields=fields):
            for field in fields:
                yield from _nested(field.shape)
        case Array(items=items):
            yield from _nested(items)
        case _:
            return


def _reads_account(expression: Expression) -> bool:
    """Whether an expression leads from the account that asks to other rows."""
    return any(isinstance(part, Related) and _is_actor(part.row) for part in walk(expression))


def asked_columns(endpoint: Endpoint, service: Service) -> tuple[str, ...]:
    """The columns of the account that asks which an answer depends on: its key, too, where it depends on more."""
    if service.accounts is None:
        return ()
    accounts = service.table(service.accounts.table)
    found: set[str] = set()
    for expression in expressions_of(endpoint):
        for part in walk(expression):
            if isinstance(part, ColumnOf) and _is_actor(part.row):
                found.add(part.column)
            elif not isinstance(part, ColumnOf | Held) and any(map(_is_actor, children(part))):
                found |= {column.name for column in accounts.primary_key}
    return tuple(column.name for column in accounts.columns if column.name in found)


def asked_scopes(endpoint: Endpoint) -> tuple[str, ...]:
    """The permissions that an answer asks of what the account is signed in by."""
    parts = (part for expression in expressions_of(endpoint) for part in walk(expression))
    return tuple(sorted({part.scope for part in parts if isinstance(part, Held)}))


def _is_actor(expression: Expression) -> bool:
    return isinstance(expression, Name) and expression.name == ACTOR


def written_with(tables: Iterable[Table], table: str) -> frozenset[str]:
    """The tables whose rows can change when rows of a table are deleted: by references, itself among them."""
    found, seen = [table], {table}
    changed = {table}
    tables = list(tables)
    for name in found:  # which grows while it is read
        for other in tables:
            for reference in other.references:
                if reference.table != name or reference.on_delete in (OnDelete.RESTRICT, OnDelete.NO_ACTION):
                    continue
                changed.add(other.name)
                if reference.on_delete is OnDelete.CASCADE and other.name not in seen:
                    seen.add(other.name)
                    found.append(other.name)
    return frozenset(changed)
