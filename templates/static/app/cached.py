"""Endpoints whose answers are kept: what a request is told, and whether it has that already."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from pydantic_core import to_json

from app.cache import Cache
from app.database import DatabaseDep

CACHED: dict[int | str, Any] = {
    200: {
        "headers": {
            "ETag": {
                "description": "Names the answer as it is, for `If-None-Match`.",
                "schema": {"type": "string"},
            },
            "Cache-Control": {
                "description": "`no-cache` where it is the same for all who ask, else `no-store`.",
                "schema": {"type": "string"},
            },
        }
    },
    304: {"description": "The answer is still the one that `If-None-Match` names."},
}


@dataclass(frozen=True)
class Rule:
    """How the answers of an endpoint are kept.

    `tables` are those that they are made of, and `public` says whether all who ask get the same.
    """

    seconds: int
    tables: Sequence[str]
    public: bool
    flights: dict[tuple[str, str], asyncio.Task[bytes]] = field(default_factory=dict)


class Cached:
    """The answer to one request, which may be one that is kept."""

    def __init__(self, request: Request, cache: Cache | None, known: str) -> None:
        self._request = request
        self._cache = cache
        self._known = known

    async def answer(
        self,
        rule: Rule,
        also: Sequence[object],
        run: Callable[..., Awaitable[object]],
        *work: Any,
    ) -> Response:
        """What is kept for this path and query, or else what `run(*work)` gives.

        `also` is what the answer depends on beside them.
        """
        body = await self._find(rule, also, partial(run, *work))
        tag = f'"{sha256(body).hexdigest()[:32]}"'
        if rule.public:
            self._request.state.headers["Cache-Control"] = "no-cache"
        if self._is_known(tag):
            return Response(status_code=304, headers={"ETag": tag})
        return Response(body, headers={"ETag": tag}, media_type="application/json")

    async def _find(
        self, rule: Rule, also: Sequence[object], make: Callable[[], Awaitable[object]]
    ) -> bytes:
        if self._cache is None:
            return await _body(make)
        key = self._key(also)
        found = await self._cache.look(key, rule.tables)
        if found is None:
            return await _body(make)
        if found.body is not None:
            return found.body
        # Those who ask for the same under the same versions wait for the first of them.
        name = (key, found.versions)
        flight = rule.flights.get(name)
        if flight is None:
            flight = asyncio.create_task(_keep(self._cache, name, make, rule.seconds))
            rule.flights[name] = flight
            flight.add_done_callback(lambda _: rule.flights.pop(name))
        return await asyncio.shield(flight)

    def _key(self, also: Sequence[object]) -> str:
        request = self._request
        query = request.query_params.multi_items()
        asked = [request.scope["route"].operation_id, request.path_params, query, also]
        return sha256(to_json(asked)).hexdigest()

    def _is_known(self, tag: str) -> bool:
        tags = (one.strip().removeprefix("W/") for one in self._known.split(","))
        return self._known.strip() == "*" or tag in tags


async def _body(make: Callable[[], Awaitable[object]]) -> bytes:
    return to_json(await make(), by_alias=True)


async def _keep(
    cache: Cache, name: tuple[str, str], make: Callable[[], Awaitable[object]], seconds: int
) -> bytes:
    body = await _body(make)
    await cache.keep(*name, body, seconds)
    return body


async def get_cached(
    request: Request,
    database: DatabaseDep,
    if_none_match: Annotated[
        str,
        Header(
            alias="If-None-Match",
            description="The `ETag` of an answer that the client has: 304 says that it still holds.",
        ),
    ] = "",
) -> Cached:
    return Cached(request, database.cache, if_none_match)


CachedDep = Annotated[Cached, Depends(get_cached)]
