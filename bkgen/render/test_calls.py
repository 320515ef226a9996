"""Requests of generated tests that are done: how their situation is made, and what curl is given."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.endpoints import Endpoint, Operation
from bkgen.model.service import Service
from bkgen.render.literals import literal
from bkgen.render.roles import new_account
from bkgen.render.routes import python_path
from bkgen.render.rule_tests import is_ruled, rule_tests
from bkgen.render.test_views import endpoint_tests
from bkgen.render.valid_bodies import body_call, known_columns


@dataclass(frozen=True, slots=True)
class Call:
    """A request: the lines that make its situation, and what curl is given. Empty texts stand for absence."""

    lines: tuple[str, ...]
    path: str
    body: str
    token: bool


def name_of(endpoint: Endpoint) -> str:
    """The endpoint as curl is given it."""
    return literal(f"{endpoint.method} {python_path(endpoint)}")


def call_on_row(endpoint: Endpoint, service: Service) -> Call | None:
    """A request to an endpoint on rows of a table; None where no situation was found in which it is done."""
    test = endpoint_tests(endpoint, service)
    if is_ruled(endpoint):
        done = [one for one in rule_tests(endpoint, service).situations if one.status == endpoint.success.status]
        if not done:
            return None
        body, changes = done[0].valid, ", ".join(f"{name}: {code}" for name, code in done[0].body)
        return Call(done[0].lines, done[0].path, f"{body} | {{{changes}}}" if changes else body, done[0].token)
    caller = [f"caller = rows.sign_in({new_account(endpoint, service)})"] if endpoint.authenticated else []
    body = body_call(endpoint, known_columns(endpoint, service, test.variable, "caller.row"))
    made = f"{test.variable} = {test.row}" if test.variable in test.path else test.row
    own = [made] if endpoint.operation is not Operation.CREATE else []
    return Call((*caller, *test.parents, *own), test.path if test.has_path else "", body, endpoint.authenticated)
