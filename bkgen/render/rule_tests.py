"""Views of the generated tests of endpoints that work on some rows only: by their `where`, and by policies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bkgen.model.endpoints import Cause, Endpoint, Operation
from bkgen.model.expressions import ColumnOf, Condition, Expression, Literal, Name, Value
from bkgen.model.service import Service
from bkgen.model.shapes import ColumnValue, Fact, Field
from bkgen.model.tables import Table
from bkgen.render.column_tests import changed, held, stored
from bkgen.render.conflict_tests import Conflict, conflicts
from bkgen.render.errors import resource
from bkgen.render.let_in import entry_there
from bkgen.render.literals import literal
from bkgen.render.new_rows import is_growing
from bkgen.render.path_rows import (
    PathRows,
    allowed_there,
    kept_there,
    may_not_write,
    not_shown,
    path_rows,
    preset_conditions,
    said_of,
    visible_above,
)
from bkgen.render.problems import Problem
from bkgen.render.roles import may_by_role
from bkgen.render.routes import python_path
from bkgen.render.scenes import Scene, each_way, together
from bkgen.render.scenes.constants import Constants
from bkgen.render.test_bodies import column_of, envelope_of, failure, fields_of, wire
from bkgen.render.test_lines import used_lines
from bkgen.render.test_values import as_json, shape, stands_alone
from bkgen.render.test_views import fact_at, found_by, row_at
from bkgen.render.valid_bodies import body_call, body_function, known_columns
from bkgen.render.veiled import Sight, seen, sights
from bkgen.resolve.expressions.kinds import BOOLEAN
from bkgen.resolve.expressions.parts import rebuilt
from bkgen.resolve.implied import columns_in, follows
from bkgen.resolve.vocabulary import ROW


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked of situations, each of them by another reason.

    Attributes:
        name: of the tests, behind the endpoint's and the status.
        cause: what it leads to.
        rule: holds in all of them, or in none: `holds`.
        also: conditions that hold besides.
        writes: the column of a row that is there which gets another value; empty for none.
        value: that value, as JSON; empty for any other one.
        shows: what it shows of a column; None for none.
        conflict: what the database then refuses; None for nothing.
        missing: the table of the row that is not there for who asks; empty where all are.
    """

    name: str
    cause: Cause
    rule: Expression
    holds: bool
    also: tuple[Expression, ...] = ()
    writes: str = ""
    value: str = ""
    shows: Sight | None = None
    conflict: Conflict | None = None
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Situation:
    """A call in a situation that a test makes.

    Attributes:
        name: of the test, behind the endpoint's and the status.
        status: what it is answered with; `failure` the assertion on the body of a failure.
        lines: lines that make the situation, the row included.
        token: whether the caller of the scene asks.
        path: the values of the path; empty for none.
        valid: the call that makes a valid body; empty where there is none.
        body: changes of the valid body, as items of a dictionary.
        setup: lines that make what the body `body` contradicts; `changes` are of that body, empty for none; `again` is
            whether the same call makes it.
        listed: the expression that tells the row in a list; empty elsewhere, and where it cannot be told.
        shown: whether the list has it.
        kept: keyword arguments that find the row, where all rows that may be are deleted.
        found: what else is asserted.
        alone: whether the body has nothing else.
    """

    name: str
    status: int
    failure: str
    lines: tuple[str, ...]
    token: bool
    path: str
    valid: str
    body: tuple[tuple[str, str], ...]
    setup: tuple[str, ...]
    changes: str
    again: bool
    listed: str
    shown: bool
    kept: str
    found: str
    alone: bool


@dataclass(frozen=True, slots=True)
class RuleTests:
    """The tests of one endpoint.

    Attributes:
        total: where a list says how many rows there are; empty where nothing does.
        unmade: what no situation was found for: the reason that a test is left out.
    """

    name: str
    call: str
    operation: str
    body: str
    envelope: str
    shape: str
    model: str
    at: str
    key: str
    most: str
    total: str
    situations: tuple[Situation, ...]
    unmade: tuple[str, ...]


def is_ruled(endpoint: Endpoint) -> bool:
    """Whether the endpoint works on some rows only, or for some callers."""
    return bool(_conditions(endpoint) or endpoint.shared)


