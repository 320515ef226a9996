"""Who may do what: each endpoint, by who calls it, with every status that this is seen to lead to.

Statuses are told from `auth`, policies, `where` and the steps of actions; for each a situation is searched for in which
it is answered. What depends on more than that search knows is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bkgen.model.endpoints import CRUD, Access, Cause, Endpoint, Operation
from bkgen.model.expressions import Binary, ColumnOf, Expression, Name, Not, Operator, Row, Value
from bkgen.model.roles import Roles
from bkgen.model.service import Service
from bkgen.model.tables import Table
from bkgen.render.action_callers import answers_to, owned_table
from bkgen.render.auth_test_views import auth_test
from bkgen.render.belonging import Arguments
from bkgen.render.column_tests import held
from bkgen.render.environment import enclosed
from bkgen.render.let_in import entry_there, role_on_first_row, role_there
from bkgen.render.literals import literal
from bkgen.render.naming import row_word
from bkgen.render.path_rows import (
    PathRows,
    allowed_there,
    kept_there,
    path_rows,
    preset_conditions,
    said_of,
    visible_above,
)
from bkgen.render.roles import account_with, has_one, roles_everywhere
from bkgen.render.routes import python_path
from bkgen.render.rule_tests import path_of, sent_of
from bkgen.render.scenes import Scene, scene_of, together
from bkgen.render.test_bodies import column_of, envelope_of, fields_of
from bkgen.render.test_lines import used_lines
from bkgen.render.valid_bodies import known_columns, valid_body
from bkgen.resolve.allowed_deeds import owner_columns
from bkgen.resolve.expressions.kinds import BOOLEAN
from bkgen.resolve.vocabulary import ACTOR

NOBODY, SIGNED_IN, OWNER = "nobody", "signed in", "owner"
_WITHOUT_BODY = frozenset({Operation.ME, Operation.LOGOUT, Operation.LOGOUT_EVERYWHERE, Operation.DELETE_ME})

Condition = tuple[Expression, bool]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: `role` None for any, `own` whether the row is the caller's."""

    name: str
    role: str | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Situation:
    """A function of the generated tests that makes rows and gives what the call takes beside the endpoint."""

    name: str
    lines: tuple[str, ...]
    result: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What one caller is answered: status -> the function of its situation; "" where any request will do."""

    caller: str
    statuses: Mapping[int, str]


@dataclass
class WhoMay:
    """The whole table.

    Attributes:
        callers: the columns: names, with the values of an account as items of a dictionary.
        rows: (endpoint, cells) of each endpoint; a cell without a status is one that cannot be told.
        situations: in the order of the endpoints, no two alike.
        scopes: endpoint -> the scopes of which an API key that has any needs one.
    """

    callers: dict[str, str] = field(default_factory=dict)
    rows: list[tuple[str, list[Cell]]] = field(default_factory=list)
    situations: list[Situation] = field(default_factory=list)
    scopes: dict[str, str] = field(default_factory=dict)

    def readme(self) -> Iterator[tuple[str, ...]]:
        """The cells of the table in the README, its head first."""
        scope = ["scope of a key"] if self.scopes else []
        yield ("endpoint", *self.callers, *scope)
        for call, cells in self.rows:
            told = {cell.caller: " or ".join(map(str, cell.statuses)) or "depends" for cell in cells}
            scopes = [self.scopes.get(call, "")] if scope else []
            yield (f"`{call}`", *(told.get(caller, "") for caller in self.callers), *scopes)


def who_may(service: Service) -> WhoMay | None:
    """None where nothing but a token is ever asked for."""
    accounts = service.accounts
    asks = any(endpoint.roles or endpoint.entry for endpoint in service.endpoints)
    if accounts is None or not (service.policies or asks):
        return None
    found = WhoMay()
    declared = [endpoint for endpoint in service.endpoints if endpoint.declared]
    owned = any(_owner(service.table(one.table), service) for one in declared if one.table and one.operation in CRUD)
    strangers = _strangers(service)
    callers = [Caller(NOBODY), *strangers, *([Caller(OWNER, own=True)] if owned else [])]
    for caller in callers:
        values = _values(caller.role, service)
        found.callers[caller.name] = ", ".join(f"{literal(name)}: {value}" for name, value in values.items())
    for endpoint in declared:
        cells = [cell for caller in callers if (cell := _cell(endpoint, caller, found, service)) is not None]
        call = f"{endpoint.method} {python_path(endpoint)}"
        found.rows.append((call, cells))
        if endpoint.scopes:
            found.scopes[call] = " or ".join(f"`{scope}`" for scope in endpoint.scopes)
    return found


def _strangers(service: Service) -> list[Caller]:
    """Accounts that own nothing: one of each role, where there are roles, and one without where that can be."""
    roles = service.accounts.roles if service.accounts is not None else Roles()
    without = [] if roles.all and roles.memberships is None else [Caller(SIGNED_IN)]
    return [*without, *(Caller(_called(role), role) for role in roles.names)]


def _called(role: str) -> str:
    """What the table calls an account with a role, which may be called like another caller."""
    return f"role {role}" if role in (NOBODY, SIGNED_IN, OWNER) else role


def _values(role: str | None, service: Service) -> dict[str, str]:
    """The columns of an account with a role, as expressions."""
    accounts = service.accounts
    if role is None or accounts is None or accounts.role is None:
        return {}
    return {service.table(accounts.table).column(accounts.role).attribute: literal(role)}


def _cell(endpoint: Endpoint, caller: Caller, found: WhoMay, service: Service) -> Cell | None:
    """None where the endpoint has no row that could be the caller's, or none within which it could have its role."""
    if caller.own and not _can_be_own(endpoint, service):
        return None
    if caller.name == NOBODY and endpoint.authenticated:
        return Cell(caller.name, {401: ""})
    if (caller.role is not None or caller.name == SIGNED_IN) and endpoint.roles and caller.role not in endpoint.roles:
        return Cell(caller.name, {403: ""})
    if caller.role is not None and not (roles_everywhere(service) or _names_place(endpoint)):
        return None
    if endpoint.steps:
        return Cell(caller.name, dict(_by_steps(endpoint, caller, found, service)))
    if endpoint.operation in CRUD:
        return Cell(caller.name, dict(_on_rows(endpoint, caller, found, service)))
    return Cell(caller.name, dict(_on_account(endpoint, caller, found, service)))


