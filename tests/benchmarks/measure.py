"""Runs a program and tells what it took."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """What a process took, the processes that it started included.

    Attributes:
        seconds: from start to end, which grows when the machine has other work.
        processor: seconds of processor time, user and system, which hardly does.
        megabytes: of memory, at the peak of the largest single process.
    """

    seconds: float
    processor: float
    megabytes: float


def cost(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str] | None = None) -> Cost:
    """Run `command` in `folder` to its end.

    Raises:
        RuntimeError: it failed; the message is what it printed.
    """
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            raise RuntimeError(f"{command[0]} ended with {process.returncode}:\n{output.read().decode()}")
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def best(times: int, runs: Mapping[str, Callable[[], Cost]]) -> dict[str, Cost]:
    """The least of each of several runs, by what is done: what the work takes where nothing gets in its way."""
    rounds = [{what: run() for what, run in runs.items()} for _ in range(times)]
    return {what: _least([costs[what] for costs in rounds]) for what in runs}


def _least(costs: Sequence[Cost]) -> Cost:
    return Cost(
        min(cost.seconds for cost in costs),
        min(cost.processor for cost in costs),
        min(cost.megabytes for cost in costs),
    )
