"""Work on many files that a copy of this process takes half of."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection
from typing import TypeVarTuple

Ts = TypeVarTuple("Ts")

_WORTH = 300  # files: a copy costs as much as a few dozen


def shared(work: Callable[[*Ts], str], items: Sequence[tuple[*Ts]]) -> list[str]:
    """What `work` gives for the arguments in each item, in their order; an error in any of them is raised."""
    if len(items) < _WORTH or (os.cpu_count() or 1) < 2 or "fork" not in get_all_start_methods():
        return [work(*item) for item in items]
    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    copy = context.Process(target=_send, args=(sender, work, items[1::2]), daemon=True)
    copy.start()
    sender.close()
    done = [""] * len(items)
    done[::2] = [work(*item) for item in items[::2]]
    found = receiver.recv()
    copy.join()
    if isinstance(found, Exception):
        raise found
    done[1::2] = found
    return done


def _send(sender: Connection, work: Callable[[*Ts], str], items: Sequence[tuple[*Ts]]) -> None:
    try:
        sender.send([work(*item) for item in items])
    except Exception as error:  # it is the other process that tells of it
        sender.send(error)
