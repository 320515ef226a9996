"""The `bkgen` command: what it takes, what it prints, and its exit codes.

0 is fine, 1 is findings (or differences, or failed tests), 2 is wrong usage, 70 is a mistake in bkgen itself, and 130
is Ctrl-C.
"""

from __future__ import annotations

import gc
import os
import shlex
import shutil
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from bkgen import __version__, console
from bkgen.crash import Program
from bkgen.diagnostics import Diagnostic, Severity
from bkgen.explain import explain as explain_service
from bkgen.pipeline import Evolution, compare, compile_documents, generate, lint
from bkgen.provenance import NotGeneratedError, parse_place, trace
from bkgen.report import FORMATS, report, shown, summary, visible
from bkgen.run.backend import is_free, missing_libraries, missing_programs
from bkgen.run.calls import summarise
from bkgen.run.outcomes import missing, untried
from bkgen.run.process import interrupt_on_any_end
from bkgen.run.rows import NotCountedError, counter
from bkgen.run.serve import serve
from bkgen.run.table import table
from bkgen.run.trial import run_suite
from bkgen.starter import write_starter
from bkgen.write.handlers import copy_handlers

FINDINGS = 1
WRONG_USAGE = 2
_FIRST_PORT = 8000

_PATHS = click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
_FOLDER = click.Path(file_okay=False, path_type=Path)
_FORM = click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How to print."
)
_STRICT = click.option("--strict", is_flag=True, help="Exit with 1 for warnings, too.")
_HANDLERS = click.option(
    "--handlers",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the handlers: app/handlers of your backend. They are copied.",
)


class NotPossibleError(click.ClickException):
    """What was asked for cannot be done here; the message says what would make it possible."""

    exit_code = WRONG_USAGE


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="bkgen")
@click.pass_context
def main(context: click.Context) -> None:
    """Compile API contracts and database schemas into a complete, running FastAPI backend.

    Documents are JSON or YAML files, or folders of them.

    \b
    First steps:
      bkgen init shop                  write two small documents to begin with
      bkgen try shop                   generate their backend and curl every endpoint
      bkgen run shop                   serve it, and follow every change of the documents
      bkgen generate shop -o backend   write it into a folder of your own
    """
    # What is made lives to the end: looking for garbage in it as often as Python does takes a tenth of the time.
    gc.set_threshold(100_000, 50)
    if os.environ.get("NO_COLOR"):
        context.color = False


@main.command(short_help="Write two small documents to begin with.")
@click.argument("directory", type=_FOLDER, default=Path())
def init(directory: Path) -> None:
    """Write a small contract.json and database.json into DIRECTORY to begin with.

    Existing documents are never overwritten.

    \b
    Example:
      bkgen init shop
    """
    try:
        documents = write_starter(directory)
    except FileExistsError as error:
        raise click.ClickException(f"{error} exists and is left as it is.") from None
    except OSError as error:
        raise click.ClickException(f"Cannot write to {directory}: {error.strerror}.") from None
    for document in documents:
        click.echo(f"Wrote {document}.")
    click.echo(f"Next: bkgen try {shlex.quote(str(directory))}")


@main.command(short_help="Check documents, and print all findings at once.")
@_PATHS
@_FORM
@_STRICT
@click.option("--hints", is_flag=True, help="Also show hints, such as spellings that are understood but not canonical.")
def validate(paths: tuple[Path, ...], form: str, strict: bool, hints: bool) -> None:
    """Check the documents at PATHS and print all findings at once.

    \b
    Examples:
      bkgen validate contract.json database.json
      bkgen validate docs/ --strict --format github
    """
    _, diagnostics = compile_documents(paths)
    _tell(list(diagnostics) if hints else shown(diagnostics), form, strict)


@main.command("lint", short_help="Review the design of the tables.")
@_PATHS
@_FORM
@_STRICT
def lint_command(paths: tuple[Path, ...], form: str, strict: bool) -> None:
    """Review the tables of the documents at PATHS as a database architect does, and print all findings at once.

    It tells of missing keys, lists in a column, repeated columns, copied facts, money in floats, times without a zone,
    rows found without an index, and of what another kind of store would serve better. Documents with errors are told
    of these alone.

    \b
    Examples:
      bkgen lint docs/
      bkgen lint docs/ --strict --format sarif
    """
    _tell(shown(lint(paths)), form, strict)