def _names_place(endpoint: Endpoint) -> bool:
    """Whether the path names the row within which roles hold."""
    return endpoint.entry is not None and bool(endpoint.entry.place)


def _by_steps(endpoint: Endpoint, caller: Caller, found: WhoMay, service: Service) -> Iterator[tuple[int, str]]:
    """What an action answers, as far as situations are found."""
    table = owned_table(endpoint, service)
    owner = _owner(table, service) if table is not None else None
    own = caller.own if owner is not None and caller.name != NOBODY and endpoint.authenticated else None
    asks = list(_has_role(endpoint, caller, service)) if endpoint.authenticated else []
    account = _values(caller.role, service)
    there = list(_has_there(endpoint, caller, None, service))
    for status, lines, result in sorted(answers_to(endpoint, asks, there, account, own, owner or "", service)):
        yield status, _situation(endpoint, status, lines, result, found)


def _can_be_own(endpoint: Endpoint, service: Service) -> bool:
    """Whether the endpoint works on one row, and looks at whose that is."""
    if endpoint.steps:
        row = owned_table(endpoint, service)
        return endpoint.authenticated and row is not None and _owner(row, service) is not None
    on_row = endpoint.operation in CRUD - {Operation.CREATE, Operation.LIST}
    return (
        on_row
        and endpoint.access is not Access.ANYONE
        and _owner(service.table(endpoint.table or ""), service) is not None
    )


def _on_account(endpoint: Endpoint, caller: Caller, found: WhoMay, service: Service) -> Iterator[tuple[int, str]]:
    """What works on the own account is allowed to all who get there, and so is what makes or opens one."""
    status, operation = endpoint.success.status, endpoint.operation
    lines: list[str] = []
    sent = ""
    if operation is Operation.UPDATE_ME:
        sent = "{}"
    elif operation in (Operation.REGISTER, Operation.LOGIN):
        test = auth_test(endpoint, service)
        lines = list(test.body.lines) if test.body is not None else [f"known = rows.{test.account}()"]
        as_known = ((test.identity, f"known[{test.identity_column}]"), (test.password, "PASSWORD"))
        body = test.body.fields if test.body is not None else as_known
        sent = "{" + ", ".join(f"{name}: {value}" for name, value in body) + "}"
    elif operation not in _WITHOUT_BODY:
        return
    items = [f'"json": {enclosed(sent, envelope_of(endpoint))}'] if sent else []
    if endpoint.authenticated:
        items.append(f'"token": {_new_caller(caller, service)}.token')
    yield status, _situation(endpoint, status, lines, f"{{{', '.join(items)}}}", found)


