"""What is around the statements of an endpoint: a transaction, one state of the database, or nothing."""

from __future__ import annotations

from bkgen.model.endpoints import Endpoint, Operation
from bkgen.model.in_shapes import rows_in
from bkgen.model.shapes import Fact, facts
from bkgen.render.building import reads_more


def reads_one_state(endpoint: Endpoint) -> bool:
    """Whether rows would not fit what belongs to them, or their number, if others wrote between the statements."""
    if endpoint.operation not in (Operation.LIST, Operation.READ):
        return False
    body = endpoint.success.body
    return any(map(reads_more, rows_in(body))) or bool(facts(body) & {Fact.TOTAL, Fact.PAGES})


def reads_alone(endpoint: Endpoint) -> bool:
    """Whether an endpoint reads by statements of which each can see a state of its own."""
    reads = endpoint.operation in (Operation.LIST, Operation.READ) and endpoint.idempotency is None
    return reads and not reads_one_state(endpoint)
