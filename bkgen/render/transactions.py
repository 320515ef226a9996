"""What is around the statements of an endpoint: a transaction, one state of the database, or nothing."""

from __future__ import annotations

from bkgen.model.endpoints import Endpoint, Operation
from bkgen.model.in_shapes import row_of, rows_in
from bkgen.model.service import Service
from bkgen.model.shapes import Fact, facts
from bkgen.render.building import is_composed, is_computed, reads_more
from bkgen.render.derived import distinct_view
from bkgen.render.nested_writes import calls
from bkgen.render.queries import WRITES, needs_check
from bkgen.render.writable import writable_columns


def reads_one_state(endpoint: Endpoint) -> bool:
    """Whether rows would not fit what belongs to them, or their number, if others wrote between the statements."""
    if endpoint.operation not in (Operation.LIST, Operation.READ):
        return False
    if endpoint.download is not None:  # what the file is, and its bytes
        return True
    body = endpoint.success.body
    return any(map(reads_more, rows_in(body))) or bool(facts(body) & {Fact.TOTAL, Fact.PAGES})


def is_alone(endpoint: Endpoint, service: Service) -> bool:
    """Whether each statement of an endpoint may be a transaction of its own: it only reads, or writes by one."""
    if endpoint.idempotency is not None:
        return False
    if endpoint.operation in (Operation.LIST, Operation.READ):
        return not reads_one_state(endpoint)
    return endpoint.operation in WRITES | {Operation.DELETE} and _writes_at_once(endpoint, service)


def _writes_at_once(endpoint: Endpoint, service: Service) -> bool:
    """Whether nothing has to be asked or written together with the one statement that writes."""
    row = row_of(endpoint.success.body)
    if endpoint.parents or (row is not None and (is_computed(row) or is_composed(row))):
        return False
    creates = endpoint.operation is Operation.CREATE
    asks_after = needs_check(endpoint) or (
        creates and any(writable_columns(endpoint, service.table(endpoint.table or ""), service))
    )
    writes_more = distinct_view(endpoint, service) is not None or any(calls(endpoint, service))
    return not (asks_after or writes_more)
