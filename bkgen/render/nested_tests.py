"""Views of the generated tests of answers with rows in them: what is there, and what it costs."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from dataclasses import dataclass

from bkgen.model.endpoints import STEP_OPERATIONS, Endpoint, Operation, QueryParameter
from bkgen.model.in_shapes import row_of
from bkgen.model.service import Service
from bkgen.model.shapes import ColumnValue, Fact, Field, Nested, Object
from bkgen.model.tables import Table
from bkgen.model.types import Kind
from bkgen.render.arguments import takes_account
from bkgen.render.belonging import Arguments, belongs, links, made, refers, shares
from bkgen.render.building import reads_more
from bkgen.render.columns import from_json
from bkgen.render.let_in import entry_there
from bkgen.render.list_tests import valid_value
from bkgen.render.literals import literal
from bkgen.render.naming import USED_IN_TESTS, row_word
from bkgen.render.path_rows import PathRows, path_rows, said_of, visible_above
from bkgen.render.roles import may_by_role, token_fixture
from bkgen.render.routes import default_value, python_path
from bkgen.render.rule_tests import is_ruled
from bkgen.render.scenes import Scene, each_way, together
from bkgen.render.test_bodies import column_of, wire
from bkgen.render.test_lines import used_lines
from bkgen.render.test_values import shape, stands_alone
from bkgen.render.test_views import linked, parent_rows, path_values, row_at
from bkgen.resolve.names import unique
from bkgen.resolve.words import singular

_INCOMPARABLE = frozenset({Kind.JSON, Kind.BYTES, Kind.NUMBER, Kind.DECIMAL, Kind.OBJECT, Kind.ANY, Kind.FILE})


@dataclass(frozen=True, slots=True)
class NestedTest:
    """Tests of an endpoint whose answer has rows within rows.

    Attributes:
        parents: lines that make the rows above in the path.
        lines: lines that make a row with all that belongs to it.
        costly: the same lines, of whose rows nothing is asked afterwards.
        shown: where the row is in the reply; empty where a list does not tell its rows from each other.
        checks: (expression on `shown`, what it is).
        page: what asks for the largest page, as an item of a dictionary.
        query: the function and its arguments, for a list: what is counted.
    """

    name: str
    call: str
    status: int
    token: str
    parents: tuple[str, ...]
    lines: tuple[str, ...]
    costly: tuple[str, ...]
    path: str
    shown: str
    shape: str
    checks: tuple[tuple[str, str], ...]
    page: str
    query: tuple[str, ...]


def nested_test(endpoint: Endpoint, service: Service) -> NestedTest | None:
    """None where the endpoint reads no row within a row."""
    if endpoint.operation in STEP_OPERATIONS:
        return None
    row = row_of(endpoint.success.body)
    if row is None or not reads_more(row) or endpoint.operation not in (Operation.READ, Operation.LIST):
        return None
    table = service.table(endpoint.table or "")
    if is_ruled(endpoint):
        return _counted(endpoint, row, table, service)
    parents, above = parent_rows(endpoint, service)
    variable = row_word(table)
    maker = _Maker(service, {variable, *(line.partition(" = ")[0] for line in parents)})
    lines, checks = maker.make(row, table, variable, above, "shown")
    at, _ = row_at(endpoint.success.body)
    lines += [link] if (link := linked(endpoint, service, variable)) else []
    lists = endpoint.operation is Operation.LIST
    shown = _shown(row, table, variable, at) if lists else f"reply.json{at}"
    path = path_values(endpoint, service, variable) if endpoint.path_parameters else ""
    owners = {p: row_word(service.table(parent.table)) for parent in endpoint.parents for p in parent.parameters}
    account = "rows.caller()" if endpoint.authenticated else "None"
    query = _query(endpoint, owners, variable, account) if lists else []
    return NestedTest(
        name=endpoint.name,
        call=literal(f"{endpoint.method} {python_path(endpoint)}"),
        status=endpoint.success.status,
        token=token_fixture(endpoint, service),
        parents=tuple(parents),
        lines=used_lines(lines, [shown if checks else "", path, *(value for _, value in checks)]),
        costly=used_lines(lines, query),
        path=path,
        shown=shown,
        shape=shape(endpoint.success.body) if endpoint.success.body is not None else "",
        checks=tuple(checks),
        page=_largest_page(endpoint),
        query=tuple(query),
    )


def _counted(endpoint: Endpoint, row: Object, table: Table, service: Service) -> NestedTest | None:
    """The test of what a list costs of which not all rows are there for everyone."""
    if endpoint.operation is not Operation.LIST or endpoint.link is not None:
        return None
    rows = path_rows(endpoint, service)
    scene = next((one for one in _visible(endpoint, rows, service) if _repeats(one, table)), None)
    if scene is None:
        return None
    after = [line for line in scene.after if line not in scene.beside]
    before = [*scene.first, *([scene.caller] if scene.signed_in else []), *scene.before, *scene.beside]
    maker = _Maker(service, {rows.own_word, "caller", *(line.partition(" = ")[0] for line in before)})
    lines, _ = maker.make(row, table, rows.own_word, dict(scene.arguments), "")
    owners = {name: one.word for one in rows.above for name in one.parent.parameters}
    account = "rows.caller(caller)" if scene.signed_in else "None"
    query = _query(endpoint, owners, rows.own_word, account)
    return NestedTest(
        name=endpoint.name,
        call="",
        status=endpoint.success.status,
        token="",
        parents=used_lines(before, [*lines, *after, *query]),
        lines=(),
        costly=used_lines([*lines, *after], query),
        path="",
        shown="",
        shape="",
        checks=(),
        page="",
        query=tuple(query),
    )


def _visible(endpoint: Endpoint, rows: PathRows, service: Service) -> tuple[Scene, ...]:
    """Situations in which a row is listed."""
    rules = [said_of(rows.own, one.expression) for one in (endpoint.where, endpoint.visible) if one is not None]
    rules += visible_above(endpoint, rows, service)
    rules += [one for one in (entry_there(endpoint, rows, service), may_by_role(endpoint, service)) if one is not None]
    signed_in = True if endpoint.authenticated else None
    whole = together([(one, True) for one in rules])
    return each_way(whole, True, rows.table, rows.word, service, signed_in=signed_in, parents=rows.words)


def _repeats(scene: Scene, table: Table) -> bool:
    """Whether the row of a situation can be made several times, whatever the request says."""
    fixed = {attribute for attribute, _ in scene.arguments}
    rules = ({table.column(name).attribute for name in rule} for rule in table.unique_rules)
    return not scene.given and not any(rule <= fixed for rule in rules)


def _shown(row: Object, table: Table, variable: str, at: str) -> str:
    """The row among those that are listed: rows of its table that it needs may be listed too."""
    field = _telling(row, table)
    if field is None or not stands_alone(table.column(column_of(field)), table):
        return ""
    value = wire(table.column(column_of(field)), variable)
    return f"next(row for row in reply.json{at} if row[{literal(field.name)}] == {value})"


def _largest_page(endpoint: Endpoint) -> str:
    limit = next((query for query in endpoint.query if query.fact is Fact.LIMIT), None)
    return f"{literal(limit.name)}: {int(limit.type.maximum or 100)}" if limit else ""


def _query(endpoint: Endpoint, owners: Mapping[str, str], variable: str, account: str) -> list[str]:
    """The function and its arguments; `owners` are the rows above, by the parameters that name them."""
    arguments = [account] if takes_account(endpoint) else []
    arguments += [f"{owners.get(p.attribute, variable)}[{literal(p.column)}]" for p in endpoint.path_parameters]
    arguments += [_argument(query) for query in endpoint.query]
    return [f"queries.{endpoint.name}", *arguments]


def _argument(query: QueryParameter) -> str:
    """What a query parameter is where a query is called without a request."""
    if query.required:
        value = from_json(query.type, valid_value(query))
        return f"[{value}]" if query.many else value
    return default_value(query)


class _Maker:
    """Writes lines that make rows, each with everything that a shape shows of it."""

    def __init__(self, service: Service, taken: set[str]) -> None:
        self._service, self._taken = service, taken

    def make(
        self, row: Object, table: Table, variable: str, arguments: Arguments, shown: str
    ) -> tuple[list[str], list[tuple[str, str]]]:
        """The lines, and (expression, value) of what is then shown at `shown`."""
        before: list[str] = []
        after: list[str] = []
        arguments = dict(arguments)
        checks: list[tuple[str, str]] = []
        for field in row.fields:
            if not isinstance(field.shape, Nested):
                continue
            relation, inner = field.shape.relation, field.shape.row
            target = self._service.table(relation.target)
            at = f"{shown}[{literal(field.name)}]"
            name = self._name(field, many=relation.many)
            if relation.through is None and table.reference_by(relation.pairs, relation.target) and not relation.many:
                attributes = [table.column(own).attribute for own, _ in relation.pairs]
                if all(attribute in arguments for attribute in attributes):
                    continue
                shared = {
                    target.column(there).attribute: arguments[attribute]
                    for attribute, (_, there) in zip(attributes, relation.pairs, strict=True)
                    if attribute in arguments
                }
                lines, found = self.make(inner, target, name, shared, at)
                before += lines
                arguments |= refers(table, relation.pairs, name)
                checks += [*self._same(inner, target, name, at), *found]
                continue
            one = f"{at}[0]" if relation.many else at
            if relation.through is None:
                lines, found = self.make(inner, target, name, belongs(target, relation, variable), one)
                after += lines
            else:
                lines, found = self.make(inner, target, name, shares(relation, variable, self._service), one)
                after += [*lines, links(relation, variable, name, self._service)]
            others = _sharing(field.shape, row) if relation.many else 0
            checks += [(f"len({at})", str(1 + others))] if relation.many else []
            checks += [] if others else [*self._same(inner, target, name, one), *found]
        return [*before, f"{variable} = {made(table, arguments)}", *after], checks

    def _name(self, field: Field, *, many: bool) -> str:
        """What the test calls the row that belongs to a row by a field."""
        word = singular(field.attribute) if many else field.attribute.rstrip("_")
        name = unique(f"its_{word}" if word in USED_IN_TESTS or keyword.iskeyword(word) else word, self._taken)
        self._taken.add(name)
        return name

    def _same(self, row: Object, table: Table, variable: str, shown: str) -> list[tuple[str, str]]:
        field = _telling(row, table)
        if field is None:
            return []
        return [(f"{shown}[{literal(field.name)}]", wire(table.column(column_of(field)), variable))]


def _sharing(nested: Nested, row: Object) -> int:
    """How many other fields of the row make rows of the same links: one shows those, another what is behind them."""
    link = nested.relation.through.table if nested.relation.through else nested.relation.target
    others = [field.shape for field in row.fields if isinstance(field.shape, Nested) and field.shape is not nested]
    across = nested.relation.through is not None
    return sum(
        (
            other.relation.target == link
            if across
            else other.relation.through is not None and other.relation.through.table == link
        )
        for other in others
    )


def _telling(row: Object, table: Table) -> Field | None:
    """The field that tells a row from others, or else any whose value can be compared."""
    fields = [
        field
        for field in row.fields
        if isinstance(field.shape, ColumnValue) and table.column(column_of(field)).type.kind not in _INCOMPARABLE
    ]
    alone = [field for field in fields if stands_alone(table.column(column_of(field)), table)]
    return next(iter(alone or fields), None)
