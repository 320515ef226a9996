"""Views of answers that are kept: what their routes say of them, and which changes end them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bkgen.model.endpoints import Access, Endpoint
from bkgen.model.service import Service
from bkgen.render.literals import literal
from bkgen.resolve.caches import asked_columns, asked_scopes, tables_read, written_with
from bkgen.resolve.vocabulary import has_links


@dataclass(frozen=True, slots=True)
class CachesView:
    """What the backend needs to know of all answers that are kept.

    Attributes:
        tables: that they are made of.
        deleted_with: (table, those of them that change when its rows are deleted) where that is not the table itself.
    """

    tables: tuple[str, ...]
    deleted_with: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class CacheView:
    """How a route keeps its answers.

    Attributes:
        constant: what its rule is called.
        public: whether whoever asks gets the same.
        also: code for what an answer depends on beside its path and query.
    """

    constant: str
    seconds: int
    tables: tuple[str, ...]
    public: bool
    also: str


def caches_view(service: Service) -> CachesView | None:
    """None where no answers are kept."""
    kept = [endpoint for endpoint in service.endpoints if endpoint.cache is not None]
    if not kept:
        return None
    tables = frozenset(table for endpoint in kept for table in tables_read(endpoint, service))
    changed = ((table.name, written_with(service.tables, table.name) & tables) for table in service.tables)
    return CachesView(
        tables=tuple(sorted(tables)),
        deleted_with=tuple((table, tuple(sorted(others))) for table, others in changed if others != tables & {table}),
    )


def cache_view(endpoint: Endpoint, service: Service) -> CacheView | None:
    if endpoint.cache is None:
        return None
    return CacheView(
        constant=f"{endpoint.name.upper()}_CACHE",
        seconds=endpoint.cache.seconds,
        tables=tables_read(endpoint, service),
        public=endpoint.access is Access.ANYONE,
        also=_tuple([*(["absolute_url()"] if has_links(endpoint.success.body) else []), *_asked(endpoint, service)]),
    )


def _asked(endpoint: Endpoint, service: Service) -> Iterable[str]:
    """What an answer depends on of who asks."""
    if service.accounts is None:
        return
    maybe = "" if endpoint.authenticated else "account and "
    table = service.table(service.accounts.table)
    for column in asked_columns(endpoint, service):
        yield f"{maybe}account.{table.column(column).attribute}"
    for scope in asked_scopes(endpoint):
        yield f"{maybe}account.may_use({literal(scope)})"


def _tuple(parts: list[str]) -> str:
    return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"
