"""Views of the generated tests of URLs in answers."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.endpoints import Endpoint, Operation
from bkgen.model.in_shapes import row_of
from bkgen.model.service import Service
from bkgen.render.literals import literal
from bkgen.render.naming import row_word
from bkgen.render.routes import python_path
from bkgen.render.rule_tests import is_ruled
from bkgen.render.shown_links import shown_links


@dataclass(frozen=True, slots=True)
class LinkTest:
    """A call whose answer has a URL; all but `status` are Python expressions.

    Attributes:
        row: makes the row that is read.
        field: where the URL is in the answer.
        url: the URL, as the inside of an f-string behind the address of the server.
    """

    call: str
    status: int
    authenticated: bool
    word: str
    row: str
    path: str
    field: str
    url: str


def link_test(service: Service) -> LinkTest | None:
    """The test of what URLs begin with, by the first endpoint that shows one for a row that anybody can read."""
    return next((test for endpoint in service.endpoints if (test := _tested(endpoint, service))), None)


def _tested(endpoint: Endpoint, service: Service) -> LinkTest | None:
    is_simple = endpoint.operation is Operation.READ and not (endpoint.parents or endpoint.roles or is_ruled(endpoint))
    if not is_simple or endpoint.table is None:
        return None
    table, body = service.table(endpoint.table), endpoint.success.body
    word = row_word(table)
    found = next(shown_links(row_of(body), table, word), None)
    if found is None or body is not row_of(body):
        return None
    path = (f"{literal(p.attribute)}: {word}[{literal(p.column)}]" for p in endpoint.key)
    return LinkTest(
        call=literal(f"{endpoint.method} {python_path(endpoint)}"),
        status=endpoint.success.status,
        authenticated=endpoint.authenticated,
        word=word,
        row=f"rows.{word}()",
        path=f"{{{', '.join(path)}}}",
        field=found[0],
        url=found[1],
    )
