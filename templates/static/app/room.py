"""The memory that forms and files have together, and each client a share of it."""

from collections import Counter
from collections.abc import AsyncGenerator
from typing import Annotated, ClassVar

from fastapi import Depends, Request

from app.clients import client_of
from app.errors import Unavailable

MOST_AT_ONCE = 256 * 1024 * 1024  # bytes, in one process
MOST_OF_A_CLIENT = MOST_AT_ONCE // 4  # with more than one request


class Held:
    """The bytes of a form or file that a request has in memory until it is answered."""

    of_all: ClassVar[int] = 0
    of_clients: ClassVar[Counter[str]] = Counter()

    def __init__(self, client: str) -> None:
        self.client = client
        self.size = 0

    def add(self, size: int) -> None:
        """
        Raises:
            Unavailable: there is no room for them now, or not for this client.
        """
        of_others = Held.of_clients[self.client] - self.size
        if of_others and of_others + self.size + size > MOST_OF_A_CLIENT:
            raise Unavailable
        if Held.of_all + size > MOST_AT_ONCE:
            raise Unavailable
        self._count(size)

    def reserve(self, size: int) -> None:
        """Have `size` bytes in all.

        Raises:
            Unavailable: as `add` does.
        """
        self.add(size - self.size)

    def release(self) -> None:
        """Make room for others."""
        self._count(-self.size)

    def _count(self, size: int) -> None:
        self.size += size
        Held.of_all += size
        Held.of_clients[self.client] += size
        Held.of_clients = +Held.of_clients


async def held_until_answered(request: Request) -> AsyncGenerator[Held]:
    held = Held(client_of(request))
    try:
        yield held
    finally:
        held.release()


HeldDep = Annotated[Held, Depends(held_until_answered)]
