"""Which endpoints read by several statements, which have to see one state of the database."""

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