def _new_caller(caller: Caller, service: Service) -> str:
    """The expression of a caller that needs no more than what is said of it."""
    in_a_table = caller.role is not None and roles_everywhere(service) and not _values(caller.role, service)
    if in_a_table and caller.role is not None:
        return f"rows.sign_in({account_with(caller.role, service)})"
    return signed_in((), service)


def _on_rows(endpoint: Endpoint, caller: Caller, found: WhoMay, service: Service) -> Iterator[tuple[int, str]]:
    """The statuses that a situation is found for, each with its function."""
    rows = path_rows(endpoint, service)
    for cause, conditions in _outcomes(endpoint, rows, service):
        response = endpoint.response(cause)
        given = [*conditions, *_of_caller(endpoint, caller, rows, service)]
        if response is None:
            continue
        scene = scene_of(
            given,
            rows.table,
            rows.word,
            service,
            signed_in=caller.name != NOBODY and endpoint.access is not Access.ANYONE,
            parents=rows.words,
        )
        made = _made(endpoint, caller, rows, scene, service) if scene is not None else None
        if made is not None:
            yield response.status, _situation(endpoint, response.status, *made, found)


def _outcomes(endpoint: Endpoint, rows: PathRows, service: Service) -> Iterator[tuple[Cause, list[Condition]]]:
    """What an endpoint can answer by its rules, with what then holds, or does not."""
    above = visible_above(endpoint, rows, service)
    own = [said_of(rows.own, rule.expression) for rule in (endpoint.where, endpoint.visible) if rule is not None]
    seen = above if endpoint.operation is Operation.LIST else [*own, *above]
    kept = kept_there(endpoint, service) if endpoint.operation is Operation.REPLACE else []  # a PATCH sends nothing
    entry = entry_there(endpoint, rows, service)
    enters = [entry] if entry is not None else []
    may = [rule for _, rule in (*allowed_there(endpoint, rows, service), *kept)]
    free = [name for name in endpoint.presets if name not in dict(endpoint.shared)]
    presets = [(condition, True) for condition in preset_conditions(endpoint, rows, free)]
    yield Cause.SUCCESS, [*((one, True) for one in (*enters, *seen, *may)), *presets]
    for one in enters:
        yield Cause.WRONG_ROLE, [(one, False)]
    seen = [*enters, *seen]
    if may:
        yield Cause.FORBIDDEN, [
            *((one, True) for one in seen),
            (together([(one, True) for one in may]), False),
            *presets,
        ]
    if hidden := seen[len(enters) :]:
        unseen = together([(one, True) for one in hidden])
        yield Cause.NOT_FOUND, [*((one, True) for one in enters), (unseen, False), *presets]


def _of_caller(endpoint: Endpoint, caller: Caller, rows: PathRows, service: Service) -> Iterator[Condition]:
    """Who the caller is, and whose the row."""
    accounts = service.accounts
    assert accounts is not None
    if caller.name == NOBODY or endpoint.access is Access.ANYONE:
        return
    for has_role in _has_role(endpoint, caller, service):
        yield has_role, True
    for has_role in _has_there(endpoint, caller, rows, service):
        yield has_role, True
    table = service.table(accounts.table)
    actor = Name(ACTOR, Row(table.name), endpoint.span)
    owner = _owner(service.table(endpoint.table or ""), service)
    if owner is not None and endpoint.operation not in (Operation.CREATE, Operation.LIST):
        key = table.primary_key[0]
        own = ColumnOf(rows.own, owner, Value(key.type, nullable=True), endpoint.span)
        asks = ColumnOf(actor, key.name, Value(key.type), endpoint.span)
        yield Binary(Operator.EQUAL, own, asks, BOOLEAN, endpoint.span), caller.own


def _has_role(endpoint: Endpoint, caller: Caller, service: Service) -> Iterator[Expression]:
    """That the caller has its role; for any caller one that may call the endpoint."""
    known = roles_everywhere(service)
    if known and caller.name == SIGNED_IN:
        yield Not(has_one(known, endpoint.span, service), BOOLEAN, endpoint.span)
    elif known:
        for role in endpoint.roles[:1] if caller.role is None else (caller.role,):
            yield has_one((role,), endpoint.span, service)


