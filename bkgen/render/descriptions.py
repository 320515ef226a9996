"""What query parameters do, in words for the documentation of a backend."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bkgen.model.endpoints import Condition, Endpoint, Filter, Mentioned, Paging, QueryParameter, Search, Sort
from bkgen.model.service import Service
from bkgen.model.shapes import Fact


def _code(text: str) -> str:
    return f"`{text}`"


def described(
    query: QueryParameter,
    endpoint: Endpoint,
    service: Service,
    word: Callable[[str], str] = str,
    code: Callable[[str], str] = _code,
) -> str:
    """What a query parameter does, for the documentation; empty where its name tells.

    `word` writes what the document says or calls something, `code` an expression of it.
    """
    if query.description:
        return word(query.description)
    match query.use:
        case Condition(where=where):
            return f"Keeps those of which {code(where.text)} holds."
        case Search(columns=columns):
            return f"Words, all of which have to occur in {word(_either(columns))}; capitals make no difference."
        case Sort(keys=keys):
            return f"The order: any of {word(', '.join(keys))}, with commas between, a minus before what descends."
        case Paging(fact=Fact.CURSOR):
            return "Where the page begins: the cursor that the page before has for the next one."
        case Filter(column=column) if query.many:
            name = service.table(endpoint.table or "").column(column).name
            return f"Keeps those whose {word(name)} is one of these."
        case Mentioned() if endpoint.where is not None:
            return f"Keeps those of which {code(endpoint.where.text)} holds."
        case _:
            return ""


def _either(words: Sequence[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last