def rule_tests(endpoint: Endpoint, service: Service, refused: bool = False) -> RuleTests:
    """With the tests of what the database refuses where they are `refused` here, and not with those of plain calls."""
    table = service.table(endpoint.table or "")
    body = endpoint.success.body
    at, found = row_at(body)
    key = next((field for field in (found.fields if found else ()) if _tells(column_of(field), table)), None)
    situations: list[Situation] = []
    unmade: list[str] = []
    rows = path_rows(endpoint, service)
    roles = [role] if (role := may_by_role(endpoint, service)) is not None else []
    conflicting = _conflicting(endpoint, rows, service) if refused else ()
    plain = (*_wanted(endpoint, rows, service), *_of_columns(endpoint, rows, service))
    for wanted in (*plain, *_forbidden_then(endpoint, rows, service), *conflicting):
        if not wanted.holds and follows(wanted.rule, (*wanted.also, *roles)):
            continue  # there is no such situation
        if wanted.value and any(one.name == wanted.name for one in situations):
            continue  # another value does it
        made = _situations(wanted, rows, endpoint, service, key)
        situations += made
        unmade += [] if made or wanted.value else [wanted.name]
    limit = next((query for query in endpoint.query if query.fact is not None and query.fact.value == "limit"), None)
    return RuleTests(
        name=endpoint.name,
        call=literal(f"{endpoint.method} {python_path(endpoint)}"),
        operation=endpoint.operation.value,
        body=body_function(endpoint),
        shape=shape(body) if body is not None and endpoint.download is None else "",
        model=table.class_name,
        at=at,
        key=literal(key.name) if key else "",
        envelope=envelope_of(endpoint),
        total=fact_at(body, Fact.TOTAL),
        most=f"{literal(limit.name)}: {int(limit.type.maximum or 100)}" if limit else "",
        situations=tuple(situations),
        unmade=tuple(unmade),
    )


def _tells(column: str, table: Table) -> bool:
    return bool(column) and stands_alone(table.column(column), table)


def _conditions(endpoint: Endpoint) -> list[Condition]:
    entry = endpoint.entry.condition if endpoint.entry is not None else None
    own = [entry, endpoint.where, endpoint.visible, endpoint.allowed, *endpoint.writable.values()]
    return [one for one in (*own, *(parent.visible for parent in endpoint.parents)) if one is not None]


def _wanted(endpoint: Endpoint, rows: PathRows, service: Service) -> Iterator[_Wanted]:
    above = visible_above(endpoint, rows, service)
    seen = [said_of(rows.own, rule.expression) for rule in (endpoint.where, endpoint.visible) if rule is not None]
    may = [*allowed_there(endpoint, rows, service), *kept_there(endpoint, service)]
    entry = entry_there(endpoint, rows, service)
    enters = [entry] if entry is not None else []
    if not (enters or seen or above or may):
        return
    whole = together([(one, True) for one in (*enters, *seen, *above, *(rule for _, rule in may))])
    yield _Wanted("where_it_may_be", Cause.SUCCESS, whole, True)
    for one in enters:
        yield _Wanted("where_the_account_may_not_come_in", Cause.WRONG_ROLE, one, False)
    clears = endpoint.operation is Operation.CLEAR
    for word, one in may:
        cause = Cause.SUCCESS if clears else Cause.FORBIDDEN
        yield _Wanted(f"where_{word}", cause, one, False, (*enters, *seen, *above))
    tables = [endpoint.table or ""] * len(seen)
    tables += [row.parent.table for row in rows.above if row.parent.visible is not None]
    for place, one in enumerate((*seen, *above), 1):
        lists = (endpoint.operation is Operation.LIST or clears) and one not in above
        number = f"_{place}" if len(seen) + len(above) > 1 else ""
        others = (*enters, *(other for other in above if other is not one))
        cause = Cause.SUCCESS if lists else Cause.NOT_FOUND
        name = f"of_a_row_that_is_not_there_for_it{number}"
        yield _Wanted(name, cause, one, False, others, missing=tables[place - 1] if place <= len(tables) else "")


def _conflicting(endpoint: Endpoint, rows: PathRows, service: Service) -> Iterator[_Wanted]:
    """What shows that the database refuses what may be done, where that makes no difference to what may."""
    table = service.table(endpoint.table or "")
    conditions = [one.expression for one in _conditions(endpoint)]
    may = [*allowed_there(endpoint, rows, service), *kept_there(endpoint, service)]
    seen = [said_of(rows.own, rule.expression) for rule in (endpoint.where, endpoint.visible) if rule is not None]
    always = Literal(True, BOOLEAN, endpoint.span)
    enters = [entry] if (entry := entry_there(endpoint, rows, service)) is not None else []
    whole = [*enters, *seen, *visible_above(endpoint, rows, service), *(rule for _, rule in may)] or [always]
    kept = {name for name, _ in held(endpoint, rows, service)}
    names = {column_of(field): literal(field.name) for field in fields_of(endpoint)}
    caller = "caller.row" if endpoint.authenticated else ""
    for one in conflicts(endpoint, service, table, rows.own_word, caller):
        sent = {names[column] for column in one.columns if column in names}
        stays = all(is_growing(condition, table) for condition in conditions) if one.setup or one.again else True
        moves = one.changes and any(columns_in(condition) & one.columns for condition in conditions)
        if stays and not moves and (not sent or sent - kept):
            holds = together([(condition, True) for condition in whole])
            yield _Wanted(one.name, one.cause, holds, True, conflict=one)


