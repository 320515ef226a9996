"""Without Redis, every answer is made for its request; when it is back, nothing old is found there."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from redis.exceptions import ConnectionError as NoConnectionError

from app.cache import Found
from tests.curl import Curl
from tests.database import ScratchDatabase
from tests.endpoint import Endpoint
from tests.endpoints import ENDPOINTS
from tests.server import Server, run_module
from tests.test_cached import REDIS, body, shared_cache, until, versions

KEEPING = [endpoint for endpoint in ENDPOINTS if 304 in endpoint.statuses]
NOBODY = "redis://127.0.0.1:1"


@pytest.fixture(scope="module")
def deaf_server(folder: Path, database: ScratchDatabase) -> Iterator[Server]:
    """A server that keeps answers, and whose Redis is down."""
    log = folder / "kept-nowhere.log"
    server = Server(log, DATABASE_URL=database.url, REDIS_URL=NOBODY, KEEP_ANSWERS="true")
    yield server
    server.stop()


@pytest.mark.parametrize("endpoint", KEEPING, ids=str)
def test_nothing_fails_without_redis(
    endpoint: Endpoint, deaf_server: Server, request: pytest.FixtureRequest
) -> None:
    call = endpoint.call(request)
    call["query"] = endpoint.query
    replies = [Curl(deaf_server.url)(endpoint.name, **call) for _ in range(2)]
    counted = {503} if endpoint.rate_limit else set()
    assert {reply.status for reply in replies} <= {200, 403, 404, *counted}
    kept = {reply.headers["cache-status"] for reply in replies if reply.status == 200}
    assert kept <= {"answers; fwd=bypass"}


def test_it_is_said_once_that_redis_does_not_answer(caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> list[Found | None]:
        cache = shared_cache(NOBODY, uuid4().hex)
        found = [await cache.look("key", ["tables"]) for _ in range(3)]
        await cache.end(["tables"], await cache.begin(["tables"]))
        await cache.close()
        return found

    assert asyncio.run(work()) == [None, None, None]
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 1
    assert said[0].startswith("Redis does not answer, so no answers are kept: ")


async def out_of_reach(*_: object) -> None:
    raise NoConnectionError("Redis is out of reach")


def test_what_redis_was_not_told_is_made_good(monkeypatch: pytest.MonkeyPatch) -> None:
    if not REDIS:
        pytest.skip("TEST_REDIS_URL names no Redis")

    async def work() -> None:
        name = uuid4().hex
        cut_off, other = shared_cache(REDIS, name), shared_cache(REDIS, name)
        await other.keep("key", await versions(other, "key", "tables"), b"old", 60)
        for script in ("_begin", "_end"):
            monkeypatch.setattr(cut_off, script, out_of_reach)
        await cut_off.end(["tables"], await cut_off.begin(["tables"]))
        assert await cut_off.look("key", ["tables"]) is None
        monkeypatch.undo()
        await until(lambda: cut_off.look("key", ["tables"]))
        assert await body(other, "key", "tables") is None
        await cut_off.close()
        await other.close()

    asyncio.run(work())


def test_several_processes_keep_answers_in_redis_alone() -> None:
    several = {"WEB_CONCURRENCY": "2", "REDIS_URL": "", "KEEP_ANSWERS": "true"}
    code, printed = run_module("app", **several)
    assert code == 1
    assert "REDIS_URL" in printed
    assert "KEEP_ANSWERS=false" in printed
