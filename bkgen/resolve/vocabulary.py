"""What expressions in documents can speak of, by where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bkgen.model.endpoints import Access, PathParameter, QueryParameter
from bkgen.model.expressions import Expression, Gives, Member, Name, Record, Row, Value
from bkgen.model.shapes import Array, Computed, Nested, Object, Shape, StepRow, StepValue
from bkgen.model.tables import Table
from bkgen.model.types import Kind, Type
from bkgen.resolve import expressions
from bkgen.resolve.expressions.kinds import NOW
from bkgen.resolve.expressions.parts import walk
from bkgen.resolve.scope import Scope

ROW, ACTOR, PATH, QUERY, BODY = "row", "actor", "path", "query", "body"


def of_row(table: Table, scope: Scope, *, signed_in: bool = False) -> expressions.Scope:
    """What an expression about a row can speak of; `signed_in` where nobody gets there who is not."""
    names: dict[str, Gives] = {ROW: Row(table.name), NOW: Value(Type(Kind.DATETIME))}
    if scope.accounts is not None:
        names[ACTOR] = Row(scope.accounts.table, nullable=not signed_in)
    return _scope(names, scope)


def of_request(
    table: Table, access: Access, path: Iterable[PathParameter], query: Iterable[QueryParameter], scope: Scope
) -> expressions.Scope:
    """What an expression about the rows of an endpoint can speak of: the row, who asks, and the request."""
    found = of_row(table, scope, signed_in=access is Access.SIGNED_IN)
    names: dict[str, Gives] = dict(found.names)
    names[PATH] = Record({one.name: Member(one.attribute, Value(one.type)) for one in path})
    names[QUERY] = Record(
        {one.name: Member(one.attribute, Value(one.type, not one.required and one.default is None)) for one in query}
    )
    return _scope(names, scope)


def _scope(names: Mapping[str, Gives], scope: Scope) -> expressions.Scope:
    return expressions.Scope(names, scope.tables.by_name, scope.relations.by_table)


def mentions(expression: Expression, *names: str) -> bool:
    """Whether an expression speaks of one of these variables."""
    return any(isinstance(part, Name) and part.name in names for part in walk(expression))


def asks_who(shape: Shape | None) -> bool:
    """Whether what fills a shape depends on who asks."""
    match shape:
        case Computed(expression=expression) | StepValue(expression=expression):
            return mentions(expression, ACTOR)
        case Object(fields=fields):
            return any(asks_who(field.shape) for field in fields)
        case Array(items=inner) | Nested(row=inner) | StepRow(row=inner):
            return asks_who(inner)
        case _:
            return False