def _of_columns(endpoint: Endpoint, rows: PathRows, service: Service) -> Iterator[_Wanted]:
    """What shows to whom single columns are shown, and who may write them in a row that is there."""
    above = visible_above(endpoint, rows, service)
    own = [said_of(rows.own, rule.expression) for rule in (endpoint.where, endpoint.visible) if rule is not None]
    entry = entry_there(endpoint, rows, service)
    there = (*([entry] if entry is not None else []), *own, *above)
    done = (*there, *(rule for _, rule in allowed_there(endpoint, rows, service)))
    for sight in sights(endpoint, rows, service):
        yield _Wanted(sight.name, Cause.SUCCESS, sight.rule, sight.holds, (*done, *sight.also), shows=sight)
    may, kept = allowed_there(endpoint, rows, service), kept_there(endpoint, service)
    sends_all = endpoint.operation is Operation.REPLACE
    for field in fields_of(endpoint) if endpoint.operation is not Operation.CREATE else ():
        column = column_of(field)
        if column not in endpoint.writable:
            continue
        name, rule = field.attribute.strip("_"), endpoint.writable[column].expression
        others = [*may, *(one for one in kept if one[0] != not_shown(column))] if sends_all else may
        also = (*there, *(one for _, one in others))
        yield _Wanted(f"where_{name}_may_be_written", Cause.SUCCESS, rule, True, also, column)
        yield _Wanted(f"where_{may_not_write(column)}", Cause.FORBIDDEN, rule, False, also, column)


def _forbidden_then(endpoint: Endpoint, rows: PathRows, service: Service) -> Iterator[_Wanted]:
    """What shows that a row which may be changed may not be changed so that it could not be any more."""
    if endpoint.allowed is None or endpoint.operation not in (Operation.REPLACE, Operation.UPDATE):
        return
    policy = endpoint.allowed.expression
    seen = [said_of(rows.own, rule.expression) for rule in (endpoint.where, endpoint.visible) if rule is not None]
    enters = [entry] if (entry := entry_there(endpoint, rows, service)) is not None else []
    also = (*enters, *seen, *visible_above(endpoint, rows, service), policy)
    constants = Constants.of([policy])
    for field in fields_of(endpoint):
        name = column_of(field)
        if name not in columns_in(policy) or name in rows.table.referring or not isinstance(field.shape, ColumnValue):
            continue
        column = rows.table.column(name)
        may = [endpoint.writable[name].expression] if name in endpoint.writable else []
        for value in constants.fitting(field.shape.type, column.attribute):
            if isinstance(value, str | int):
                then = _with(policy, name, Literal(value, Value(column.type), endpoint.span))
                word = f"where_{column.attribute.strip('_')}_would_make_it_forbidden"
                yield _Wanted(word, Cause.FORBIDDEN, then, False, (*also, *may), name, literal(value))


def _with(expression: Expression, column: str, value: Literal) -> Expression:
    """The expression on a row that has a value in a column."""
    match expression:
        case ColumnOf(row=Name(name=name), column=own) if name == ROW and own == column:
            return value
        case _:
            return rebuilt(expression, lambda part: _with(part, column, value))


def _situations(
    wanted: _Wanted, rows: PathRows, endpoint: Endpoint, service: Service, key: Field | None
) -> list[Situation]:
    """The situations that can be made, and be asked for."""
    role = may_by_role(endpoint, service)
    joint = {name for reference in rows.table.joint for name in reference.columns} - {
        here for here, _ in endpoint.shared
    }
    spoken = {name for one in (wanted.rule, *wanted.also) for name in columns_in(one)}
    fixed = joint | spoken if endpoint.operation is Operation.CREATE else joint
    given = preset_conditions(endpoint, rows, sorted(fixed.intersection(endpoint.presets)))
    scenes = each_way(
        wanted.rule,
        wanted.holds,
        rows.table,
        rows.word,
        service,
        signed_in=True if endpoint.authenticated else None,
        also=[(one, True) for one in (*wanted.also, *([role] if role is not None else []), *given)],
        parents=rows.words,
    )
    found = [made for scene in scenes if (made := _situation(wanted, scene, rows, endpoint, service, key)) is not None]
    below = wanted.shows is not None and wanted.shows.outer is not None
    if wanted.conflict is not None or wanted.value or below:
        return found[:1]
    if len(found) == 1:
        return found
    return [replace(one, name=f"{one.name}_{number}") for number, one in enumerate(found, 1)]