@main.command("generate", short_help="Write the backend into a folder.")
@_PATHS
@click.option("-o", "--output", "directory", type=_FOLDER, required=True, help="Folder to write to.")
@click.option("--dry-run", is_flag=True, help="Write nothing: list what would be done.")
@click.option("--diff", is_flag=True, help="Write nothing: show what would change, line by line.")
@click.option("--force", is_flag=True, help="Replace files that a person edited; their text is kept as name.orig.")
@click.option(
    "--allow-loss",
    "allowed",
    multiple=True,
    metavar="TABLE[.COLUMN]",
    help="What a migration may drop, cut or refuse to carry out. Can be said several times.",
)
@click.option("--two-step", "in_two", is_flag=True, help="Write two migrations: old and new backend run between them.")
@click.option("--database", metavar="URL", help="Tell how many rows of this database each loss concerns.")
def generate_command(
    paths: tuple[Path, ...],
    directory: Path,
    dry_run: bool,
    diff: bool,
    force: bool,
    allowed: tuple[str, ...],
    in_two: bool,
    database: str | None,
) -> None:
    """Write the backend that the documents at PATHS describe.

    Run it again whenever the documents change. Files that you edited are kept as they are and listed; files that are no
    longer needed are removed. Where the tables changed, a migration is written that leads to the new ones; what would
    lose rows or values is refused until you allow it.

    \b
    Examples:
      bkgen generate docs/ -o backend
      bkgen generate docs/ -o backend --diff
      bkgen generate docs/ -o backend --allow-loss users.age
      bkgen generate docs/ -o backend --two-step
    """
    if database is not None:
        _need_backend_libraries()
    evolution = Evolution(allowed, in_two)
    if database is not None:
        evolution = replace(evolution, count=counter(database))
    try:
        _generate(paths, directory, evolution, dry_run=dry_run, diff=diff, force=force)
    except NotCountedError as error:
        raise NotPossibleError(str(error)) from None


def _generate(
    paths: tuple[Path, ...], directory: Path, evolution: Evolution, *, dry_run: bool, diff: bool, force: bool
) -> None:
    if not (dry_run or diff):
        generation = generate(paths, directory, force=force, evolution=evolution)
        console.show_generation(generation, directory)
        if generation.outcome is None:
            raise click.exceptions.Exit(FINDINGS)
        return
    comparison = compare(paths, directory, force=force, evolution=evolution)
    console.show_findings(comparison.diagnostics)
    console.show_earlier_findings(comparison.findings)
    if comparison.up_to_date:
        click.echo(f"{directory} is up to date: nothing would change.")
    elif comparison.plan is None:
        raise click.exceptions.Exit(FINDINGS)
    elif diff:
        console.show_diffs(comparison.plan)
    else:
        console.show_plan(comparison.plan, force=force)


@main.command(short_help="Tell whether a folder is what would be generated.")
@_PATHS
@click.option("-o", "--output", "directory", type=_FOLDER, required=True, help="Folder to compare.")
def check(paths: tuple[Path, ...], directory: Path) -> None:
    """Tell whether a folder holds exactly what would be generated, for use in CI.

    Prints a unified diff and exits with 1 where a file was edited, is missing, out of date or no longer needed.

    \b
    Example:
      bkgen check docs/ -o backend
    """
    comparison = compare(paths, directory)
    console.show_findings(comparison.diagnostics)
    console.show_earlier_findings(comparison.findings)
    if comparison.up_to_date:
        click.echo(f"{directory} is up to date.")
        return
    if comparison.plan is not None:
        console.show_differences(comparison.plan)
    raise click.exceptions.Exit(FINDINGS)


@main.command(short_help="Tell what each endpoint does, and why.")
@click.argument("paths", nargs=-1, required=True, metavar="PATHS... | FILE[:LINE]")
def explain(paths: tuple[str, ...]) -> None:
    """Tell for each endpoint what it does and why, or for a generated file or a line of it where it came from.

    \b
    Examples:
      bkgen explain docs/
      bkgen explain backend/app/posts/router.py
      bkgen explain backend/app/posts/router.py:42
    """
    if len(paths) == 1 and (place := parse_place(paths[0])):
        _explain_place(*place)
        return
    for path in paths:
        if not Path(path).exists():
            raise click.BadParameter(f"Path '{path}' does not exist.", param_hint="PATHS")
    service, diagnostics = compile_documents([Path(path) for path in paths])
    console.show_findings(diagnostics)
    if service is None:
        raise click.exceptions.Exit(FINDINGS)
    click.echo(explain_service(service), nl=False)


@main.command(short_help="Serve a backend that follows its documents.")
@_PATHS
@click.option(
    "--port", type=click.IntRange(1, 65535), help=f"Port to listen on.  [default: first free from {_FIRST_PORT}]"
)
@_HANDLERS
def run(paths: tuple[Path, ...], port: int | None, handlers: Path | None) -> None:
    """Serve the documents at PATHS for development, and again whenever they change.

    The backend is generated into a temporary folder, with an empty SQLite database and a secret of its own. While a
    document has errors, the last good backend keeps running.

    \b
    Examples:
      bkgen run docs/ --port 8080
      bkgen run docs/ --handlers backend/app/handlers
    """
    _need_backend_libraries()
    interrupt_on_any_end()
    if port is None:
        port = next(filter(is_free, range(_FIRST_PORT, _FIRST_PORT + 100)), _FIRST_PORT)
    if not is_free(port):
        raise NotPossibleError(f"Port {port} is in use: choose another one with --port.")
    serve(paths, port, handlers)
    raise click.exceptions.Exit(FINDINGS)


