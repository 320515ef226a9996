"""What query parameters do, in words for the documentation of a backend."""

from __future__ import annotations

from collections.abc import Sequence

from bkgen.model.endpoints import Condition, Endpoint, Filter, Mentioned, Paging, QueryParameter, Search, Sort
from bkgen.model.service import Service
from bkgen.model.shapes import Fact


def described(query: QueryParameter, endpoint: Endpoint, service: Service) -> str:
    """What a query parameter does, for the documentation; empty where its name tells."""
    if query.description:
        return query.description
    match query.use:
        case Condition(where=where):
            return f"Keeps those of which `{where.text}` holds."
        case Search(columns=columns):
            return f"Words, all of which have to occur in {_either(columns)}; capitals make no difference."
        case Sort(keys=keys):
            return f"The order: any of {', '.join(keys)}, with commas between, a minus before what descends."
        case Paging(fact=Fact.CURSOR):
            return "Where the page begins: the cursor that the page before has for the next one."
        case Filter(column=column) if query.many:
            return f"Keeps those whose {service.table(endpoint.table or '').column(column).name} is one of these."
        case Mentioned() if endpoint.where is not None:
            return f"Keeps those of which `{endpoint.where.text}` holds."
        case _:
            return ""


def _either(words: Sequence[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last
