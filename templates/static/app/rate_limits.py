"""How often an endpoint may be asked."""

import logging
import math
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from fastapi import Request
from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from redis.asyncio import ConnectionPool

from app.errors import RateLimited, Unavailable

logger = logging.getLogger(__name__)


@asynccontextmanager
async def open_limiter(
    service: str, redis_url: str | None, seconds: float
) -> AsyncIterator[MovingWindowRateLimiter]:
    """Count in Redis, for all processes of `service` together, or in this process alone.

    Redis has so many `seconds` for each answer.
    """
    if redis_url is None:
        yield MovingWindowRateLimiter(MemoryStorage())
        return
    pool = ConnectionPool.from_url(
        redis_url, socket_timeout=seconds, socket_connect_timeout=seconds
    )
    storage = RedisStorage(
        f"async+{redis_url}",
        wrap_exceptions=True,
        implementation="redispy",
        key_prefix=service,
        connection_pool=pool,  # type: ignore[arg-type]  # documented, but not typed
    )
    yield MovingWindowRateLimiter(storage)
    await pool.aclose()


@contextmanager
def answering() -> Iterator[None]:
    """Tell clients that the service is unavailable where Redis does not answer."""
    try:
        yield
    except StorageError as error:
        logger.error("Redis does not answer: %s", error.storage_error)
        raise Unavailable from error


class RateLimit:
    """A dependency that lets `requests` pass in any span of `seconds`, for each client address."""

    def __init__(self, name: str, requests: int, seconds: int) -> None:
        self.name = name
        self.item = RateLimitItemPerSecond(requests, seconds)
        self.policy = f'"{name}";q={requests};w={seconds}'

    async def __call__(self, request: Request) -> None:
        await self.count(request, request.client.host if request.client else "local")

    async def count(self, request: Request, client: str) -> None:
        """Count a request of `client`.

        Raises:
            RateLimited: it was one too many; such requests do not count.
            Unavailable: Redis does not answer.
        """
        limiter: MovingWindowRateLimiter = request.app.state.limiter
        with answering():
            allowed = await limiter.hit(self.item, self.name, client)
            window = await limiter.get_window_stats(self.item, self.name, client)
        wait = max(1, math.ceil(window.reset_time - time.time()))
        request.state.headers["RateLimit-Policy"] = self.policy
        request.state.headers["RateLimit"] = f'"{self.name}";r={window.remaining};t={wait}'
        if not allowed:
            raise RateLimited(headers={"Retry-After": str(wait)})
