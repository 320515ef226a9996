"""What lets somebody in, said of rows that tests make instead of the values in the path."""

from __future__ import annotations

from collections.abc import Mapping

from bkgen.model.actions import Delete, Load, Update
from bkgen.model.endpoints import Endpoint, Operation
from bkgen.model.expressions import ColumnOf, Expression, Member, MemberOf, Name, Row, Value
from bkgen.model.service import Service
from bkgen.model.tables import Column
from bkgen.render.entries import asked_of_path
from bkgen.render.new_rows import without_row
from bkgen.render.path_rows import PathRows
from bkgen.render.roles import has_one_in, may_by_role
from bkgen.resolve.actions.which import key_of
from bkgen.resolve.expressions.parts import rebuilt
from bkgen.resolve.vocabulary import PATH, ROW

Places = Mapping[str, tuple[Expression, Column]]
"""Where values of the path come from: attribute of the parameter -> a row, and the column of it."""


def entry_there(endpoint: Endpoint, rows: PathRows, service: Service) -> Expression | None:
    """What has to hold of the rows of the path so that the account comes in; None for nothing.

    A row that is to be made does not make it so.
    """
    if endpoint.entry is None:
        return None
    return _before(_asked(endpoint, _on_path(endpoint, rows, service), service), endpoint, rows, service)


def role_there(endpoint: Endpoint, rows: PathRows, roles: tuple[str, ...], service: Service) -> Expression:
    """That the account has one of some roles within the row that the path names."""
    way = _place(endpoint, _on_path(endpoint, rows, service))
    assert way is not None
    return _before(has_one_in(way, roles, service), endpoint, rows, service)


def entry_on_first_row(endpoint: Endpoint, service: Service) -> Expression | None:
    """What lets somebody in to an action, said of the row of its first step; None for nothing.

    A role that the account has in its own columns is said of the account where that is made.
    """
    if endpoint.entry is not None:
        return _asked(endpoint, _on_first_row(endpoint, service), service)
    in_a_table = service.accounts is not None and service.accounts.roles.memberships is not None
    return may_by_role(endpoint, service) if in_a_table else None


def role_on_first_row(endpoint: Endpoint, roles: tuple[str, ...], service: Service) -> Expression | None:
    """That the account has one of some roles within the row of the first step; None where the path names another."""
    way = _place(endpoint, _on_first_row(endpoint, service))
    return has_one_in(way, roles, service) if way is not None else None


def entry_on_row(endpoint: Endpoint, places: Places, service: Service) -> Expression:
    """What lets somebody in, where the values of the path come from `places`."""
    return _asked(endpoint, places, service)


def _asked(endpoint: Endpoint, places: Places, service: Service) -> Expression:
    entry = endpoint.entry
    assert entry is not None
    way = _place(endpoint, places)
    return has_one_in(way, entry.roles, service) if way is not None else _of(entry.condition.expression, places)


def _place(endpoint: Endpoint, places: Places) -> Expression | None:
    """The row within which roles hold, where `places` have it."""
    ways = [places[one.attribute][0] for one in asked_of_path(endpoint) if one.attribute in places]
    return ways[0] if endpoint.entry is not None and endpoint.entry.place and ways else None


def _of(expression: Expression, places: Places) -> Expression:
    """The expression with `row.slug` in place of `path.slug`."""
    match expression:
        case MemberOf(record=Name(name=name), member=Member(attribute=attribute)) if (
            name == PATH and attribute in places
        ):
            way, column = places[attribute]
            return ColumnOf(way, column.name, Value(column.type, column.nullable), expression.span)
    return rebuilt(expression, lambda part: _of(part, places))


def _on_path(endpoint: Endpoint, rows: PathRows, service: Service) -> Places:
    ways = {name: row.way for row in rows.above for name in row.parent.parameters}
    return {
        one.attribute: (ways.get(one.attribute, rows.own), service.table(one.table).column(one.column))
        for one in endpoint.path_parameters
    }


def _on_first_row(endpoint: Endpoint, service: Service) -> Places:
    step = endpoint.steps[0]
    if not isinstance(step, Load | Update | Delete) or not step.which.named:
        return {}
    table = service.table(step.table)
    row = Name(ROW, Row(table.name), step.span)
    keys = map(key_of, step.which.same)
    return {value.member.attribute: (row, table.column(name)) for name, value in keys if isinstance(value, MemberOf)}


def _before(expression: Expression, endpoint: Endpoint, rows: PathRows, service: Service) -> Expression:
    return without_row(expression, rows.table, service) if endpoint.operation is Operation.CREATE else expression
