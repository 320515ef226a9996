"""The tests that did not pass, by the endpoint and the status that they are about."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from bkgen.run.calls import Call

_STATUS = re.compile(r"_([1-5]\d\d)(?:_|$)")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A test that failed, or that was skipped because it cannot be run.

    Attributes:
        test: as pytest names it: `tests/auth/test_auth.py::test_login_200`.
        reason: the first line of what pytest says about it.
    """

    test: str
    failed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A status of an endpoint that was not seen, or not as documented; None for a test that names no status."""

    endpoint: str
    status: int | None
    failed: bool
    reason: str


def read_outcomes(report: Path) -> list[Outcome]:
    """The tests in a JUnit report that did not pass; none where pytest did not come to write one."""
    if not report.exists():
        return []
    found = []
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 (pytest has just written it)
        test = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name', '')}"
        for kind in ("failure", "error", "skipped"):
            if (element := case.find(kind)) is not None:
                reason = element.get("message", "").partition("\n")[0]
                found.append(Outcome(_plain(test), kind != "skipped", reason))
                break
    return found


def missing(outcomes: Iterable[Outcome], calls: Iterable[Call], endpoints: Mapping[str, str]) -> list[Missing]:
    """What the outcomes say about `endpoints` (name of the function -> method and path): one for each status."""
    last = {_plain(call.test): call for call in calls}
    found: dict[tuple[str, int | None, bool], Missing] = {}
    for outcome in outcomes:
        if endpoint := _endpoint(outcome.test, endpoints):
            expected = _STATUS.search(outcome.test.partition("[")[0])
            status = int(expected[1]) if expected else None
            call = last.get(outcome.test)
            other = outcome.failed and call is not None and call.endpoint == endpoint and call.status != status
            reason = f"got {call.status}" if other and call else outcome.reason
            found.setdefault((endpoint, status, outcome.failed), Missing(endpoint, status, outcome.failed, reason))
    return list(found.values())


def untried(documented: Mapping[str, Iterable[int]], answered: Collection[tuple[str, int]]) -> list[Missing]:
    """The statuses of endpoints (method and path -> all that it documents) that no call was answered with."""
    return [
        Missing(endpoint, status, False, "no test of this backend leads to it")
        for endpoint, statuses in documented.items()
        for status in sorted(statuses)
        if (endpoint, status) not in answered
    ]


def _plain(test: str) -> str:
    """Without the group by which pytest-xdist keeps tests together."""
    return test.partition("]@")[0] + "]" if "]@" in test else test


def _endpoint(test: str, endpoints: Mapping[str, str]) -> str | None:
    """The endpoint in the test's parameters, or else in its name."""
    function, _, parameters = test.partition("::test_")[2].partition("[")
    if named := [call for call in endpoints.values() if call in parameters]:
        return max(named, key=len)
    names = [name for name in endpoints if function.startswith(f"{name}_")]
    return endpoints[max(names, key=len)] if names else None
