"""What operations on tables do, in words."""

from __future__ import annotations

from bkgen.model.endpoints import Endpoint, Operation
from bkgen.model.service import Service
from bkgen.model.shapes import groups_in
from bkgen.resolve import names
from bkgen.resolve.words import phrase, with_article


def query_docstring(endpoint: Endpoint, service: Service) -> str:
    """What an operation on a table does, in a sentence."""
    table = service.table(endpoint.table or "")
    one, many = phrase(table.singular), phrase(table.plural)
    above = [with_article(phrase(service.table(parent.table).singular)) for parent in endpoint.parents]
    of = f" of {above[-1]}" if above else ""
    if endpoint.download is not None:
        return f"The {phrase(names.snake(endpoint.download.column))} of the {one}{of} with this key."
    match endpoint.operation:
        case Operation.LIST if groups_in(endpoint.success.body) is not None:
            return f"A page of groups of the {many}{of}, in a stable order."
        case Operation.LIST:
            return f"A page of the {many}{of}, in a stable order."
        case Operation.CREATE:
            return f"Insert {with_article(one)}{of}."
        case Operation.READ:
            return f"The {one}{of} with this key."
        case Operation.REPLACE:
            return f"Replace all that a client may write of {with_article(one)}{of}."
        case Operation.UPDATE:
            return f"Change what was sent of {with_article(one)}{of}, and nothing else."
        case Operation.CLEAR:
            some = endpoint.where or endpoint.visible or endpoint.allowed
            return f"Delete all {many}{of}{' that may be deleted' if some else ''}."
        case _:
            return f"Delete {with_article(one)}{of}."
