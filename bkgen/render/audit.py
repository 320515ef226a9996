"""What routes tell the audit trail: which security event a request is, once it gets there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bkgen.model.actions import Delete, Insert, Step, Update, every
from bkgen.model.endpoints import Endpoint, Operation
from bkgen.model.service import Accounts, Service
from bkgen.model.shapes import ColumnValue, Fact
from bkgen.render.passwords import fields_of, is_fact

PASSWORD_CHANGED = "password_changed"  # noqa: S105 (what happened)
ROLE_CHANGED = "role_changed"

_EVENTS = {
    Operation.LOGIN: "sign_in",
    Operation.OAUTH2_CALLBACK: "sign_in",
    Operation.REGISTER: "registered",
    Operation.LOGOUT: "sign_out",
    Operation.LOGOUT_EVERYWHERE: "sign_out",
    Operation.CHANGE_PASSWORD: PASSWORD_CHANGED,
    Operation.RESET_PASSWORD: "password_reset",
    Operation.CHANGE_EMAIL: "email_change_requested",
    Operation.VERIFY_EMAIL: "email_verified",
    Operation.CONFIRM_SECOND_FACTOR: "second_factor_on",
    Operation.DISABLE_SECOND_FACTOR: "second_factor_off",
    Operation.DELETE_ME: "account_deleted",
}
_LATER = frozenset({Operation.REFRESH, Operation.TOKEN})
"""Their templates say when a request is an event: once the token was used before, once a form has a name."""
_OF_KEYS = {Operation.CREATE: "api_key_made", Operation.DELETE: "api_key_revoked"}
_WRITES = frozenset({Operation.CREATE, Operation.REPLACE, Operation.UPDATE, Operation.UPDATE_ME})


@dataclass(frozen=True, slots=True)
class AuditView:
    """Where events are written: a table and its model, both empty where only the log has them."""

    table: str
    model: str


def audit_view(service: Service) -> AuditView | None:
    """None where there is no audit trail."""
    if service.audit is None:
        return None
    table = service.table(service.audit.table) if service.audit.table else None
    return AuditView(table.name, table.class_name) if table is not None else AuditView("", "")


def audit_event(endpoint: Endpoint, service: Service) -> str:
    """The event that a request is whatever it brings; empty for none."""
    accounts = service.accounts
    if service.audit is None or accounts is None:
        return ""
    if endpoint.operation in _EVENTS:
        return _EVENTS[endpoint.operation]
    if accounts.api_keys is not None and endpoint.table == accounts.api_keys.table:
        return _OF_KEYS.get(endpoint.operation, "")
    members = accounts.roles.memberships
    gives = endpoint.operation in (Operation.CREATE, Operation.DELETE, Operation.CLEAR)
    changes = members is not None and endpoint.table == members.table and gives
    return ROLE_CHANGED if changes or any(_changes_role(step, accounts) for step in every(endpoint.steps)) else ""


def _changes_role(step: Step, accounts: Accounts) -> bool:
    """Whether a step gives an account another role, or a membership."""
    members = accounts.roles.memberships
    match step:
        case Insert(table=table) | Delete(table=table) if members is not None and table == members.table:
            return True
        case Insert(table=table, values=values) | Update(table=table, values=values):
            roles = {(accounts.table, accounts.role)} | ({(members.table, members.role)} if members else set())
            return any((table, column) in roles for column, _ in values)
        case _:
            return False


def audit_events(endpoint: Endpoint, service: Service) -> Iterator[tuple[str, str]]:
    """(attribute of the body, event that a request is where it brings that)."""
    accounts = service.accounts
    if service.audit is None or accounts is None or endpoint.operation not in _WRITES or audit_event(endpoint, service):
        return
    members = accounts.roles.memberships
    role = members.role if members is not None and endpoint.table == members.table else None
    if endpoint.table == accounts.table:
        role = accounts.role
    for field in fields_of(endpoint):
        if is_fact(field, Fact.PASSWORD):
            yield field.attribute, PASSWORD_CHANGED
        elif isinstance(field.shape, ColumnValue) and role is not None and field.shape.column == role:
            yield field.attribute, ROLE_CHANGED


def is_audited(endpoint: Endpoint, service: Service) -> bool:
    """Whether the route tells of itself."""
    if endpoint.operation in _LATER and service.audit is not None:
        return True
    return bool(audit_event(endpoint, service)) or any(audit_events(endpoint, service))
