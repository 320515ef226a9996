"""What is kept is found again until a table changes, by one process and by several with Redis."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, cast
from uuid import uuid4

import pytest
from fastapi import Request, Response

from app.cache import Cache, LocalCache
from app.cached import Cached, Rule
from app.shared_cache import SharedCache

REDIS = os.environ.get("TEST_REDIS_URL", "")
Open = Callable[[], Cache]
TABLES = ("tables", "chairs")


def shared_cache(url: str, name: str, lapse_seconds: float = 60) -> SharedCache:
    return SharedCache(name, "database", url, TABLES, lapse_seconds)


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


@pytest.fixture(params=["local", "shared"])
def open_one(request: pytest.FixtureRequest) -> Open:
    """Opens a cache: where it is shared, each is one of another process."""
    name = uuid4().hex
    if request.param == "local":
        local = LocalCache(1)
        return lambda: local
    if not REDIS:
        pytest.skip("TEST_REDIS_URL names no Redis")
    return lambda: shared_cache(REDIS, name, 1)


async def versions(cache: Cache, key: str, *tables: str) -> str:
    """Those of the tables, where nothing is kept under the key."""
    found = await cache.look(key, tables)
    assert found is not None
    assert found.body is None
    return found.versions


async def body(cache: Cache, key: str, *tables: str) -> bytes | None:
    found = await cache.look(key, tables)
    assert found is not None
    return found.body


async def until(asked: Callable[[], Awaitable[object]]) -> None:
    """Wait until it gives something."""
    for _ in range(100):
        if await asked():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it never came")


def test_what_is_kept_is_found_by_all(open_one: Open) -> None:
    async def work() -> None:
        one, other = open_one(), open_one()
        await one.keep("key", await versions(one, "key", *TABLES), b"\x00body", 60)
        assert await body(other, "key", *TABLES) == b"\x00body"
        assert await body(other, "other key", *TABLES) is None
        await one.close()
        await other.close()

    run(work())


def test_a_change_ends_what_is_made_of_its_table(open_one: Open) -> None:
    async def work() -> None:
        one, other = open_one(), open_one()
        for key, table in (("a", "tables"), ("b", "chairs")):
            await one.keep(key, await versions(one, key, table), b"body", 60)
        name = await other.begin(["tables"])
        await other.end(["tables"], name)
        assert await body(one, "a", "tables") is None
        assert await body(one, "b", "chairs") == b"body"
        await one.close()
        await other.close()

    run(work())


def test_nothing_is_kept_while_a_change_is_committed(open_one: Open) -> None:
    async def work() -> None:
        one, other = open_one(), open_one()
        first, second = await one.begin(["tables"]), await other.begin(["tables", "chairs"])
        await one.end(["tables"], first)
        assert await other.look("key", ["tables"]) is None
        await other.end(["tables", "chairs"], second)
        assert await other.look("key", ["tables"]) is not None
        await one.close()
        await other.close()

    run(work())


def test_what_was_read_before_a_change_is_never_found(open_one: Open) -> None:
    async def work() -> None:
        one, other = open_one(), open_one()
        before = await versions(one, "key", "tables")
        name = await other.begin(["tables"])
        await one.keep("key", before, b"old", 60)
        await other.end(["tables"], name)
        assert await body(other, "key", "tables") is None
        await one.keep("key", before, b"old", 60)
        assert await body(other, "key", "tables") is None
        await one.close()
        await other.close()

    run(work())


def test_a_change_without_an_end_lapses(open_one: Open) -> None:
    async def work() -> None:
        cache = open_one()
        await cache.keep("key", await versions(cache, "key", "tables"), b"old", 60)
        await cache.begin(["tables"])
        assert await cache.look("key", ["tables"]) is None
        await until(lambda: cache.look("key", ["tables"]))
        assert await body(cache, "key", "tables") is None
        await cache.close()

    run(work())


def test_nothing_is_kept_for_longer_than_it_may(open_one: Open) -> None:
    async def work() -> None:
        cache = open_one()
        await cache.keep("key", await versions(cache, "key", "tables"), b"body", 1)
        assert await body(cache, "key", "tables") == b"body"

        async def forgotten() -> bool:
            return await body(cache, "key", "tables") is None

        await until(forgotten)
        await cache.close()

    run(work())


def asked(cache: Cache) -> Cached:
    """A request, as far as what it is asked for goes."""
    route = type("Route", (), {"operation_id": "list_tables"})
    scope = {"type": "http", "query_string": b"", "path_params": {}, "route": route, "state": {}}
    request = Request(scope)
    request.state.headers = {}
    return Cached(request, cache, "")


def test_those_who_ask_at_once_wait_for_one_answer(open_one: Open) -> None:
    calls = []

    async def make(value: int) -> int:
        calls.append(value)
        await asyncio.sleep(0.1)
        return value

    async def work() -> None:
        cache, rule = open_one(), Rule(60, TABLES, public=True)
        answers: list[Awaitable[Response]] = [
            asked(cache).answer(rule, (), cast("Callable[..., Awaitable[object]]", make), 7)
            for _ in range(8)
        ]
        replies = await asyncio.gather(*answers)
        assert [reply.body for reply in replies] == [b"7"] * 8
        how = sorted(reply.headers["cache-status"] for reply in replies)
        assert how == ["answers; fwd=miss; collapsed"] * 7 + ["answers; fwd=miss; stored"]
        assert not rule.flights
        again = await asked(cache).answer(rule, (), make, 8)
        assert (again.body, again.headers["cache-status"]) == (b"7", "answers; hit")
        await cache.close()

    run(work())
    assert calls == [7]


def test_what_fails_is_kept_for_nobody(open_one: Open) -> None:
    failures = [ValueError("the first"), None]

    async def make() -> str:
        if (failure := failures.pop(0)) is not None:
            raise failure
        return "made"

    async def work() -> None:
        cache, rule = open_one(), Rule(60, TABLES, public=True)
        with pytest.raises(ValueError, match="the first"):
            await asked(cache).answer(rule, (), make)
        reply = await asked(cache).answer(rule, (), make)
        assert (reply.body, reply.headers["cache-status"]) == (
            b'"made"',
            "answers; fwd=miss; stored",
        )
        await cache.close()

    run(work())


def test_answers_that_depend_on_more_are_kept_apart(open_one: Open) -> None:
    async def make(value: str) -> str:
        return value

    async def work() -> None:
        cache, rule = open_one(), Rule(60, TABLES, public=False)
        for who in ("ann", "bob"):
            reply = await asked(cache).answer(rule, (who,), make, who)
            assert reply.body == f'"{who}"'.encode()
        await cache.close()

    run(work())
