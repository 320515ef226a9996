"""Whether MongoDB can keep the documents of a backend, whose tables stay in the database.

The generated code is the same either way: `app/mongodb` has what makes operations of its statements. What that has no
operation for, or what would have to be one transaction of two databases, is found here, so that a backend refuses
MONGODB_URL at its start rather than fail in the middle of a request.
"""

from __future__ import annotations

from collections.abc import Iterator

from bkgen.model.actions import Delete, Each, Insert, Load, Update, every, policies_in
from bkgen.model.actions import expressions as expressions_of
from bkgen.model.endpoints import Endpoint
from bkgen.model.expressions import (
    Binary,
    Call,
    ColumnOf,
    Expression,
    Filtered,
    Function,
    Has,
    Literal,
    Mapped,
    Name,
    Not,
    Operator,
    Quantified,
    Quantifier,
    Related,
    Row,
    Rows,
    Sorted,
)
from bkgen.model.in_shapes import rows_in
from bkgen.model.service import Service
from bkgen.model.shapes import Nested, Object, groups_in
from bkgen.render.building import is_computed
from bkgen.render.expressions.nulls import ORDERINGS
from bkgen.resolve.expressions.kinds import is_nullable
from bkgen.resolve.expressions.parts import conjuncts, in_database, walk
from bkgen.resolve.vocabulary import ROW, mentions

_COMPARISONS = frozenset({Operator.EQUAL, Operator.NOT_EQUAL, *ORDERINGS})
_TESTS = (Function.CONTAINS, Function.STARTS_WITH)


def keeps_in_mongodb(service: Service) -> bool:
    """Whether there are documents, and MongoDB can keep them."""
    return any(table.is_collection for table in service.tables) and obstacle_in(service) is None


def obstacle_in(service: Service) -> str | None:
    """The first reason why MongoDB cannot, as the end of a sentence; None where it can."""
    return next(_obstacles(service), None)


def _obstacles(service: Service) -> Iterator[str]:
    collections = frozenset(table.name for table in service.tables if table.is_collection)
    for table in service.tables:
        for reference in table.references:
            if reference.table in collections:
                yield f"rows of `{table.name}` refer to documents of `{reference.table}`"
    for name in sorted(collections & service.policies.keys()):
        policies = service.policies[name]
        if policies.visible:
            yield f"fields of `{name}` are shown by conditions"
        for condition in policies.conditions:
            if not _is_filter(condition.expression):
                yield f"no filter of MongoDB says `{condition.text}`"
    for endpoint in service.endpoints:
        call = f"`{endpoint.method} {endpoint.path}`"
        if endpoint.cache is not None:
            yield f"answers of {call} are kept"
        yield from (f"{call} {reason}" for reason in _of_steps(endpoint, collections))
        if endpoint.table in collections and endpoint.handler is None and not endpoint.steps:
            yield from (f"{call} {reason}" for reason in _of_endpoint(endpoint))


def _of_endpoint(endpoint: Endpoint) -> Iterator[str]:
    """What an endpoint on a collection does that MongoDB has nothing for."""
    body = endpoint.success.body
    if endpoint.idempotency is not None:
        yield "takes keys, which are kept in a table"
    if groups_in(body) is not None:
        yield "puts documents into groups"
    if endpoint.derived:
        yield "gives values that follow from others"
    if any(in_database(preset, frozenset()) for preset in endpoint.presets.values()):
        yield "sets a value that it finds in tables"
    for row in rows_in(body):
        if is_computed(row) or _has_nested(row):
            yield "answers with what is computed of documents"
    conditions = [endpoint.where, *(parameter.condition for parameter in endpoint.query)]
    for condition in conditions:
        if condition is not None and not _is_filter(condition.expression):
            yield f"asks for `{condition.text}`, which no filter of MongoDB says"