def _situation(
    wanted: _Wanted, scene: Scene, rows: PathRows, endpoint: Endpoint, service: Service, key: Field | None
) -> Situation | None:
    """The call in a scene; None where it cannot be asked for."""
    table = service.table(endpoint.table or "")
    response = endpoint.response(wanted.cause)
    if response is None or scene.given:
        return None
    creates = endpoint.operation is Operation.CREATE
    if creates:
        body = sent_of(dict(scene.arguments), endpoint, table)
    elif wanted.writes:
        body = changed(wanted.writes, endpoint, rows, service, wanted.value)
    else:
        body = held(endpoint, rows, service)
    if body is None or (creates and not scene.can_be_before):
        return None
    made = (*scene.first, *([scene.caller] if scene.signed_in else []), *scene.before)
    column = next((column for column in table.columns if column.name == column_of(key)), None)
    lists = endpoint.operation is Operation.LIST and response.status < 400
    clears = endpoint.operation is Operation.CLEAR and response.status < 400
    path = path_of(endpoint, rows)
    listed = wire(column, rows.own_word) if column is not None and lists else ""
    kept = found_by(table, rows.own_word) if clears else ""
    found = ""
    if wanted.writes:
        found = stored(wanted.writes, wanted.holds, endpoint, rows, service)
    elif wanted.shows is not None:
        found = seen(wanted.shows, endpoint, rows, service, key)
        listed = ""
    said = failure(response, _said(wanted, endpoint, service), service) if response.status >= 400 else ""
    setup: tuple[str, ...] = ()
    changes = ""
    if (conflict := wanted.conflict) is not None:
        setup, changes, said, listed = conflict.setup, conflict.changes, conflict.failure, ""
        found = f"{conflict.field} in reply.text" if conflict.field else ""
    token = "caller" if scene.signed_in else ""
    known = known_columns(endpoint, service, rows.own_word, "caller.row" if scene.signed_in else "")
    valid = body_call(endpoint, known)
    return Situation(
        name=wanted.name,
        status=response.status,
        failure=said,
        lines=used_lines(
            (*made, *scene.beside) if creates else scene.lines,
            [path, valid, listed, f"has({kept})", found, token, changes or "{}", *setup, *(code for _, code in body)],
        ),
        token=scene.signed_in,
        path=path,
        valid=valid,
        body=tuple(body),
        setup=setup,
        changes=changes,
        again=wanted.conflict is not None and wanted.conflict.again,
        listed=listed,
        shown=wanted.holds,
        kept=kept,
        found=found,
        alone=bool(wanted.writes) and endpoint.operation is Operation.UPDATE,
    )


def _said(wanted: _Wanted, endpoint: Endpoint, service: Service) -> list[Problem]:
    """What is wrong in a situation that leads to a failure, as far as it is known."""
    if wanted.cause is Cause.FORBIDDEN:
        return [Problem("forbidden", resource=resource(endpoint.table or "", service))]
    if wanted.cause is Cause.NOT_FOUND and wanted.missing:
        return [Problem("not_found", resource=resource(wanted.missing, service))]
    return []


def path_of(endpoint: Endpoint, rows: PathRows) -> str:
    """The values of the path, as a dictionary; empty for none."""
    owners = {parameter: row.word for row in rows.above for parameter in row.parent.parameters}
    values = (
        f"{literal(p.attribute)}: {owners.get(p.attribute, rows.own_word)}[{literal(p.column)}]"
        for p in endpoint.path_parameters
    )
    return "{" + ", ".join(values) + "}" if endpoint.path_parameters else ""


def sent_of(given: dict[str, str], endpoint: Endpoint, table: Table) -> list[tuple[str, str]] | None:
    """What the body of a new row has to have; None where a client cannot send it."""
    presets = {table.column(name).attribute for name in (*endpoint.presets, *(one.column for one in endpoint.derived))}
    parents = {table.column(name).attribute for parent in endpoint.parents[-1:] for name in parent.child_columns}
    fields = {table.column(column_of(field)).attribute: field for field in fields_of(endpoint) if column_of(field)}
    found = []
    for attribute, code in given.items():
        if attribute in fields:
            column = table.column(column_of(fields[attribute]))
            found.append((literal(fields[attribute].name), as_json(column.type, code)))
        elif attribute not in presets | parents:
            return None
    return found