@main.command("try", short_help="Generate a backend and curl every endpoint.")
@_PATHS
@click.option("-o", "--output", "directory", type=_FOLDER, help="Folder to generate into.  [default: a temporary one]")
@_HANDLERS
def try_command(paths: tuple[Path, ...], directory: Path | None, handlers: Path | None) -> None:
    """Generate the backend of the documents at PATHS and curl every endpoint for every status.

    Runs the backend's own tests and prints what was sent to each endpoint, what it answered and how long that took.

    \b
    Examples:
      bkgen try docs/
      bkgen try docs/ --handlers backend/app/handlers
    """
    if directory is not None and handlers is not None:
        raise click.UsageError(f"--handlers is for a temporary folder: handlers in {directory} are used as they are.")
    _need_backend_libraries()
    if lacking := missing_programs():
        raise NotPossibleError(f"The tests of the backend need {', '.join(lacking)}, which is not installed here.")
    interrupt_on_any_end()
    with ExitStack() as stack:
        folder = directory or Path(stack.enter_context(TemporaryDirectory(prefix="bkgen-try-")))
        if handlers is not None:
            copy_handlers(handlers, folder)
        generation = generate(paths, folder)
        if directory is None:
            console.show_findings(generation.diagnostics)
        else:
            console.show_generation(generation, directory)
        service, _ = compile_documents(paths)
        if generation.outcome is None or service is None:
            raise click.exceptions.Exit(FINDINGS)
        trial = run_suite(folder, console.show_progress)
    console.show_progress(None)
    if not trial.passed:
        click.echo(trial.output, err=True)
    # The health endpoints, which no document declares, come last.
    declared = sorted(service.endpoints, key=lambda endpoint: not endpoint.declared)
    endpoints = {endpoint.name: f"{endpoint.method} {endpoint.path}" for endpoint in declared}
    answers = summarise(trial.calls, endpoints.values())
    unanswered = missing(trial.outcomes, trial.calls, endpoints)
    documented = {f"{one.method} {one.path}": {response.status for response in one.responses} for one in declared}
    told = {(one.endpoint, one.status) for one in answers} | {(one.endpoint, one.status or 0) for one in unanswered}
    unanswered += untried(documented, told)
    for line in table(answers, unanswered, shutil.get_terminal_size((120, 24)).columns):
        click.echo(line)
    click.echo(
        f"\n{len(trial.calls)} calls of curl in {trial.seconds:.1f} s, wrong methods and unknown paths included."
    )
    if not trial.passed:
        failed = [outcome.test for outcome in trial.outcomes if outcome.failed]
        click.echo("The tests of the backend failed: what pytest printed is above the table.", err=True)
        for test in failed:
            click.echo(f"  {visible(test)}", err=True)
        raise click.exceptions.Exit(FINDINGS)
    documents = shlex.join(str(path) for path in paths)
    tested = "but for what was not tried" if unanswered else "as documented"
    click.echo(f"Every endpoint answered every status {tested}. Next:")
    click.echo(f"  bkgen run {documents}                    serve it, with documentation at /docs")
    click.echo(f"  bkgen generate {documents} -o backend    write it into a folder of your own")


def _tell(told: list[Diagnostic], form: str, strict: bool) -> None:
    """Prints findings, and exits with 1 where an error is among them, or, if `strict`, a warning."""
    click.echo(report(told, form, colour=True), nl=False)
    if form == "text":
        click.echo(f"Found {summary(told)}." if told else "No findings.", err=True)
    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    if any(found.severity in failing for found in told):
        raise click.exceptions.Exit(FINDINGS)


def _need_backend_libraries() -> None:
    if lacking := missing_libraries():
        raise NotPossibleError(
            f"A backend needs libraries that are not installed here: {', '.join(lacking)}.\n"
            "Install them with: pip install 'bkgen[backend]'"
        )


def _explain_place(file: Path, line: int | None) -> None:
    try:
        found = trace(file, line)
    except NotGeneratedError as error:
        raise click.ClickException(f"{error}.") from None
    for origin in found.origins:
        lines = f"line {origin.first}" if origin.first == origin.last else f"lines {origin.first} to {origin.last}"
        click.echo(f"{origin.document}:{origin.line}  {origin.rule} ({lines} of {found.path})")
    place = found.path if line is None else f"Line {line} of {found.path}"
    if not found.origins and not found.edited:
        click.echo(f"{place} is the same in every backend that has this file.")
    if not found.origins and found.edited:
        click.echo(f"{place} comes from no document that is known.")
    if found.edited:
        click.echo(
            f"{found.path} was edited since it was generated: parts that have other names now are not found.", err=True
        )