def _of_steps(endpoint: Endpoint, collections: frozenset[str]) -> Iterator[str]:
    """What steps do that would be one transaction of two databases, or that MongoDB has nothing for."""
    steps = list(every(endpoint.steps))
    on_documents = [one for one in steps if getattr(one, "table", None) in collections]
    loops = [one.source for one in steps if isinstance(one, Each)]
    if any(_gives(part) & collections for loop in loops for part in walk(loop)):
        yield "goes through documents"
    if any(isinstance(one, Load) for one in on_documents):
        yield "loads a document"
    deleted = [one for one in on_documents if isinstance(one, Delete)]
    if any(one.which.one or one.name for one in deleted):
        yield "deletes one document in a step"
    if on_documents and any(isinstance(one, Insert | Update | Delete) and one not in on_documents for one in steps):
        yield "changes documents and tables in one transaction"
    if deleted:
        conditions = [*(one.which.condition.expression for one in deleted), *policies_in(deleted)]
        if not all(map(_is_filter, conditions)):
            yield "deletes by a condition that no filter of MongoDB says"
    others = [one for one in steps if one not in on_documents]
    if any(_gives(part) & collections for whole in expressions_of(others) for part in walk(whole)):
        yield "speaks of documents"


def _gives(part: Expression) -> frozenset[str]:
    """The table of which a part of an expression is a row, or are rows."""
    gives = part.gives
    return frozenset({gives.table} if isinstance(gives, Row | Rows) else ())


def _has_nested(row: Object) -> bool:
    return any(isinstance(field.shape, Nested) for field in row.fields)


def _is_filter(condition: Expression) -> bool:
    """Whether a filter of MongoDB says it: `row` is a document, and tables are asked before."""
    if not mentions(condition, ROW):
        return True
    match condition:
        case Binary(operator=Operator.AND | Operator.OR, left=left, right=right):
            return _is_filter(left) and _is_filter(right)
        case Not(operand=inner):
            return _is_filter(inner)
        case Binary(operator=operator, left=left, right=right) if operator in _COMPARISONS:
            return _is_value(left) and _is_value(right)
        case Binary(operator=Operator.IN, left=left, right=right):
            if not _is_field(left) or mentions(right, ROW):
                return False
            return not in_database(right, frozenset()) or (_is_plain(right) and not is_nullable(left.gives))
        case Call(function=function, arguments=(text, part)) if function in _TESTS:
            return _is_field(text) and not in_database(part, frozenset({ROW}))
        case Has(operand=operand):
            return _is_field(operand)
        case Quantified(quantifier=Quantifier.EXISTS, source=source, condition=inner):
            return not mentions(source, ROW) and all(map(_is_joined, conjuncts(inner)))
        case ColumnOf():
            return _is_field(condition)
    return False


def _is_joined(condition: Expression) -> bool:
    """Whether it speaks of rows of a table alone, or says that one has what the document has."""
    if not mentions(condition, ROW):
        return True
    match condition:
        case Binary(operator=Operator.EQUAL, left=left, right=right):
            if is_nullable(left.gives) and is_nullable(right.gives):
                return False
            return any(_is_field(one) and _is_column(other) for one, other in ((left, right), (right, left)))
    return False


def _is_plain(source: Expression) -> bool:
    """Whether it is what a column of rows of a table has."""
    match source:
        case Mapped(source=inner, item=item):
            return _is_column(item) and _is_plain(inner)
        case Filtered(source=inner) | Sorted(source=inner):
            return _is_plain(inner)
    return isinstance(source, Related)


def _is_column(expression: Expression) -> bool:
    """Whether it is a column of a row that is no document, nor one that a further relation leads to."""
    return isinstance(expression, ColumnOf) and isinstance(expression.row, Name) and not mentions(expression, ROW)


def _is_value(expression: Expression) -> bool:
    """Whether it is a field, or nothing that a database has to be asked for."""
    return isinstance(expression, Literal) or _is_field(expression) or not in_database(expression, frozenset({ROW}))


def _is_field(expression: Expression) -> bool:
    return isinstance(expression, ColumnOf) and isinstance(expression.row, Name) and expression.row.name == ROW
