"""Views of `queries.py`: one function per endpoint that works on a table."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bkgen.model.endpoints import Endpoint, Operation
from bkgen.model.expressions import Not, Value
from bkgen.model.in_shapes import loose_columns, row_of
from bkgen.model.policies import Deed
from bkgen.model.service import Service
from bkgen.model.shapes import ColumnValue, Fact, groups_in
from bkgen.model.tables import Table
from bkgen.model.types import Kind, Type
from bkgen.render.action_failures import measured, reckons
from bkgen.render.answers import annotation, answer, answers_module, facts_of
from bkgen.render.arguments import parameters_of
from bkgen.render.building import columns_code, is_composed, is_computed, is_dynamic
from bkgen.render.collections import as_document, to_write
from bkgen.render.columns import column_code, default_value
from bkgen.render.derived import DistinctView, derived_changes, derived_values, distinct_view
from bkgen.render.derived import imports as derived_imports
from bkgen.render.errors import missing_row
from bkgen.render.expressions import Context, python_condition, python_value
from bkgen.render.expressions.imports import imports_of
from bkgen.render.fixed import FixedStatement, fixed_statement
from bkgen.render.groups import GroupView, group_view, joined_rows
from bkgen.render.homes import Homes
from bkgen.render.lists import (
    Conditions,
    CursorView,
    FilterView,
    cursor_view,
    order_code,
    parameter_conditions,
)
from bkgen.render.literals import literal
from bkgen.render.nested_writes import calls as nested_calls
from bkgen.render.nested_writes import dumped, own_columns
from bkgen.render.parents import ParentView, above
from bkgen.render.policies import rule_call, unless_allowed
from bkgen.render.sentences import query_docstring
from bkgen.render.variables import VARIABLES
from bkgen.render.versions import condition, counter_of, selected_version, tells_version
from bkgen.render.writable import WritableView, writable_columns
from bkgen.resolve.expressions.parts import in_database
from bkgen.resolve.files import content_name
from bkgen.resolve.implied import asked_above, columns_in
from bkgen.resolve.nobody import of_signed_in
from bkgen.resolve.policies import deed_of
from bkgen.resolve.vocabulary import PATH, QUERY, ROW, mentions

WRITES = frozenset({Operation.CREATE, Operation.REPLACE, Operation.UPDATE})


@dataclass(frozen=True, slots=True)
class QueryView:
    """A function of `queries.py`.

    Attributes:
        operation: names the template of its body.
        parameters: `name: type`, behind the connection.
        returns: its return annotation.
        columns: what it selects: the columns of the row shape, or the key where it answers with no row.
        definitions: (name, code) of what the conditions use; `imports`: lines that they need.
        conditions: which rows, as SQLAlchemy expressions.
        allowed: with which of them it may be done.
        writable: in which of them columns may be written, that the body has.
        forbidden: the condition, on who asks alone, that ends it before it begins; empty for none.
        required: the row above, with which a new row may be made; empty where nothing is asked of it.
        check: finds the row that was written, which must be allowed then, too; empty for no such check.
        keeps: whether what the write gives back is looked at.
        filters: what holds where a query parameter is given.
        cursor: how a list begins behind a row; None where its pages are numbered.
        joins: `join(...)` arguments.
        order: `order_by(...)` arguments.
        groups: what it puts the rows into; None where it answers with the rows themselves.
        values: what an insert or update writes, as one expression.
        answer: the expression that builds the result from `row` or `rows`; None where there is no body.
        missing: what `NotFound` is told where there is no row.
        reread: reads the row that a write has given by its key, for what the write itself cannot give.
        builds: whether the rows of a list are read all at once, for what belongs to them.
        uses_row: whether `answer` needs the row.
        sent: what a body has of the row itself, as a dictionary.
        same: the condition on the row whose key `row` has.
        derived: lines that add to `changes` what follows from them.
        distinct: the column that gets a text which no other row has; None for none.
        nested: lines that write what belongs to the row, behind the write of itself.
        fixed: the statement, where it is built once; None where each request has its own.
        described, content: the columns with what the file is that is the answer, and with its bytes; empty where it
            is none.
        key: the columns of the primary key.
        unchanged: what holds of the row where nobody has changed it since; empty where that is not asked.
        written: what an update by `changes`, or a replacement by `values`, writes.
        counter: the column that counts changes, where those of what belongs to the row count, too; else empty.
        decorators: what tells the failures of the database that it can lead to.
    """

    name: str
    decorators: tuple[str, ...]
    operation: str
    docstring: str
    model: str
    parameters: tuple[str, ...]
    returns: str
    parents: tuple[ParentView, ...]
    columns: str
    definitions: tuple[tuple[str, str], ...]
    imports: frozenset[str]
    conditions: tuple[str, ...]
    allowed: tuple[str, ...]
    writable: tuple[WritableView, ...]
    forbidden: str
    required: str
    check: str
    keeps: bool
    filters: tuple[FilterView, ...]
    cursor: CursorView | None
    joins: tuple[str, ...]
    order: str
    groups: GroupView | None
    limit: str
    offset: str
    counted: bool
    values: str
    answer: str | None
    missing: str
    reread: str | None
    builds: bool
    uses_row: bool
    sent: str
    same: str
    derived: tuple[str, ...]
    distinct: DistinctView | None
    nested: tuple[str, ...]
    fixed: FixedStatement | None
    described: str
    content: str
    key: str
    unchanged: str
    counter: str
    written: str


def query_view(endpoint: Endpoint, service: Service, homes: Homes) -> QueryView:
    table = service.table(endpoint.table or "")
    body = endpoint.success.body
    row = row_of(body)
    parents, conditions, joins = above(endpoint, service, table)
    conditions += [f"{column_code(table, p.column)} == {p.attribute}" for p in endpoint.key]
    named = ", ".join(conditions)  # which row, as the path says it
    found = Conditions(conditions)
    context = _context(endpoint, table, service)
    joined = joined_rows(endpoint, table, service, context.taken)
    if joined is not None:
        context = replace(context, models=joined.models, joined=context.joined | joined.tables)
        joins = [*(f".join({join})" for join in joins), *joined.joins]
        found.definitions |= joined.aliases
        found.imports |= imports_of([*joined.aliases.values(), *joined.models.values()], service.by_name)
    groups = group_view(endpoint, replace(context, taken=context.taken | set(found.definitions)))
    grouping = shape.grouping if (shape := groups_in(body)) is not None else None
    if grouping is not None and grouping.where is not None:
        found.always += found.add(grouping.where, context)
    if endpoint.where is not None:
        found.always += found.add(endpoint.where, context)
    found.always += [rule_call(table, Deed.READ, endpoint.visible)] if endpoint.visible else []
    parameter_conditions(endpoint, table, context, found)
    cursor = cursor_view(endpoint, table)
    distinct = distinct_view(endpoint, service)
    order = order_code(endpoint, table) if groups is None else []
    required = _required(endpoint, parents, found, service)
    writable = tuple(writable_columns(endpoint, table, service))
    checks = needs_check(endpoint) and not required
    deed = deed_of(endpoint.operation)
    guards = endpoint.allowed is not None and (endpoint.operation is not Operation.CREATE or checks)
    allowed: tuple[str, ...] = (
        (rule_call(table, deed, endpoint.allowed),) if guards and endpoint.allowed and deed else ()
    )
    creates = endpoint.operation is Operation.CREATE
    if creates:
        allowed += tuple(one.condition for one in writable if not one.given)
        writable = tuple(one for one in writable if one.given)
    values: dict[Fact, str] = {
        Fact.TOTAL: "total",
        Fact.LIMIT: _fact_parameter(endpoint, Fact.LIMIT, "limit"),
        Fact.OFFSET: _fact_parameter(endpoint, Fact.OFFSET, "offset"),
        Fact.PAGE: _fact_parameter(endpoint, Fact.PAGE, "page"),
        Fact.NEXT: f"order.cursor(found, {_fact_parameter(endpoint, Fact.LIMIT, 'limit')})",
        Fact.API_KEY: "key.text",
        Fact.PAGES: f"-(-total // {_fact_parameter(endpoint, Fact.LIMIT, 'limit')})",
    }
    facts = facts_of(endpoint)
    makes_key = Fact.API_KEY in facts
    columns = _columns(endpoint, table, homes)
    built = answer(body, endpoint.package, homes, values) if body is not None else None
    returns = annotation(body, endpoint.package, homes)
    if table.version is not None and tells_version(endpoint, service):
        selected, name = selected_version(endpoint, table, table.version)
        columns = ", ".join(part for part in (columns, selected) if part)
        built, returns = f"{built}, row[{literal(name)}]", f"tuple[{returns}, int]"
    computed = row is not None and is_computed(row) and endpoint.operation in WRITES
    nested = tuple(nested_calls(endpoint, service))
    changed = distinct is not None and endpoint.operation is not Operation.CREATE
    checks = checks or (creates and bool(allowed))
    asks_new = creates and bool(allowed or writable)
    check_by_key = asks_new or (checks and _moves(endpoint))
    by_key = computed or bool(nested) or changed or check_by_key
    uses_row = row is not None or bool(loose_columns(body)) or endpoint.download is not None
    varies = distinct is not None or endpoint.download is not None
    varies = varies or (table.is_collection and endpoint.operation in (Operation.REPLACE, Operation.UPDATE))
    varies = varies or (row is not None and is_dynamic(row) and not by_key)
    unchanged, counter = condition(endpoint, table), counter_of(endpoint, table, nested)
    derived = tuple(derived_changes(endpoint, service))
    if not creates:
        asks = found.definitions or joins or groups or endpoint.where or endpoint.visible or cursor
        writes_more = allowed or writable or unchanged or counter or derived or nested
        reads_before = endpoint.operation is Operation.DELETE and row is not None and is_composed(row)
        varies = varies or bool(asks or writes_more) or reads_before
    fixed = None if varies else fixed_statement(endpoint, found.always, table)
    reread = _reread(columns, table) if by_key and uses_row else None
    return QueryView(
        name=endpoint.name,
        decorators=(measured(endpoint),) if reckons(endpoint, service) else (),
        operation=endpoint.operation.value if groups is None else "groups",
        docstring=query_docstring(endpoint, service),
        model=table.class_name,
        parameters=tuple(parameters_of(endpoint, service, homes)),
        returns=returns,
        parents=tuple(parents),
        columns=_key_columns(table, own_columns(endpoint)) if by_key else columns,
        reread=reread,
        definitions=(*found.definitions.items(), *((("key", "KeySecret.new()"),) if makes_key else ())),
        imports=frozenset(found.imports)
        | imports_of(["*".join(order)], service.by_name)
        | imports_of([one.condition for one in writable], service.by_name)
        | derived_imports(endpoint, service)
        | (groups.imports if groups is not None else frozenset()),
        conditions=tuple(found.always),
        allowed=allowed,
        writable=writable,
        forbidden=_check_first(endpoint, service),
        required=required,
        check=(_same_row(table) if check_by_key else named) if checks else "",
        keeps=uses_row or bool(nested) or check_by_key,
        filters=tuple(found.filters),
        cursor=cursor,
        joins=tuple(joins),
        order=", ".join(order),
        groups=groups,
        limit=_fact_parameter(endpoint, Fact.LIMIT, "limit"),
        offset=_offset(endpoint),
        counted=bool(facts & {Fact.TOTAL, Fact.PAGES}),
        values=to_write(_values(endpoint, table, parents, service), endpoint, table, bool(writable)),
        answer=built,
        missing=missing_row(table.name, service),
        builds=row is not None and is_composed(row),
        uses_row=uses_row,
        sent=dumped(endpoint, service),
        same=_same_row(table),
        derived=derived,
        distinct=distinct,
        nested=nested,
        described=literal(file.column) if (file := endpoint.download) is not None else "",
        content=column_code(table, content_name(file.column)) if file is not None else "",
        key=_key_columns(table, []),
        fixed=fixed,
        unchanged=unchanged,
        counter=counter,
        written=as_document("values" if endpoint.operation is Operation.REPLACE else "changes", endpoint, table),
    )


def _context(endpoint: Endpoint, table: Table, service: Service) -> Context:
    """What the conditions of the contract on the rows stand in."""
    return Context(
        service.by_name,
        {**VARIABLES, PATH: "", QUERY: ""},
        models={(ROW,): table.class_name},
        joined=frozenset({table.name, *([endpoint.link.table] if endpoint.link else [])}),
        taken=frozenset({*(p.attribute for p in endpoint.path_parameters), *(q.attribute for q in endpoint.query)}),
    )


def _written(endpoint: Endpoint) -> set[str]:
    """The columns that a body writes."""
    fields = endpoint.body.fields if endpoint.body else ()
    return {field.shape.column for field in fields if isinstance(field.shape, ColumnValue)}


def _moves(endpoint: Endpoint) -> bool:
    """Whether a written row may be another than the one that the path names."""
    above = {column for parent in endpoint.parents for column in parent.child_columns}
    named = {parameter.column for parameter in endpoint.key} | above
    return bool(named & (_written(endpoint) | {one.column for one in endpoint.derived}))


def needs_check(endpoint: Endpoint) -> bool:
    """Whether what is written may be something that the policy does not allow."""
    if endpoint.allowed is None or endpoint.operation not in WRITES:
        return False
    policy = endpoint.allowed.expression
    if endpoint.operation is Operation.CREATE:
        return mentions(policy, ROW)
    return not columns_in(policy).isdisjoint(_written(endpoint))


def _check_first(endpoint: Endpoint, service: Service) -> str:
    """The condition that is asked before anything is written; empty where there is none."""
    if endpoint.operation is not Operation.CREATE or endpoint.allowed is None:
        return ""
    expression = endpoint.allowed.expression
    if mentions(expression, ROW):
        return ""
    if in_database(expression, frozenset()):
        return unless_allowed(service.table(endpoint.table or ""), Deed.CREATE, endpoint.allowed)
    if endpoint.authenticated and service.accounts is not None:
        expression = of_signed_in(expression, service.table(service.accounts.table))
    denied = Not(expression, Value(Type(Kind.BOOLEAN)), expression.span)
    return python_condition(denied, Context(service.by_name, VARIABLES)).code


def _required(endpoint: Endpoint, parents: list[ParentView], found: Conditions, service: Service) -> str:
    """The statement for the row above, with which a new row may be made; empty where the policy says more."""
    if endpoint.operation is not Operation.CREATE or endpoint.allowed is None:
        return ""
    expression = asked_above(endpoint.allowed, endpoint.parents)
    if expression is None:
        return ""
    parent = service.table(endpoint.parents[-1].table)
    if endpoint.authenticated and service.accounts is not None:
        expression = of_signed_in(expression, service.table(service.accounts.table))
    context = Context(service.by_name, VARIABLES, models={(ROW,): parent.class_name}, joined=frozenset({parent.name}))
    conditions = found.add(replace(endpoint.allowed, expression=expression), context)
    return f"select({parents[-1].columns}).where({', '.join([*parents[-1].same, *conditions])})"


def _key_columns(table: Table, others: list[str]) -> str:
    keys = [column.name for column in table.primary_key]
    return ", ".join(column_code(table, name) for name in dict.fromkeys([*keys, *others]))


def _same_row(table: Table) -> str:
    """What is true of the row whose key `row` has."""
    return ", ".join(f"{column_code(table, c.name)} == row[{literal(c.name)}]" for c in table.primary_key)


def _reread(columns: str, table: Table) -> str:
    """The row whose key `row` has, with `columns`."""
    return f"connection.execute(select({columns}).where({_same_row(table)})).mappings().one()"


def _columns(endpoint: Endpoint, table: Table, homes: Homes) -> str:
    """What a query selects: the columns of the row shape and those beside it, or else the key."""
    row = row_of(endpoint.success.body)
    parts = []
    if row is not None:
        parts = [columns_code(row, answers_module(row, endpoint.package, homes) if homes.builds(row) else "")]
    loose = dict.fromkeys(column.column for column in loose_columns(endpoint.success.body))
    parts += [column_code(table, name) for name in loose]
    if (file := endpoint.download) is not None:
        parts = [column_code(table, file.column)]
    return ", ".join(parts) or column_code(table, table.primary_key[0].name)


def _fact_parameter(endpoint: Endpoint, fact: Fact, otherwise: str) -> str:
    return next((query.attribute for query in endpoint.query if query.fact is fact), otherwise)


def _offset(endpoint: Endpoint) -> str:
    for query in endpoint.query:
        if query.fact is Fact.OFFSET:
            return query.attribute
        if query.fact is Fact.PAGE:
            return f"({query.attribute} - 1) * {_fact_parameter(endpoint, Fact.LIMIT, 'limit')}"
    return "0"


def _values(endpoint: Endpoint, table: Table, parents: list[ParentView], service: Service) -> str:
    """What an insert or a replacement writes, as one expression."""
    sent = dumped(endpoint, service) if endpoint.body is not None else "{}"
    known: dict[str, str] = {}
    if endpoint.operation is Operation.CREATE:
        for name, expression in endpoint.presets.items():
            known[table.column(name).attribute] = python_value(expression, Context(service.by_name, VARIABLES)).code
        for parameter in endpoint.key:
            known[table.column(parameter.column).attribute] = parameter.attribute
        if endpoint.parents:
            known |= {table.column(name).attribute: value for name, value in parents[-1].values}
    if endpoint.operation is Operation.REPLACE and endpoint.body is not None:
        for field in endpoint.body.fields:
            if not field.required and isinstance(field.shape, ColumnValue):
                column = table.column(field.shape.column)
                known[column.attribute] = default_value(column)
                if column.type.kind is Kind.FILE:
                    known[table.column(content_name(column.name)).attribute] = "None"
    known |= derived_values(endpoint, service)
    if Fact.API_KEY in facts_of(endpoint):
        known |= {"prefix": "key.prefix", "secret_hash": "key.hash"}
    if not known:
        return sent
    fixed = ", ".join(f"{literal(name)}: {value}" for name, value in known.items())
    return f"{{{fixed}, **{sent}}}" if endpoint.body is not None else f"{{{fixed}}}"
