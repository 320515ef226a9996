"""What endpoints write, and who has to be signed in for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from bkgen.model.actions import Delete, Insert, Update, every, expressions, policies_in
from bkgen.model.endpoints import ACCOUNT_OPERATIONS, STEP_OPERATIONS, Access, Endpoint, Operation
from bkgen.model.policies import Deed
from bkgen.model.service import Service
from bkgen.resolve.policies import deed_of
from bkgen.resolve.vocabulary import ACTOR, mentions

DONE = {Deed.CREATE: "make", Deed.UPDATE: "change", Deed.DELETE: "delete"}
"""The deeds that write, in words."""

Deeds = frozenset[tuple[str, Deed]]
"""What is done with the rows of which tables; the table is empty where nothing tells it."""

_STEPS = {Insert: Deed.CREATE, Update: Deed.UPDATE, Delete: Deed.DELETE}


def ways(service: Service) -> Mapping[tuple[str, Deed], Sequence[Endpoint]]:
    """The endpoints that write, by what they do."""
    found: defaultdict[tuple[str, Deed], list[Endpoint]] = defaultdict(list)
    for endpoint in service.endpoints:
        for deed in deeds(endpoint):
            found[deed].append(endpoint)
    return found


def deeds(endpoint: Endpoint) -> Deeds:
    """What an endpoint writes, but for accounts that sign up or change themselves.

    Code of the developer's can do anything with its table.
    """
    if endpoint.operation in STEP_OPERATIONS:
        steps = (step for step in every(endpoint.steps) if isinstance(step, Insert | Update | Delete))
        return frozenset((step.table, _STEPS[type(step)]) for step in steps)
    if endpoint.operation is Operation.HANDLER and endpoint.method != "GET":
        return frozenset((endpoint.table or "", deed) for deed in DONE)
    deed = deed_of(endpoint.operation)
    if deed not in DONE or endpoint.operation in ACCOUNT_OPERATIONS or endpoint.table is None:
        return frozenset()
    return frozenset({(endpoint.link.table if endpoint.link else endpoint.table, deed)})


def is_open_write(endpoint: Endpoint) -> bool:
    """Whether nobody has to be signed in for what an endpoint writes."""
    if endpoint.access is Access.SIGNED_IN or not deeds(endpoint):
        return False
    rules = [one.expression for one in (endpoint.where, endpoint.allowed, *endpoint.writable.values()) if one]
    said = (*rules, *expressions(endpoint.steps), *policies_in(endpoint.steps))
    return not any(mentions(expression, ACTOR) for expression in said)


def asks_who(endpoint: Endpoint) -> bool:
    """Whether an endpoint itself says whose rows it works on, or which roles may, whatever the table says."""
    said = expressions(endpoint.steps) if endpoint.where is None else (endpoint.where.expression,)
    return bool(endpoint.roles) or endpoint.entry is not None or any(mentions(expression, ACTOR) for expression in said)


def in_words(endpoint: Endpoint) -> str:
    """What an endpoint writes."""
    if endpoint.operation is Operation.HANDLER:
        return "run its handler"
    order = list(DONE)
    found = sorted(deeds(endpoint), key=lambda one: (order.index(one[1]), one[0]))
    return " and ".join(f"{DONE[deed]} rows of `{table}`" for table, deed in found)
