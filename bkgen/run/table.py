"""The table that `bkgen try` prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from bkgen.report import visible
from bkgen.run.trial import Answer

_NARROWEST_BODY = 20


def table(answers: Sequence[Answer], width: int) -> Iterator[str]:
    """A line per answer under a heading, at most `width` columns wide where the endpoints leave room for it."""
    times = [f"{answer.milliseconds:,.0f} ms" for answer in answers]
    endpoint = max(len("ENDPOINT"), *(len(answer.endpoint) for answer in answers), 0)
    time = max(len("TIME"), *(len(text) for text in times), 0)
    body = max(_NARROWEST_BODY, width - endpoint - len("STATUS") - time - 6)
    yield click.style(f"{'ENDPOINT':{endpoint}}  STATUS  {'SENT':{body}}  {'TIME':>{time}}", bold=True)
    previous = ""
    for answer, text in zip(answers, times, strict=True):
        # An endpoint is named once, over all its statuses.
        name = answer.endpoint if answer.endpoint != previous else ""
        previous = answer.endpoint
        status = click.style(f"{answer.status:<6}", fg="green" if answer.status < 400 else "yellow")
        yield f"{name:{endpoint}}  {status}  {shortened(visible(answer.sent), body):{body}}  {text:>{time}}"


def shortened(text: str, width: int) -> str:
    """The text itself, or as much of its beginning as fits with a sign that there is more."""
    return text if len(text) <= width else f"{text[: width - 1]}…"
