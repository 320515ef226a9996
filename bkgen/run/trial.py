"""`bkgen try`: the generated backend's own tests, told as what was sent to each endpoint and what came back."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bkgen.run import process
from bkgen.run.calls import Call, read_calls
from bkgen.run.outcomes import Outcome, read_outcomes

_SECONDS_BETWEEN_LOOKS = 0.1


@dataclass(frozen=True, slots=True)
class Trial:
    """How the suite went.

    Attributes:
        output: what pytest printed.
        outcomes: the tests that did not pass.
        seconds: for all of it, start and end of the servers included.
    """

    passed: bool
    output: str
    calls: list[Call]
    outcomes: list[Outcome]
    seconds: float


def run_suite(folder: Path, progress: Callable[[int], None]) -> Trial:
    """Run the tests of the backend in `folder` with this interpreter, telling `progress` how many calls were made."""
    with TemporaryDirectory(prefix="bkgen-try-") as temporary:
        log, report, output = (Path(temporary, name) for name in ("curl.jsonl", "report.xml", "output"))
        log.touch()
        begin = time.monotonic()
        with output.open("wb") as stream:
            # What is set for another run of pytest, around this one or by habit, is not meant for the backend's suite.
            environment = {
                name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "TEST_"))
            }
            environment["CURL_LOG"] = str(log)
            suite = process.start(
                "pytest", f"--junitxml={report}", folder=folder, environment=environment, output=stream
            )
            try:
                while suite.poll() is None:
                    progress(log.read_bytes().count(b"\n"))
                    time.sleep(_SECONDS_BETWEEN_LOOKS)
            finally:
                process.end(suite, signal.SIGINT)  # as Ctrl-C: pytest then ends its servers
        return Trial(
            passed=suite.returncode == 0,
            output=output.read_text(errors="replace"),
            calls=read_calls(log),
            outcomes=read_outcomes(report),
            seconds=time.monotonic() - begin,
        )
