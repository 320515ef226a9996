"""Views of the generated tests of endpoints that work on some rows only: by their `where`, and by policies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bkgen.model.endpoints import Cause, Endpoint, Operation, Parent
from bkgen.model.expressions import Condition, Expression, Name, Related, Row
from bkgen.model.relations import Relation
from bkgen.model.service import Service
from bkgen.model.tables import Table
from bkgen.render.literals import literal
from bkgen.render.naming import row_word, snake
from bkgen.render.routes import python_path
from bkgen.render.scenes import scene_of
from bkgen.render.test_bodies import column_of, envelope_of, failures, fields_of, wire
from bkgen.render.test_lines import used_lines
from bkgen.render.test_values import as_json, shape, stands_alone
from bkgen.render.test_views import row_at
from bkgen.resolve.expressions.parts import rebuilt
from bkgen.resolve.vocabulary import ROW

Conditions = list[tuple[Expression, bool]]
"""Expressions, and whether each holds."""


@dataclass(frozen=True, slots=True)
class Situation:
    """A call in a situation that a test makes.

    Attributes:
        name: of the test, behind the endpoint's and the status.
        status: what it is answered with; `failure` the assertion on the body of a failure.
        lines: lines that make the situation, the row included.
        token: whether the caller of the scene asks.
        path: the values of the path; empty for none.
        body: changes of the valid body, as items of a dictionary.
        listed: the expression that tells the row in a list; empty elsewhere, and where it cannot be told.
    """

    name: str
    status: int
    failure: str
    lines: tuple[str, ...]
    token: bool
    path: str
    body: tuple[tuple[str, str], ...]
    listed: str


@dataclass(frozen=True, slots=True)
class RuleTests:
    """The tests of one endpoint.

    Attributes:
        unmade: what no situation was found for: the reason that a test is left out.
    """

    name: str
    call: str
    operation: str
    body: str
    envelope: str
    shape: str
    at: str
    key: str
    most: str
    situations: tuple[Situation, ...]
    unmade: tuple[str, ...]


def is_ruled(endpoint: Endpoint) -> bool:
    """Whether the endpoint works on some rows only, or for some callers."""
    return bool(_conditions(endpoint))


def rule_tests(endpoint: Endpoint, service: Service) -> RuleTests:
    table = service.table(endpoint.table or "")
    body = endpoint.success.body
    at, found = row_at(body)
    key = next((field for field in (found.fields if found else ()) if _tells(column_of(field), table)), None)
    situations: list[Situation] = []
    unmade: list[str] = []
    for name, cause, condition in _wanted(endpoint, service):
        made = _situation(name, cause, condition, endpoint, service, column_of(key))
        situations += [made] if made else []
        unmade += [] if made else [name]
    limit = next((query for query in endpoint.query if query.fact is not None and query.fact.value == "limit"), None)
    return RuleTests(
        name=endpoint.name,
        call=literal(f"{endpoint.method} {python_path(endpoint)}"),
        operation=endpoint.operation.value,
        body=f"valid_{snake(endpoint.body.name)}" if endpoint.body else "",
        shape=shape(body) if body is not None else "",
        at=at,
        key=literal(key.name) if key else "",
        envelope=envelope_of(endpoint),
        most=f"{literal(limit.name)}: {int(limit.type.maximum or 100)}" if limit else "",
        situations=tuple(situations),
        unmade=tuple(unmade),
    )


def _tells(column: str, table: Table) -> bool:
    return bool(column) and stands_alone(table.column(column), table)


def _conditions(endpoint: Endpoint) -> list[Condition]:
    own = [endpoint.where, endpoint.visible, endpoint.allowed]
    return [one for one in (*own, *(parent.visible for parent in endpoint.parents)) if one is not None]


def _wanted(endpoint: Endpoint, service: Service) -> Iterable[tuple[str, Cause, Conditions]]:
    """(name, what it leads to, what has to hold) of each situation."""
    above = [about for parent in endpoint.parents if (about := _about_parent(parent, endpoint, service)) is not None]
    seen = [one.expression for one in (endpoint.where, endpoint.visible) if one is not None] + above
    may = [endpoint.allowed.expression] if endpoint.allowed else []
    yield "where_it_may_be", Cause.SUCCESS, [(one, True) for one in (*seen, *may)]
    for one in may:
        yield "where_a_policy_forbids_it", Cause.FORBIDDEN, [*((other, True) for other in seen), (one, False)]
    for place, one in enumerate(seen, 1):
        lists = endpoint.operation is Operation.LIST and one not in above
        number = f"_{place}" if len(seen) > 1 else ""
        others = [(other, True) for other in above if other is not one]
        cause = Cause.SUCCESS if lists else Cause.NOT_FOUND
        yield f"of_a_row_that_is_not_there_for_it{number}", cause, [*others, (one, False)]


def _about_parent(parent: Parent, endpoint: Endpoint, service: Service) -> Expression | None:
    """What holds of a parent, as said of the row below it; None where nothing has to, or it is not right above."""
    if parent.visible is None or parent is not endpoint.parents[-1] or endpoint.link is not None:
        return None
    child, target = service.table(endpoint.table or ""), service.table(parent.table)
    column = child.column(parent.child_column)
    pairs = ((column.name, parent.child_target),)
    relation = Relation(target.singular, child.name, target.name, pairs, None, False, column.nullable, endpoint.span)
    row = Name(ROW, Row(child.name), endpoint.span)
    way = Related(row, relation, Row(target.name, nullable=column.nullable), endpoint.span)
    return _instead(parent.visible.expression, way)


def _instead(expression: Expression, way: Expression) -> Expression:
    """The expression, which speaks of `row`, about the row at the end of a way."""
    if isinstance(expression, Name) and expression.name == ROW:
        return way
    return rebuilt(expression, lambda part: _instead(part, way))


def _situation(
    name: str, cause: Cause, conditions: Conditions, endpoint: Endpoint, service: Service, key: str
) -> Situation | None:
    """The situation in which the conditions are as they say; None where none was found, or it cannot be asked for."""
    table = service.table(endpoint.table or "")
    variable = row_word(table)
    words = _words_above(endpoint, service)
    signed_in = True if endpoint.authenticated else None
    scene = scene_of(conditions, table, variable, service, signed_in=signed_in, parents=words)
    response = endpoint.response(cause)
    if scene is None or response is None or scene.given:
        return None
    creates = endpoint.operation is Operation.CREATE
    body = _sent(dict(scene.arguments), endpoint, table) if creates else []
    if body is None or (creates and scene.after):
        return None
    made = (*scene.first, *([scene.caller] if scene.signed_in else []), *scene.before)
    column = next((column for column in table.columns if column.name == key), None)
    lists = endpoint.operation is Operation.LIST and response.status < 400
    path = _path(endpoint, words, variable)
    listed = wire(column, variable) if column is not None and lists else ""
    token = "caller" if scene.signed_in else ""
    return Situation(
        name=name,
        status=response.status,
        failure=failures(endpoint, service).get(response.status, "") if response.status >= 400 else "",
        lines=used_lines(made if creates else scene.lines, [path, listed, token, *(code for _, code in body)]),
        token=scene.signed_in,
        path=path,
        body=tuple(body),
        listed=listed,
    )


def _words_above(endpoint: Endpoint, service: Service) -> dict[tuple[str, ...], str]:
    """What the test calls the rows above in the path, by the way to them."""
    found: dict[tuple[str, ...], str] = {}
    way: tuple[str, ...] = ()
    for parent in reversed(endpoint.parents):
        way = (*way, parent.child_column)
        found[way] = row_word(service.table(parent.table))
    return {} if endpoint.link else found


def _path(endpoint: Endpoint, words: Mapping[tuple[str, ...], str], variable: str) -> str:
    above = dict(zip(reversed(endpoint.parents), words.values(), strict=False))
    owners = {parameter: word for parent, word in above.items() for parameter in parent.parameters}
    values = (
        f"{literal(p.attribute)}: {owners.get(p.attribute, variable)}[{literal(p.column)}]"
        for p in endpoint.path_parameters
    )
    return "{" + ", ".join(values) + "}" if endpoint.path_parameters else ""


def _sent(given: dict[str, str], endpoint: Endpoint, table: Table) -> list[tuple[str, str]] | None:
    """What the body of a new row has to have; None where a client cannot send it."""
    presets = {table.column(name).attribute for name in endpoint.presets}
    parents = {table.column(endpoint.parents[-1].child_column).attribute} if endpoint.parents else set()
    fields = {table.column(column_of(field)).attribute: field for field in fields_of(endpoint) if column_of(field)}
    found = []
    for attribute, code in given.items():
        if attribute in fields:
            column = table.column(column_of(fields[attribute]))
            found.append((literal(fields[attribute].name), as_json(column.type, code)))
        elif attribute not in presets | parents:
            return None
    return found
