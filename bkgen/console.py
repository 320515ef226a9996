"""What commands print about findings, files and progress.

What was asked for goes to stdout; findings and remarks go to stderr. Click leaves colours out where these are no
terminal.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from bkgen.diagnostics import Diagnostic
from bkgen.migrate.expand import EXPANDED
from bkgen.migrate.history import INITIAL, VERSIONS
from bkgen.pipeline import Generation
from bkgen.report import report, shown, summary
from bkgen.write import Change, Plan, State
from bkgen.write.manifest import FOLDER

_ADVICE = "--diff shows what bkgen would write there; --force writes it and keeps the present text as name.orig."


def show_findings(findings: Iterable[Diagnostic]) -> None:
    """Print all but hints, which `bkgen validate --hints` shows."""
    told = shown(findings)
    if told:
        click.echo(report(told, colour=True), nl=False, err=True)
        click.echo(f"Found {summary(told)}.", err=True)


def show_earlier_findings(findings: str) -> None:
    """Print how much the last run found, where nothing changed since."""
    if findings:
        click.echo(f"The documents are unchanged and have {findings}: `bkgen validate` shows them.", err=True)


def show_generation(generation: Generation, directory: Path) -> None:
    """Print what was found and written."""
    show_findings(generation.diagnostics)
    show_earlier_findings(generation.findings)
    outcome = generation.outcome
    if outcome is None:
        click.echo("Nothing was written.", err=True)
        return
    done = {"new": outcome.created, "replaced": outcome.replaced, "removed": outcome.removed}
    told = ", ".join(f"{len(paths)} {word}" for word, paths in done.items() if paths)
    if told:
        click.echo(f"Wrote {directory}: {told}.")
    else:
        click.echo(f"{directory} is up to date{', except for what was edited' if outcome.kept else ''}.")
    later = list(_later(outcome.created))
    halfway = [path for path in later if f"{EXPANDED}_" in path]
    for path in later if not halfway else ():
        click.echo(f"The tables changed: {path} leads to the new ones. Read it, then run `alembic upgrade head`.")
    if halfway:
        revision = halfway[0].rpartition("/")[2].partition(f"{EXPANDED}_")[0] + EXPANDED
        click.echo(f"The tables changed: {' and '.join(later)} lead to the new ones. Read them, run")
        click.echo(
            f"`alembic upgrade {revision}`, start the new backend, end the old one, and run `alembic upgrade head`."
        )
    for path in outcome.aside:
        click.echo(f"kept the edited text as {path}", err=True)
    for change in outcome.kept:
        click.echo(f"kept {change.path}: {_reason(change)}", err=True)
    if outcome.kept:
        click.echo(_ADVICE, err=True)


def show_plan(plan: Plan, *, force: bool) -> None:
    """Print a line per file that would be created, replaced, removed or kept."""
    for change in plan.differences:
        if change.state is State.MISSING:
            line = f"create  {change.path}"
        elif change.state is State.STALE:
            line = f"remove  {change.path}"
        elif change.state is State.OUTDATED:
            line = f"replace {change.path}"
        elif force and change.after is not None:
            line = f"replace {change.path}, keeping the edited text beside it"
        else:
            line = f"keep    {change.path}: {_reason(change)}"
        click.echo(line)


def show_diffs(plan: Plan) -> None:
    """Print a unified diff from what is on disk to what would be generated."""
    colours = {"+": "green", "-": "red", "@": "cyan"}
    for change in plan.differences:
        if change.path.startswith(f"{FOLDER}/"):
            click.echo(f"{change.path}, bkgen's own record, differs too.", err=True)
            continue
        for line in change.diff().splitlines():
            click.echo(click.style(line, fg=colours.get(line[:1])))


def show_differences(plan: Plan) -> None:
    """Print the diffs, and how many files differ in which way."""
    show_diffs(plan)
    if revisions := list(_later(change.path for change in plan.having(State.MISSING))):
        click.echo(f"The tables changed, and no migration leads to the new ones: {revisions[0]} is missing.", err=True)
    counts = Counter(change.state for change in plan.differences)
    told = ", ".join(f"{counts[state]} {state}" for state in State if counts[state])
    click.echo(f"{plan.root} is not what would be generated: {told or 'the last run was interrupted'}.", err=True)
    click.echo("`bkgen generate` brings it up to date, except for what was edited.", err=True)


def show_progress(calls: int | None) -> None:
    """On a terminal, show how many calls were made so far, always on the same line; None clears it."""
    if sys.stderr.isatty():
        line = "" if calls is None else f"Running the backend's tests: {calls} calls of curl"
        click.echo(f"\r{line:60}\r", nl=False, err=True)


def _later(paths: Iterable[str]) -> Iterator[str]:
    """Those that are migrations, but for the first one."""
    return (path for path in paths if path.startswith(f"{VERSIONS}/") and path != INITIAL)


def _reason(change: Change) -> str:
    if change.state is State.EDITED_STALE:
        return "no longer generated, but it was edited"
    return "it was edited" if change.state is State.EDITED else "bkgen did not write it"
