"""Who calls an endpoint with rules in the tests that endpoints without rules have, too."""

from __future__ import annotations

from bkgen.model.endpoints import Endpoint, Operation
from bkgen.model.service import Service
from bkgen.render.column_tests import held
from bkgen.render.let_in import entry_there
from bkgen.render.literals import literal
from bkgen.render.path_rows import allowed_there, path_rows, said_of
from bkgen.render.roles import PlainCaller, may_by_role
from bkgen.render.rule_tests import is_ruled, sent_of
from bkgen.render.scenes import Scene, each_way, together
from bkgen.render.test_bodies import column_of, fields_of
from bkgen.render.veiled import veiled_fields
from bkgen.resolve.implied import columns_in

_READING = frozenset({Operation.LIST, Operation.READ, Operation.DELETE})
_WRITING = frozenset({Operation.CREATE, Operation.REPLACE, Operation.UPDATE})


def plain_caller(endpoint: Endpoint, service: Service) -> PlainCaller | None:
    """None where the rules take more than an account and columns of the row, or change with what is sent."""
    if endpoint.operation not in _READING | _WRITING or not is_ruled(endpoint):
        return None
    if endpoint.parents or endpoint.link is not None or endpoint.shared or endpoint.writable:
        return None
    if endpoint.operation in _READING and veiled_fields(endpoint, service):
        return None
    rows = path_rows(endpoint, service)
    rules = [one for one in (endpoint.where, endpoint.visible, endpoint.allowed) if one is not None]
    sent = {column_of(field) for field in fields_of(endpoint)} if endpoint.operation in _WRITING else set()
    if any(columns_in(rule.expression) & sent for rule in rules):
        return None
    seen = [said_of(rows.own, rule.expression) for rule in (endpoint.where, endpoint.visible) if rule is not None]
    may = [rule for _, rule in allowed_there(endpoint, rows, service)]
    if (entry := entry_there(endpoint, rows, service)) is not None:
        may.append(entry)
    role = may_by_role(endpoint, service)
    scenes = each_way(
        together([(one, True) for one in (*seen, *may)]),
        True,
        rows.table,
        rows.word,
        service,
        signed_in=True if endpoint.authenticated else None,
        also=[(role, True)] if role is not None else [],
        parents=rows.words,
    )
    found = (_plain(scene, endpoint, service) for scene in scenes)
    return next((caller for caller in found if caller is not None), None)


def _plain(scene: Scene, endpoint: Endpoint, service: Service) -> PlainCaller | None:
    """Who calls in a scene; None where that needs other rows."""
    rows = path_rows(endpoint, service)
    if scene.first or scene.before or scene.after or scene.given or "rows." not in scene.row:
        return None  # in the last case the row is that of the caller
    arguments = scene.arguments
    if endpoint.entry is not None and arguments:
        return None  # let in for this row alone
    if endpoint.operation is Operation.CREATE:
        if sent_of(dict(arguments), endpoint, rows.table):
            return None
        arguments = ()
    elif held(endpoint, rows, service):
        return None
    role = ""
    if scene.account:
        accounts = service.accounts
        assert accounts is not None
        column = service.table(accounts.table).column(accounts.role) if accounts.role is not None else None
        named = {literal(one): one for one in column.type.enum or ()} if column is not None else {}
        (attribute, code), *others = scene.account
        if column is None or others or attribute != column.attribute or code not in named:
            return None
        role = named[code]
    caller = PlainCaller(role, arguments, scene.signed_in)
    return None if role and caller.owns else caller
