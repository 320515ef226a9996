"""`POST /users` where users are the accounts: making such a row is registering."""

from __future__ import annotations

from dataclasses import replace

from bkgen.model.endpoints import Operation
from bkgen.model.shapes import Fact
from bkgen.resolve.accounts import could_hold_accounts
from bkgen.resolve.columns import is_password
from bkgen.resolve.envelopes import fields_in
from bkgen.resolve.facts import fact_called
from bkgen.resolve.nodes import text
from bkgen.resolve.routes import Route


def registers(route: Route) -> Route:
    """The route as a registration, where it creates a row from a password that the table keeps only the hash of."""
    if route.operation is not Operation.CREATE or route.table is None or text(route.node, "operation") is not None:
        return route
    body = fields_in(route.node.get("requestBody"))
    taken = [entry.key for entry in body or () if fact_called(entry.key, (Fact.PASSWORD,))]
    plain = {column.name for column in route.table.columns if not is_password(column)}
    if not taken or taken[0] in plain or route.parents or not could_hold_accounts(route.table):
        return route
    rule = f"{route.rule}, with a `{taken[0]}` in its body: this makes an account"
    return replace(route, operation=Operation.REGISTER, table=None, rule=rule)
