"""Answers that all processes of a service keep together, in Redis."""

import asyncio
import logging
from collections.abc import Collection, Sequence
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NoConnectionError
from redis.exceptions import RedisError

from app.cache import Found

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 2  # that Redis has for each answer
PAUSE_SECONDS = 1  # before it is asked again where it did not answer

# Of each table there are the version and the commits that are under way, by when they lapse. The id
# of the server's process is among the versions: what a Redis remembers from before it was started
# again, or has from another one, may have missed changes.
LOOK = """
local now = tonumber(redis.call('TIME')[1])
local versions = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
for place = 2, #KEYS, 2 do
    if redis.call('ZCOUNT', KEYS[place + 1], now, '+inf') > 0 then
        return false
    end
    local version = redis.call('GET', KEYS[place])
    if not version then
        version = ARGV[1]
        redis.call('SET', KEYS[place], version)
    end
    versions = versions .. version
end
versions = redis.sha1hex(versions)
local kept = redis.call('GET', KEYS[1])
if kept and string.sub(kept, 1, 40) == versions then
    return {versions, string.sub(kept, 41)}
end
return {versions}
"""
BEGIN = """
local now = tonumber(redis.call('TIME')[1])
for place = 1, #KEYS, 2 do
    redis.call('SET', KEYS[place], ARGV[1])
    redis.call('ZREMRANGEBYSCORE', KEYS[place + 1], '-inf', '(' .. now)
    redis.call('ZADD', KEYS[place + 1], now + ARGV[2], ARGV[1])
    redis.call('EXPIRE', KEYS[place + 1], ARGV[2] + 1)
end
"""
END = """
for place = 1, #KEYS, 2 do
    redis.call('SET', KEYS[place], ARGV[2])
    redis.call('ZREM', KEYS[place + 1], ARGV[1])
end
"""


def code_of_this_service() -> str:
    """A text that is another one for every other code, whose answers may look otherwise."""
    files = sorted(Path(__file__).parent.rglob("*.py"))
    return sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


class SharedCache:
    """Answers in the Redis at `url`, of all processes of `service` with the same database.

    All of them together are made of `tables`. While Redis does not answer, nothing is found and
    nothing is kept. Whatever this process may have failed to tell the others is made good before it
    uses Redis again.
    """

    def __init__(
        self,
        service: str,
        database: str,
        url: str,
        tables: Collection[str],
        lapse_seconds: float,
    ) -> None:
        self._prefix = f"{{{service}}}:cache:{database}:"
        self._code = code_of_this_service()
        self._tables = tables
        self._lapse_seconds = round(lapse_seconds)
        pool = ConnectionPool.from_url(
            url,
            socket_timeout=ANSWER_SECONDS,
            socket_connect_timeout=ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 1, (NoConnectionError,)),
        )
        self._redis = Redis(connection_pool=pool)
        self._look = self._redis.register_script(LOOK)
        self._begin = self._redis.register_script(BEGIN)
        self._end = self._redis.register_script(END)
        self._failures = 0
        self._repair: asyncio.Task[None] | None = None

    async def look(self, key: str, tables: Sequence[str]) -> Found | None:
        if self._repair is not None:
            return None
        try:
            found = await self._look([self._place(key), *self._places(tables)], [uuid4().hex])
        except RedisError as error:
            self._fail(error)
            return None
        if found is None:
            return None
        versions, *body = found
        return Found(versions.decode(), body[0] if body else None)

    async def keep(self, key: str, versions: str, body: bytes, seconds: int) -> None:
        try:
            await self._redis.set(self._place(key), versions.encode() + body, ex=seconds)
        except RedisError as error:
            self._fail(error)

    async def begin(self, tables: Collection[str]) -> str:
        name = uuid4().hex
        if self._repair is None:
            try:
                await self._begin(self._places(tables), [name, self._lapse_seconds])
            except RedisError as error:
                self._fail(error)
        return name

    async def end(self, tables: Collection[str], name: str) -> None:
        try:
            await self._end(self._places(tables), [name, uuid4().hex])
        except RedisError as error:
            self._fail(error)

    async def close(self) -> None:
        if self._repair is not None:
            self._repair.cancel()
            await self.end(self._tables, "")
        await self._redis.aclose()

    def _place(self, key: str) -> str:
        return f"{self._prefix}answer:{self._code}:{key}"

    def _places(self, tables: Collection[str]) -> list[str]:
        """The keys of each table: its version, and the commits that are under way."""
        kinds = ("version", "commits")
        return [f"{self._prefix}{kind}:{table}" for table in tables for kind in kinds]

    def _fail(self, error: RedisError) -> None:
        """Do without Redis until it answers again and every table has another version there."""
        self._failures += 1
        if self._repair is None:
            logger.error("Redis does not answer, so no answers are kept: %s", error)
            self._repair = asyncio.create_task(self._make_good())

    async def _make_good(self) -> None:
        known = -1
        while known != self._failures:  # what failed meanwhile may have been committed since
            await asyncio.sleep(PAUSE_SECONDS)
            known = self._failures
            await self.end(self._tables, "")
        self._repair = None
        logger.warning("Redis answers again")
