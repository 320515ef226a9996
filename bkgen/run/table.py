"""The table that `bkgen try` prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import click

from bkgen.report import visible
from bkgen.run.calls import Answer
from bkgen.run.outcomes import Missing

_NARROWEST_BODY = 20


@dataclass(frozen=True, slots=True)
class _Line:
    endpoint: str
    status: int
    body: str
    time: str
    colour: str


def table(answers: Sequence[Answer], missing: Sequence[Missing], width: int) -> Iterator[str]:
    """A line per answer, and per status that is missing, `width` columns wide where endpoints leave room."""
    lines = _lines(answers, missing)
    endpoint = max(len("ENDPOINT"), *(len(line.endpoint) for line in lines), 0)
    time = max(len("TIME"), *(len(line.time) for line in lines), 0)
    body = max(_NARROWEST_BODY, width - endpoint - len("STATUS") - time - 6)
    yield click.style(f"{'ENDPOINT':{endpoint}}  STATUS  {'SENT':{body}}  {'TIME':>{time}}", bold=True)
    previous = ""
    for line in lines:
        # An endpoint is named once, over all its statuses.
        name = line.endpoint if line.endpoint != previous else ""
        previous = line.endpoint
        status = click.style(f"{line.status or '':<6}", fg=line.colour)
        told = click.style(f"{shortened(line.body, body):{body}}", fg="red" if line.colour == "red" else None)
        yield f"{name:{endpoint}}  {status}  {told}  {line.time:>{time}}"


def _lines(answers: Sequence[Answer], missing: Sequence[Missing]) -> list[_Line]:
    """Endpoint by endpoint in the order of the answers, statuses ascending."""
    lines = [
        _Line(
            endpoint=answer.endpoint,
            status=answer.status,
            body=visible(answer.sent),
            time=f"{answer.milliseconds:,.0f} ms",
            colour="green" if answer.status < 400 else "yellow",
        )
        for answer in answers
    ]
    answered = {(answer.endpoint, answer.status) for answer in answers}
    for found in missing:
        if found.failed:
            lines.append(_Line(found.endpoint, found.status or 0, f"FAILED: {visible(found.reason)}", "", "red"))
        elif (found.endpoint, found.status) not in answered:
            lines.append(_Line(found.endpoint, found.status or 0, f"not tried: {visible(found.reason)}", "", "yellow"))
    order = list(dict.fromkeys(line.endpoint for line in lines))
    return sorted(lines, key=lambda line: (order.index(line.endpoint), line.status))


def shortened(text: str, width: int) -> str:
    """The text itself, or as much of its beginning as fits with a sign that there is more."""
    return text if len(text) <= width else f"{text[: width - 1]}…"
