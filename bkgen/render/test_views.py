"""Views of the generated tests of one endpoint on a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bkgen.model.endpoints import Cause, Endpoint, Filter, Operation
from bkgen.model.service import Service
from bkgen.model.shapes import Array, ColumnValue, Fact, FactValue, Field, Object, Shape, groups_in
from bkgen.model.tables import Column, Default, Table
from bkgen.model.types import Kind, Type
from bkgen.render.belonging import Arguments, made, refers
from bkgen.render.columns import from_json
from bkgen.render.computed_tests import ComputedTest, computed_tests
from bkgen.render.conflict_tests import Conflict, conflicts
from bkgen.render.list_tests import ListTests, list_tests, without
from bkgen.render.listed import listed
from bkgen.render.literals import literal
from bkgen.render.naming import row_word
from bkgen.render.nested_write_tests import NestedWriteTest, nested_write_tests
from bkgen.render.roles import PlainCaller, account_with, fixtures
from bkgen.render.routes import python_path
from bkgen.render.samples import impossible
from bkgen.render.shown_links import shown_links
from bkgen.render.test_bodies import (
    bad_fields,
    column_of,
    envelope_of,
    failures,
    fields_of,
    referring,
    wire,
)
from bkgen.render.test_values import (
    a_file,
    another_value,
    most_rows,
    referring_value,
    shape,
    stands_alone,
    unknown_value,
)
from bkgen.render.tidying_tests import TidiedField, tidied_fields
from bkgen.render.valid_bodies import body_call, body_function, known_columns
from bkgen.resolve.files import content_name


@dataclass(frozen=True, slots=True)
class FilterTest:
    """A filter of a list.

    Attributes:
        own: keyword arguments of a row that it must let pass, beside those that all rows have.
        values: keyword arguments of a row that it must not let pass.
    """

    name: str
    own: str
    values: str | None
    column: str
    wire: str


_SIGNS = "a/b%2Fc %?#&+ü"
_ROOM = 40  # for these, and a number


@dataclass(frozen=True, slots=True)
class EndpointTests:
    """What the templates of tests need; all are Python expressions unless said otherwise.

    Attributes:
        call: the endpoint as curl is given it.
        operation: names the template.
        token: the access token that goes with the call, from a `fixture` (name and type); empty for none.
        signs_in: the line that makes a new one.
        parents: lines that make the rows above in the path.
        row: the line that makes the row itself.
        path, unknown_path, foreign: values of path parameters: of the row, of no row, of a row below another parent.
        at: where the row, or the list of rows, is in the answer: `["user"]`, or nothing.
        shape: what the whole answer must be.
        key: field of the answer that names the row; `key_of` its value there for a row `row`.
        stored: keyword arguments that find the created row by the answer `reply`.
        kept, elsewhere: keyword arguments that find the row `row`, and one below another parent, `elsewhere`.
        body: name of the function that makes a valid body; `valid` is its call, where the row is there or those above.
        envelope: the field that the whole body is in; empty where there is none.
        empties: fields whose empty text the answer shows as null.
        tidied: fields of text that the answer shows as they were meant, however they are written.
        compared: names of the fields that must come back as they were sent; None for all.
        missing: names of the fields that must be there; `defaults`, what the answer has of others that are not.
        order: what a list has of the `keys` of rows that were made one after the other; None for any order.
        made: how many rows a list is tested with.
        bad_fields: (field, bad value).
        failures: the assertions on their bodies; of conflicts, `conflicts` know their own.
        computed: the fields of a row that is read which are reckoned.
        lists: what only lists have.
        nested: the fields of the body that write rows of other tables.
        links: (field, URL) of the answer, behind the address of the server.
        odd_row: the line that makes a row with all kinds of signs in its key; empty where that is no free text.
        file, content: of a download: the columns with what the file is, and with its bytes.
        named: (field, file, name in that of a test) of files that the answer shows.
        worded: the statuses whose message is the backend's own, so that it names fields.
    """

    name: str
    call: str
    operation: str
    status: int
    has_body: bool
    token: str
    fixture: str
    signs_in: str
    parents: tuple[str, ...]
    row: str
    variable: str
    has_path: bool
    path: str
    unknown_path: str
    foreign: tuple[str, ...]
    at: str
    shape: str
    model: str
    key: str | None
    key_of: str
    order: str | None
    total: str
    link: str
    filters: tuple[FilterTest, ...]
    stored: str | None
    elsewhere: str
    kept: str
    body: str
    valid: str
    envelope: str
    empties: tuple[str, ...]
    tidied: tuple[TidiedField, ...]
    compared: tuple[str, ...] | None
    missing: tuple[str, ...]
    defaults: tuple[tuple[str, str], ...]
    nullable: str | None
    not_nullable: str | None
    bad_fields: tuple[tuple[str, str], ...]
    conflicts: tuple[Conflict, ...]
    referring: tuple[str, ...]
    made: int
    failures: dict[int | str, str]
    links: tuple[tuple[str, str], ...]
    odd_row: str
    file: str
    content: str
    named: tuple[tuple[str, str, str], ...]
    worded: frozenset[int]
    invalid: int
    limit: str | None
    most: int
    offset: str | None
    page: str | None
    computed: tuple[ComputedTest, ...]
    lists: ListTests
    nested: tuple[NestedWriteTest, ...]


def endpoint_tests(endpoint: Endpoint, service: Service, caller: PlainCaller | None = None) -> EndpointTests:
    """`caller` is who calls an endpoint with rules."""
    table = service.table(endpoint.table or "")
    parents, above = parent_rows(endpoint, service)
    given = dict(caller.arguments) if caller is not None else {}
    variable = row_variable(endpoint, table)
    known = known_columns(endpoint, service, variable, f"{_caller(endpoint, caller, service)}.row")
    refused = conflicts(endpoint, service, table, variable, f"{_caller(endpoint, caller, service)}.row")
    made_lines = [line for one in refused for line in one.setup]
    token, fixture, signs_in = _calls(endpoint, caller, [*known.values(), *made_lines], service)
    body = endpoint.success.body
    at, found = row_at(body)
    key = _key(found, table)
    return EndpointTests(
        name=endpoint.name,
        call=literal(f"{endpoint.method} {python_path(endpoint)}"),
        operation="download" if endpoint.download is not None else endpoint.operation.value,
        status=endpoint.success.status,
        has_body=body is not None,
        token=token,
        fixture=fixture,
        signs_in=signs_in,
        parents=tuple(parents),
        row=made(table, above | given),
        variable=variable,
        has_path=bool(endpoint.path_parameters),
        path=path_values(endpoint, service, variable),
        unknown_path=_unknown_path(endpoint, service),
        foreign=_foreign(endpoint, service, table),
        at=at or _values_at(body),
        shape=shape(body) if body is not None and endpoint.download is None else "None",
        model=table.class_name,
        key=literal(key.name) if key else None,
        key_of=wire(table.column(column_of(key)), "{row}") if key else "",
        order=listed(endpoint, table, column_of(key)),
        total=fact_at(body, Fact.TOTAL),
        link=linked(endpoint, service, variable),
        filters=tuple(_filters(endpoint, table, service, above, given)),
        stored=_stored(found, table, at),
        elsewhere=found_by(table, "elsewhere"),
        kept=found_by(table, variable),
        body=body_function(endpoint),
        valid=body_call(endpoint, known),
        envelope=envelope_of(endpoint),
        empties=empties(endpoint, found),
        tidied=tidied_fields(endpoint, service, shown_names(endpoint, found)),
        compared=compared(endpoint, found),
        missing=tuple(literal(field.name) for field in fields_of(endpoint) if field.required),
        defaults=tuple(_defaults(endpoint, found, table)),
        nullable=nullable(endpoint, found, table),
        not_nullable=not_nullable(endpoint),
        bad_fields=tuple(bad_fields(endpoint)),
        conflicts=tuple(refused),
        referring=tuple(referring(endpoint, service, table, variable)),
        made=int(min(3, most_rows(table, service))),
        failures=failures(endpoint, service),
        links=tuple(shown_links(found, table, variable)),
        odd_row=_odd_row(endpoint, table, above | given),
        file=literal(endpoint.download.column) if endpoint.download is not None else "",
        content=literal(content_name(endpoint.download.column)) if endpoint.download is not None else "",
        named=tuple(_named(endpoint, found)),
        worded=frozenset(r.status for r in endpoint.responses if r.status >= 400 and r.literal is None),
        invalid=response.status if (response := endpoint.response(Cause.INVALID)) else 422,
        limit=next((literal(q.name) for q in endpoint.query if q.fact is Fact.LIMIT), None),
        most=next((int(q.type.maximum or 100) for q in endpoint.query if q.fact is Fact.LIMIT), 100),
        offset=next((literal(q.name) for q in endpoint.query if q.fact is Fact.OFFSET), None),
        page=next((literal(q.name) for q in endpoint.query if q.fact is Fact.PAGE), None),
        computed=tuple(computed_tests(endpoint, found, table, service)) if endpoint.operation is Operation.READ else (),
        lists=without(list_tests(endpoint, table, service, fact_at(body, Fact.NEXT), key is not None), given),
        nested=tuple(nested_write_tests(endpoint, service, known)) if caller is None else (),
    )


def _role(endpoint: Endpoint, caller: PlainCaller | None) -> str:
    """The role that the caller has to have; empty where any will do."""
    return caller.role if caller is not None else next(iter(endpoint.roles), "")


def _caller(endpoint: Endpoint, caller: PlainCaller | None, service: Service) -> str:
    """The fixture with the account that calls."""
    role = _role(endpoint, caller)
    return fixtures(service, "caller")[role] if role else "caller"


def _calls(
    endpoint: Endpoint, caller: PlainCaller | None, codes: Iterable[str], service: Service
) -> tuple[str, str, str]:
    """The token of the calls of an endpoint, the fixture that it is from, and the line that makes a new one.

    `codes` are expressions that may speak of who calls.
    """
    if not (caller.signed_in if caller is not None else endpoint.authenticated):
        return "", "", ""
    role, account = _role(endpoint, caller), _caller(endpoint, caller, service)
    made = account_with(role, service) if role else ""
    if (caller is not None and caller.owns) or any(f"{account}.row[" in code for code in codes):
        return f"{account}.token", f"{account}: Caller", f"{account} = rows.sign_in({made})"
    token = fixtures(service)[role] if role else "token"
    return token, f"{token}: str", f"{token} = rows.sign_in({made}).token"


def found_by(table: Table, variable: str) -> str:
    """Keyword arguments that find the row in a variable by its key."""
    return ", ".join(f"{column.attribute}={variable}[{literal(column.name)}]" for column in table.primary_key)


def _mapping(items: Iterable[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{literal(name)}: {value}" for name, value in items) + "}"


def row_variable(endpoint: Endpoint, table: Table) -> str:
    taken = {parent.table for parent in endpoint.parents}
    return f"own_{row_word(table)}" if table.name in taken else row_word(table)


def parent_rows(endpoint: Endpoint, service: Service) -> tuple[list[str], Arguments]:
    """Lines that make the rows above, and the arguments that put the row itself below them."""
    lines: list[str] = []
    arguments: Arguments = {}
    for parent in endpoint.parents:
        table = service.table(parent.table)
        lines.append(f"{row_word(table)} = {made(table, arguments)}")
        arguments = refers(_child(endpoint, service, len(lines)), parent.pairs, row_word(table))
    if endpoint.link is None:
        return lines, arguments
    link, table = service.table(endpoint.link.table), service.table(endpoint.table or "")
    shared = {there: arguments.get(link.column(here).attribute) for here, there in endpoint.link.pairs}
    return lines, {table.column(name).attribute: code for name, code in shared.items() if code is not None}


def _child(endpoint: Endpoint, service: Service, depth: int) -> Table:
    if depth < len(endpoint.parents):
        return service.table(endpoint.parents[depth].table)
    return service.table(endpoint.link.table if endpoint.link else endpoint.table or "")


def path_values(endpoint: Endpoint, service: Service, variable: str) -> str:
    owners = {
        parameter: row_word(service.table(parent.table))
        for parent in endpoint.parents
        for parameter in parent.parameters
    }
    return _mapping(
        (p.attribute, f"{owners.get(p.attribute, variable)}[{literal(p.column)}]") for p in endpoint.path_parameters
    )


def _odd_row(endpoint: Endpoint, table: Table, arguments: Arguments) -> str:
    for column in (table.column(one.column) for one in endpoint.key if endpoint.operation is Operation.READ):
        type_ = column.type
        free = type_.kind is Kind.STRING and not type_.enum and type_.pattern is None
        fits = (type_.max_length or _ROOM) >= _ROOM and (type_.min_length or 0) <= len(_SIGNS)
        if free and fits and column.name not in table.referring:
            return made(table, arguments | {column.attribute: f"unique({literal(_SIGNS)})"})
    return ""


def _unknown_path(endpoint: Endpoint, service: Service) -> str:
    values = []
    for parameter in endpoint.path_parameters:
        table = service.table(parameter.table)
        values.append((parameter.attribute, unknown_value(table.column(parameter.column), table)))
    return _mapping(values)


def linked(endpoint: Endpoint, service: Service, variable: str) -> str:
    """The line that links a row to its parent, for a list over a many-to-many table; empty elsewhere."""
    if endpoint.link is None:
        return ""
    link = service.table(endpoint.link.table)
    parent = endpoint.parents[-1]
    above = refers(link, parent.pairs, row_word(service.table(parent.table)))
    return made(link, above | refers(link, endpoint.link.pairs, variable))


def _foreign(endpoint: Endpoint, service: Service, table: Table) -> tuple[str, ...]:
    """Lines that make a row below another parent, and leave its path in `path`."""
    if not endpoint.parents or not endpoint.key or endpoint.link:
        return ()
    parent = endpoint.parents[-1]
    if any(parameter.attribute in parent.parameters for parameter in endpoint.key):
        return ()
    above, _ = parent_rows(endpoint, service)
    owners = {p: row_word(service.table(parent.table)) for parent in endpoint.parents for p in parent.parameters}
    path = _mapping(
        (p.attribute, f"{owners.get(p.attribute, 'other')}[{literal(p.column)}]") for p in endpoint.path_parameters
    )
    return (*above, f"other = rows.{row_word(table)}()", f"path = {path}")


def row_at(body: Shape | None, where: str = "") -> tuple[str, Object | None]:
    """Where the row or the rows are in an answer, and their object."""
    match body:
        case Object(table=str()):
            return where, body
        case Array(items=items):
            return where, row_at(items)[1]
        case Object(fields=fields):
            for field in fields:
                at, found = row_at(field.shape, f"{where}[{literal(field.name)}]")
                if found is not None:
                    return at, found
            return "", None
        case _:
            return "", None


def groups_at(body: Shape | None, where: str = "") -> str:
    """Where the array of groups is in an answer."""
    match body:
        case Object(grouping=None, fields=fields):
            inside = (field for field in fields if groups_in(field.shape) is not None)
            return next((groups_at(field.shape, f"{where}[{literal(field.name)}]") for field in inside), where)
        case _:
            return where


def _values_at(body: Shape | None) -> str:
    """Where the array is of a list that shows a column of its rows and no more."""
    fields = body.fields if isinstance(body, Object) else ()
    values = (one for one in fields if isinstance(one.shape, Array) and isinstance(one.shape.items, ColumnValue))
    return next((f"[{literal(one.name)}]" for one in values), "")


def fact_at(body: Shape | None, fact: Fact) -> str:
    if isinstance(body, Object):
        for field in body.fields:
            shape = field.shape.items if isinstance(field.shape, Array) else field.shape
            if isinstance(shape, FactValue) and shape.fact is fact:
                return f"[{literal(field.name)}]"
            if inner := fact_at(field.shape, fact):
                return f"[{literal(field.name)}]{inner}"
    return ""


def nullable(endpoint: Endpoint, found: Object | None, table: Table) -> str | None:
    """A field that may be null and be sent alone, and that the answer `found` has under the same name."""
    sent = {column_of(field) for field in fields_of(endpoint)}
    bound = {
        name
        for one in table.joint
        for name in one.columns
        if any(other in sent and other != name and not table.column(other).nullable for other in one.columns)
    }
    fields = (field for field in fields_of(endpoint) if field.nullable and column_of(field) not in bound)
    return next((literal(field.name) for field in fields if _shown(field, found)), None)


def not_nullable(endpoint: Endpoint) -> str | None:
    """A field of the body that may not be null; of a form, one of which an empty text tells that it is."""
    for field in fields_of(endpoint):
        if isinstance(field.shape, ColumnValue) and not field.nullable:
            type_ = field.shape.type
            if not endpoint.files or type_.kind is Kind.FILE or impossible(type_) is not None:
                return literal(field.name)
    return None


def empties(endpoint: Endpoint, found: Object | None) -> tuple[str, ...]:
    """The fields of the body whose empty text the answer `found` has as null."""
    return tuple(literal(f.name) for f in fields_of(endpoint) if f.empty_is_null and _shown(f, found))


def shown_names(endpoint: Endpoint, found: Object | None) -> set[str]:
    """The names of the fields of the body that the answer `found` has, too."""
    return {field.name for field in fields_of(endpoint) if _shown(field, found)}


def _shown(field: Field, found: Object | None) -> bool:
    return (
        found is not None
        and any(column_of(shown) == column_of(field) and shown.name == field.name for shown in found.fields)
        and bool(column_of(field))
    )


def _key(found: Object | None, table: Table) -> Field | None:
    """The field of the answer that names the row."""
    for field in found.fields if found else ():
        if column_of(field) and stands_alone(table.column(column_of(field)), table):
            return field
    return None


def _named(endpoint: Endpoint, found: Object | None) -> Iterator[tuple[str, str, str]]:
    for field in endpoint.files:
        if isinstance(field.shape, ColumnValue) and _shown(field, found):
            yield literal(field.name), a_file(field.shape.type), field.attribute


def _defaults(endpoint: Endpoint, found: Object | None, table: Table) -> Iterator[tuple[str, str]]:
    """(field, comparison) of what a new row has where the body leaves it out."""
    left_out = {field.name for field in fields_of(endpoint) if not field.required and _shown(field, found)}
    for field in found.fields if found is not None and endpoint.operation is Operation.CREATE else ():
        column = table.column(column_of(field)) if field.name in left_out else None
        if column is None or column.name in table.referring or column.type.kind not in _SPELLED_AS_THEY_ARE:
            continue
        if not isinstance(column.default, Default | None):
            compared = "is" if column.type.kind is Kind.BOOLEAN else "=="
            yield literal(field.name), f"{compared} {literal(column.default)}"


_SPELLED_AS_THEY_ARE = frozenset({Kind.STRING, Kind.INTEGER, Kind.BOOLEAN})


def answer_key(found: Object | None, table: Table) -> tuple[str, str] | None:
    """Name of the field of an answer that names the row, and of its column."""
    key = _key(found, table)
    return (key.name, column_of(key)) if key else None


def _filters(
    endpoint: Endpoint, table: Table, service: Service, above: Arguments, given: Arguments
) -> list[FilterTest]:
    """The tests of filters but for those by columns that all rows are `given`, beside what puts them below others."""
    found = []
    for query in endpoint.query:
        if isinstance(query.use, Filter) and query.optional:
            column = table.column(query.use.column)
            if column.attribute in given:
                continue
            distinct = column.name in table.referring or stands_alone(column, table)
            other = None if distinct else another_value(column, table)
            found.append(
                FilterTest(
                    name=literal(query.name),
                    own=_reference_made(column, table, service, above | given) if column.nullable else "",
                    values=f"{column.attribute}={other}" if other else ("" if distinct else None),
                    column=literal(column.name),
                    wire=wire(column, "{row}"),
                )
            )
    return found


def _reference_made(column: Column, table: Table, service: Service, known: Arguments) -> str:
    """The keyword argument by which a row refers to another; empty where the column refers to nothing.

    Where all else of the reference is `known`, the other row is made to have that.
    """
    if column.name not in table.referring:
        return ""
    reference = next((one for one in table.joint if column.name in one.columns), None)
    if column.reference is None and reference is not None:
        ends = {table.column(here).attribute: there for here, there in reference.pairs}
        end = ends.pop(column.attribute)
        if known.keys() >= ends.keys():
            target = service.table(reference.table)
            rest = {target.column(there).attribute: known[here] for here, there in ends.items()}
            return f"{column.attribute}={made(target, rest)}[{literal(end)}]"
    return f"{column.attribute}={referring_value(column, table, service)}"


def _stored(found: Object | None, table: Table, at: str) -> str | None:
    """Keyword arguments that find the row of an answer, where the answer has its whole key."""
    fields = {column_of(field): field for field in found.fields} if found else {}
    if not all(column.name in fields for column in table.primary_key):
        return None
    arguments = []
    for column in table.primary_key:
        value = f"reply.json{at}[{literal(fields[column.name].name)}]"
        arguments.append(f"{column.attribute}={from_json(column.type, value)}")
    return ", ".join(arguments)


def compared(endpoint: Endpoint, found: Object | None) -> tuple[str, ...] | None:
    """The fields of a body that come back; None where that is all of them."""
    shown = {field.name: column_of(field) for field in found.fields} if found else {}
    fields = fields_of(endpoint)
    names = tuple(
        literal(f.name) for f in fields if shown.get(f.name) == column_of(f) and column_of(f) and not _rounded(f)
    )
    return None if fields and len(names) == len(fields) else names


def _rounded(field: Field) -> bool:
    """Whether the database may give back the value in another spelling."""
    type_ = field.shape.type if isinstance(field.shape, ColumnValue) else Type(Kind.ANY)
    return type_.kind is Kind.DECIMAL and type_.scale is None
