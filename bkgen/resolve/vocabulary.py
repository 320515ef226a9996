"""What expressions in documents can speak of, by where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from bkgen.model import actions
from bkgen.model.endpoints import Access, Endpoint, PathParameter, QueryParameter
from bkgen.model.expressions import Expression, Gives, Link, Literal, Member, Name, Record, Row, Value, Values
from bkgen.model.policies import Deed
from bkgen.model.shapes import Array, Children, Computed, Links, Nested, Object, Shape, StepRow, StepValue
from bkgen.model.tables import Table
from bkgen.model.types import Kind, Type
from bkgen.resolve import expressions
from bkgen.resolve.expressions import kinds
from bkgen.resolve.expressions.kinds import NOW
from bkgen.resolve.expressions.parts import walk
from bkgen.resolve.scope import Scope

ROW, ACTOR, PATH, QUERY, BODY = "row", kinds.ACTOR, "path", "query", "body"


def of_row(table: Table, scope: Scope, *, signed_in: bool = False) -> expressions.Scope:
    """What an expression about a row can speak of; `signed_in` where nobody gets there who is not."""
    names: dict[str, Gives] = {ROW: Row(table.name), NOW: Value(Type(Kind.DATETIME))}
    if scope.accounts is not None:
        names[ACTOR] = Row(scope.accounts.table, nullable=not signed_in)
    return words_of(names, scope)


def of_request(
    table: Table,
    access: Access,
    path: Iterable[PathParameter],
    query: Iterable[QueryParameter],
    scope: Scope,
    given: str = "",
) -> expressions.Scope:
    """What an expression about the rows of an endpoint can speak of: the row, who asks, and the request.

    `given` names a query parameter that is there wherever the expression is looked at.
    """
    found = of_row(table, scope, signed_in=access is Access.SIGNED_IN)
    names: dict[str, Gives] = dict(found.names)
    names[PATH] = Record({one.name: Member(one.attribute, Value(one.type)) for one in path})
    values = ((one, Value(one.type, one.optional and not one.many and one.name != given)) for one in query)
    names[QUERY] = Record(
        {one.name: Member(one.attribute, Values(value) if one.many else value) for one, value in values}
    )
    return replace(words_of(names, scope), hidden=hidden(scope), veils=True)


def words_of(names: Mapping[str, Gives], scope: Scope) -> expressions.Scope:
    """What an expression can speak of that has these names."""
    return expressions.Scope(names, scope.tables.by_name, scope.relations.by_table, accounts=scope.accounts)


def of_answer(table: Table, scope: Scope) -> expressions.Scope:
    """What a field of an answer can speak of: the row, who asks, and where other endpoints are."""
    return replace(of_row(table, scope), paths=scope.paths, hidden=hidden(scope), veils=True)


def hidden(scope: Scope) -> frozenset[str]:
    """The tables of whose rows some may not be read by all."""
    rules = ((table, policies.allowed.get(Deed.READ)) for table, policies in scope.policies.items())
    return frozenset(
        table
        for table, rule in rules
        if rule is None or not (isinstance(rule.expression, Literal) and rule.expression.value is True)
    )


def mentions(expression: Expression, *names: str) -> bool:
    """Whether an expression speaks of one of these variables."""
    return any(isinstance(part, Name) and part.name in names for part in walk(expression))


def asks_who(shape: Shape | None) -> bool:
    """Whether what fills a shape depends on who asks."""
    return any(mentions(formula, ACTOR) for formula in formulas_in(shape))


def has_links(shape: Shape | None) -> bool:
    """Whether what fills a shape has URLs of the backend itself."""
    return any(isinstance(part, Link) for formula in formulas_in(shape) for part in walk(formula))


def expressions_of(endpoint: Endpoint) -> Iterator[Expression]:
    """Every expression that says something of what an endpoint does."""
    if endpoint.where is not None:
        yield endpoint.where.expression
    conditions = [endpoint.visible, endpoint.allowed, *(parent.visible for parent in endpoint.parents)]
    conditions += [query.condition for query in endpoint.query]
    yield from (condition.expression for condition in conditions if condition is not None)
    yield from (rule.expression for rule in endpoint.writable.values())
    yield from endpoint.presets.values()
    yield from (one.value for one in endpoint.derived)
    yield from actions.expressions(endpoint.steps)
    yield from actions.policies_in(endpoint.steps)
    yield from formulas_in(endpoint.request)
    yield from formulas_in(endpoint.success.body)


def entry_expressions(endpoint: Endpoint) -> Iterator[Expression]:
    """Every expression that says who gets to an endpoint."""
    if endpoint.entry is not None:
        yield endpoint.entry.condition.expression


def formulas_in(shape: Shape | None) -> Iterator[Expression]:
    """Every expression that fills a part of a shape."""
    match shape:
        case Computed(expression=expression) | StepValue(expression=expression):
            yield expression
        case Object(fields=fields, grouping=grouping):
            if grouping is not None and grouping.where is not None:
                yield grouping.where.expression
            for field in fields:
                yield from formulas_in(field.shape)
        case Array(items=inner) | StepRow(row=inner):
            yield from formulas_in(inner)
        case Links(presets=presets, visible=visible):
            yield from presets.values()
            if visible is not None:
                yield visible.expression
        case Children(presets=presets):
            yield from presets.values()
        case Nested(row=inner, visible=visible):
            if visible is not None:
                yield visible.expression
            yield from formulas_in(inner)
        case _:
            return
