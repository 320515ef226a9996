"""Processes that end with bkgen, and all that they started with them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

_SECONDS_TO_END = 10.0


def start(
    module: str, *arguments: str, folder: Path, environment: Mapping[str, str], output: IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    """Run a Python module in `folder`, in a group of its own: Ctrl-C reaches bkgen alone, which then ends it in order.

    What it prints goes to `output`, or where bkgen's own output goes.
    """
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        start_new_session=True,
    )


def end(process: subprocess.Popen[bytes], polite: signal.Signals = signal.SIGTERM) -> None:
    """Ask the process to end, give it time, then force it and whatever it left behind."""
    if process.poll() is None:
        process.send_signal(polite)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_SECONDS_TO_END)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def interrupt_on_any_end() -> None:
    """Make every way in which this process is asked to end raise KeyboardInterrupt, as Ctrl-C does."""
    for reason in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(reason, signal.default_int_handler)
