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
            "Cache-Status": {
                "description": "Whether it was kept (`answers; hit`), or made for this request (RFC 9211).",
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
    `flights` are answers that are being made: whoever asks for the same meanwhile, and under the
    same versions of the tables, waits for them.
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
        make = partial(run, *work)
        if self._cache is None:
            return Response(await _body(make), media_type="application/json")
        how, body = await _find(self._cache, rule, self._key(also), make)
        tag = f'"{sha256(body).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Status": f"answers; {how}"}
        if rule.public:
            self._request.state.headers["Cache-Control"] = "no-cache"
        if self._is_known(tag):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type="application/json")

    def _key(self, also: Sequence[object]) -> str:
        request = self._request
        query = request.query_params.multi_items()
        asked = [request.scope["route"].operation_id, request.path_params, query, also]
        return sha256(to_json(asked)).hexdigest()

    def _is_known(self, tag: str) -> bool:
        tags = (one.strip().removeprefix("W/") for one in self._known.split(","))
        return self._known.strip() == "*" or tag in tags


async def _find(
    cache: Cache, rule: Rule, key: str, make: Callable[[], Awaitable[object]]
) -> tuple[str, bytes]:
    """How a body was come by, in the words of RFC 9211, and that body."""
    found = await cache.look(key, rule.tables)
    if found is None:
        return "fwd=bypass", await _body(make)
    if found.body is not None:
        return "hit", found.body
    name = (key, found.versions)
    if (flight := rule.flights.get(name)) is not None:
        return "fwd=miss; collapsed", await asyncio.shield(flight)
    flight = asyncio.create_task(_keep(cache, name, make, rule.seconds))
    rule.flights[name] = flight
    flight.add_done_callback(partial(_land, rule, name))
    return "fwd=miss; stored", await asyncio.shield(flight)


def _land(rule: Rule, name: tuple[str, str], flight: asyncio.Task[bytes]) -> None:
    """Whoever waits for an answer is told why there is none; where all have gone away, nobody is."""
    del rule.flights[name]
    if not flight.cancelled():
        flight.exception()


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
