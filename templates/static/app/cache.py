"""Answers that are kept, each until a table changes that it is made of.

Every table has a version. A look takes those of the tables that an answer is made of before the
database is asked, and finds or keeps the answer under these alone. Who commits changes of a table
gives it another version before and after, and lets nobody keep anything in between.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import uuid4

from cachetools import TLRUCache

MOST_BYTES = 64 * 1024 * 1024  # of all answers that a process keeps for itself
OVERHEAD = 1024  # bytes that are counted for each beside its body: its key, its versions, its place
# How long a commit counts as being under way where nobody has said that it is over: the database
# has ended it by then.
LAPSE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Found:
    """What a look finds: the body that is kept, if any, and the versions of the tables as a text."""

    versions: str
    body: bytes | None


class Cache(Protocol):
    """Where answers are kept."""

    async def look(self, key: str, tables: Sequence[str]) -> Found | None:
        """What there is under `key`; None where nothing may be kept at the moment."""

    async def keep(self, key: str, versions: str, body: bytes, seconds: int) -> None:
        """Keep a body that was made after a look had found these `versions`."""

    async def begin(self, tables: Collection[str]) -> str:
        """Say that changes of `tables` are about to be committed; gives their name."""

    async def end(self, tables: Collection[str], name: str) -> None:
        """Say that the changes of this name are committed, or never will be."""

    async def close(self) -> None:
        """Let go of what is open."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A body, the versions that it was made under, and for how long it is kept."""

    versions: str
    body: bytes
    seconds: int


class LocalCache:
    """Answers of one process, which writes alone."""

    def __init__(self, lapse_seconds: float) -> None:
        self._lapse_seconds = lapse_seconds
        self._versions: Counter[str] = Counter()
        self._under_way: defaultdict[str, dict[str, float]] = defaultdict(dict)
        self._kept: TLRUCache[str, Kept, float] = TLRUCache(
            MOST_BYTES,
            ttu=lambda _, kept, now: now + kept.seconds,
            timer=time.monotonic,
            getsizeof=lambda kept: len(kept.body) + OVERHEAD,
        )

    async def look(self, key: str, tables: Sequence[str]) -> Found | None:
        now = time.monotonic()
        if any(end > now for table in tables for end in self._under_way[table].values()):
            return None
        versions = ".".join(str(self._versions[table]) for table in tables)
        kept = self._kept.get(key)
        return Found(versions, kept.body if kept and kept.versions == versions else None)

    async def keep(self, key: str, versions: str, body: bytes, seconds: int) -> None:
        if len(body) + OVERHEAD <= MOST_BYTES:
            self._kept[key] = Kept(versions, body, seconds)

    async def begin(self, tables: Collection[str]) -> str:
        name, now = uuid4().hex, time.monotonic()
        for table in tables:
            self._versions[table] += 1
            lasting = {one: end for one, end in self._under_way[table].items() if end > now}
            self._under_way[table] = {**lasting, name: now + self._lapse_seconds}
        return name

    async def end(self, tables: Collection[str], name: str) -> None:
        for table in tables:
            self._versions[table] += 1
            self._under_way[table].pop(name, None)

    async def close(self) -> None:
        self._kept.clear()