def _has_there(endpoint: Endpoint, caller: Caller, rows: PathRows | None, service: Service) -> Iterator[Expression]:
    """That the caller has its role within the row that the path names, or none there; `rows` None for an action."""
    if not _names_place(endpoint) or not (caller.role or caller.name == SIGNED_IN):
        return
    assert service.accounts is not None
    roles = (caller.role,) if caller.role is not None else service.accounts.roles.names
    if rows is not None:
        has: Expression | None = role_there(endpoint, rows, roles, service)
    else:
        has = role_on_first_row(endpoint, roles, service)
    if has is not None:
        yield has if caller.role is not None else Not(has, BOOLEAN, endpoint.span)


def _owner(table: Table, service: Service) -> str | None:
    """The column that says whose account a row belongs to: the first of them."""
    accounts = service.table(service.accounts.table) if service.accounts is not None else None
    return next(iter(owner_columns(table, accounts)), None)


def _made(
    endpoint: Endpoint, caller: Caller, rows: PathRows, scene: Scene, service: Service
) -> tuple[tuple[str, ...], str] | None:
    """Lines and result of the function for a scene; None where its request cannot be made."""
    table = service.table(endpoint.table or "")
    creates = endpoint.operation is Operation.CREATE
    if scene.given or (creates and not scene.can_be_before):
        return None
    changes = sent_of(dict(scene.arguments), endpoint, table) if creates else held(endpoint, rows, service)
    if changes is None:
        return None
    items = [f'"path": {path}'] if (path := path_of(endpoint, rows)) else []
    lines: tuple[str, ...] = ()
    if endpoint.body is not None:
        known = known_columns(endpoint, service, rows.own_word, "caller.row" if scene.signed_in else "")
        taken = {line.partition(" = ")[0] for line in (*scene.lines, *scene.beside)}
        lines, json = _body(endpoint, dict(changes), known, taken, service)
        items.append(f'"json": {json}')
    if scene.signed_in:
        items.append('"token": caller.token')
    result = f"{{{', '.join(items)}}}"
    made = (*scene.first, *([_signs_in(caller, scene, service)] if scene.signed_in else []), *scene.before)
    there = (*made, *scene.beside) if creates else (*made, scene.row, *scene.after)
    return used_lines((*there, *lines), [result]), result


def _signs_in(caller: Caller, scene: Scene, service: Service) -> str:
    """The line that signs in an account with what the situation needs beside what is said of the caller."""
    accounts = service.accounts
    assert accounts is not None
    role = service.table(accounts.table).column(accounts.role).attribute if accounts.role and caller.role else ""
    return f"caller = {signed_in([one for one in scene.account if one[0] != role], service)}"


def signed_in(others: Iterable[tuple[str, str]], service: Service) -> str:
    """The expression of a new account that is signed in, as `account` says and with other columns."""
    accounts = service.accounts
    assert accounts is not None
    columns = ", ".join(["**account", *(f"{name}={code}" for name, code in others)])
    return f"rows.sign_in(rows.{row_word(service.table(accounts.table))}({columns}))"


def _body(
    endpoint: Endpoint, changes: dict[str, str], known: Arguments, taken: set[str], service: Service
) -> tuple[tuple[str, ...], str]:
    """A body that is accepted: lines that come first, and an expression."""
    lines: tuple[str, ...] = ()
    inner = "{}"
    if endpoint.operation is not Operation.UPDATE:
        fields = {literal(f.name) for f in fields_of(endpoint) if column_of(f) or f.required}
        body = valid_body(endpoint, service, known, taken)
        lines, values = body.lines, {name: value for name, value in body.fields if name in fields} | changes
        inner = f"{{{', '.join(f'{name}: {value}' for name, value in values.items())}}}"
    envelope = envelope_of(endpoint)
    return lines, f"{{{envelope}: {inner}}}" if envelope else inner


def _situation(endpoint: Endpoint, status: int, lines: Iterable[str], result: str, found: WhoMay) -> str:
    """The name of the function with these lines, which is added where there is none."""
    lines = tuple(lines)
    wanted = f"{endpoint.name}_{status}"
    alike = [one for one in found.situations if one.name == wanted or one.name.startswith(f"{wanted}_")]
    for one in alike:
        if (one.lines, one.result) == (lines, result):
            return one.name
    name = f"{wanted}_{len(alike) + 1}" if alike else wanted
    found.situations.append(Situation(name, lines, result))
    return name
