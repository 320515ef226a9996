"""Guesses at passwords are slowed down, name by name, and not for who has signed in before."""

import hashlib
import math
import time
from dataclasses import dataclass

from fastapi import Request
from limits import RateLimitItemPerSecond
from limits.aio.strategies import MovingWindowRateLimiter

from app.clients import client_of
from app.errors import RateLimited
from app.rate_limits import answering

# How many attempts, in how many seconds: the pauses become longer and longer.
STEPS = (
    RateLimitItemPerSecond(5, 60),
    RateLimitItemPerSecond(30, 3_600),
    RateLimitItemPerSecond(100, 86_400),
)
KNOWN_SECONDS = 90 * 86_400  # that an address is known by which an account has signed in


@dataclass(frozen=True)
class Attempt:
    """An attempt to sign in by a name, of which only a digest is kept, from an address.

    Attempts from addresses that are not known for the name count together, and those from one that
    is known by themselves: whoever guesses elsewhere does not keep the owner out.
    """

    limiter: MovingWindowRateLimiter
    digest: str
    address: str

    @classmethod
    async def begin(cls, request: Request, name: str) -> "Attempt":
        """Count an attempt, whether there is such an account or not.

        Raises:
            RateLimited: it was one too many.
            Unavailable: Redis does not answer.
        """
        digest = hashlib.sha256(name.casefold().encode()).hexdigest()
        address = client_of(request)
        attempt = cls(request.app.state.limiter, digest, address)
        with answering():
            wait = await attempt.count()
        if wait > 0:
            raise RateLimited(headers={"Retry-After": str(wait)})
        return attempt

    async def count(self) -> int:
        """Count it; the seconds to wait before the next one, or 0 where it can go on."""
        is_known = await self.limiter.storage.get(self.known) > 0
        counted = ("guesses", self.digest, self.address) if is_known else ("guesses", self.digest)
        for step in STEPS:
            if not await self.limiter.hit(step, *counted):
                window = await self.limiter.get_window_stats(step, *counted)
                return max(1, math.ceil(window.reset_time - time.time()))
        return 0

    async def succeed(self) -> None:
        """The address is known from now on, and has no guesses on its account.

        Raises:
            Unavailable: Redis does not answer.
        """
        with answering():
            await self.limiter.storage.incr(self.known, KNOWN_SECONDS)
            for step in STEPS:
                await self.limiter.clear(step, "guesses", self.digest, self.address)

    @property
    def known(self) -> str:
        """What says that the name has signed in from the address."""
        return f"known/{self.digest}/{self.address}"
