"""`bkgen try`: the generated backend's own tests, told as what was sent to each endpoint and what came back."""

from __future__ import annotations

import json
import os
import shlex
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bkgen.run import process

_SECONDS_BETWEEN_LOOKS = 0.1


@dataclass(frozen=True, slots=True)
class Call:
    """One call of curl that a test made."""

    endpoint: str
    status: int
    command: str
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """All calls of an endpoint that were answered with the same status.

    Attributes:
        endpoint: method and path as in the contract.
        sent: the body of the first of the calls, or its query; empty where it had neither.
        milliseconds: the median.
    """

    endpoint: str
    status: int
    sent: str
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Trial:
    """How the suite went.

    Attributes:
        output: what pytest printed.
        seconds: for all of it, start and end of the servers included.
    """

    passed: bool
    output: str
    calls: list[Call]
    seconds: float


def run_suite(folder: Path, progress: Callable[[int], None]) -> Trial:
    """Run the tests of the backend in `folder` with this interpreter, telling `progress` how many calls were made."""
    with TemporaryDirectory(prefix="bkgen-try-") as temporary:
        log, output = Path(temporary, "curl.jsonl"), Path(temporary, "output")
        log.touch()
        begin = time.monotonic()
        with output.open("wb") as stream:
            # What is set for another run of pytest, around this one or by habit, is not meant for the backend's suite.
            environment = {
                name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "TEST_"))
            }
            environment["CURL_LOG"] = str(log)
            suite = process.start("pytest", folder=folder, environment=environment, output=stream)
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
            seconds=time.monotonic() - begin,
        )


def read_calls(log: Path) -> list[Call]:
    """The calls in a log that the tests wrote: a JSON object a line."""
    records = (json.loads(line) for line in log.read_text().splitlines())
    return [Call(record["endpoint"], record["status"], record["command"], record["milliseconds"]) for record in records]


def summarise(calls: Iterable[Call], endpoints: Sequence[str]) -> list[Answer]:
    """One answer per endpoint and status, for `endpoints` in their order; calls of anything else are left out."""
    groups: dict[tuple[str, int], list[Call]] = {}
    for call in calls:
        groups.setdefault((call.endpoint, call.status), []).append(call)
    return [
        Answer(endpoint, status, sent(group[0].command), median(call.milliseconds for call in group))
        for endpoint in endpoints
        for (called, status), group in sorted(groups.items(), key=lambda item: item[0])
        if called == endpoint
    ]


def sent(command: str) -> str:
    """What a curl command sends: its body or the name of the file that has it, or the query of its URL, or nothing."""
    words = shlex.split(command)
    for option, value in pairwise(words):
        if option in ("-d", "--data", "--data-raw", "--data-binary", "--json"):
            return f"@{Path(value).name}" if value.startswith("@") else " ".join(value.split())
    url = next((word for word in words if word.startswith(("http://", "https://"))), "")
    _, mark, query = url.partition("?")
    return mark + query
