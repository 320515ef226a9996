"""The calls of curl that the tests of a backend logged."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median


@dataclass(frozen=True, slots=True)
class Call:
    """One call of curl that a test made."""

    endpoint: str
    status: int
    command: str
    milliseconds: float
    test: str


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


def read_calls(log: Path) -> list[Call]:
    """The calls in a log that the tests wrote: a JSON object a line."""
    records = (json.loads(line) for line in log.read_text().splitlines())
    return [Call(**record) for record in records]


def summarise(calls: Iterable[Call], endpoints: Iterable[str]) -> list[Answer]:
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


_PLACE = re.compile(r"=@.*/(?=[^/]*;type=)")


def sent(command: str) -> str:
    """What a curl command sends: its body or the name of the file that has it, or the query of its URL, or nothing."""
    words = shlex.split(command)
    form = [value for option, value in pairwise(words) if option in ("-F", "--form-string")]
    if form:
        return " ".join(f"-F {re.sub(_PLACE, '=@', part)}" for part in form)
    for option, value in pairwise(words):
        if option in ("-d", "--data", "--data-raw", "--data-binary", "--json"):
            return f"@{Path(value).name}" if value.startswith("@") else " ".join(value.split())
    url = next((word for word in words if word.startswith(("http://", "https://"))), "")
    _, mark, query = url.partition("?")
    return mark + query
