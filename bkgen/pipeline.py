"""The five stages as five calls: load, validate, resolve, render, write."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from bkgen.diagnostics import Diagnostics
from bkgen.lint import review_design
from bkgen.load import load
from bkgen.load.documents import Documents
from bkgen.load.files import read_files
from bkgen.migrate.history import INITIAL
from bkgen.migrate.losses import Loss
from bkgen.migrate.step import Count, Step, next_step
from bkgen.model.service import Service
from bkgen.report import shown, summary
from bkgen.resolve import resolve
from bkgen.validate import structure
from bkgen.validate.unsound import Unsound
from bkgen.write import Outcome, Plan, read_plan, up_to_date, write_tree
from bkgen.write.fingerprint import fingerprint
from bkgen.write.handlers import PACKAGE, check_handlers
from bkgen.write.revisions import check_first, read_history


@dataclass(frozen=True)
class Generation:
    """What `generate` did.

    Attributes:
        outcome: None where diagnostics stopped it; empty where inputs and output are as the last run left them.
        findings: in words, what the last run found, where this one had nothing to do; empty where that was nothing.
    """

    diagnostics: Diagnostics
    outcome: Outcome | None
    findings: str = ""


@dataclass(frozen=True)
class Comparison:
    """How the output folder stands to the documents.

    Attributes:
        plan: None where diagnostics stopped it, and where everything is up to date.
        up_to_date: whether the folder holds exactly what would be generated.
        findings: as in `Generation`.
    """

    diagnostics: Diagnostics
    plan: Plan | None
    up_to_date: bool
    findings: str = ""


def compile_documents(paths: Sequence[Path]) -> tuple[Service | None, Diagnostics]:
    """The service that the documents describe, or None with at least one error among the diagnostics."""
    service, _, diagnostics = _compiled(paths)
    return service, diagnostics


def lint(paths: Sequence[Path]) -> Diagnostics:
    """What is flawed about the design of the tables; all that is told of the documents, where they have an error."""
    service, documents, diagnostics = _compiled(paths)
    return diagnostics if service is None else review_design(service, documents)


def _compiled(paths: Sequence[Path]) -> tuple[Service | None, Documents, Diagnostics]:
    """The documents, and what `compile_documents` makes of them."""
    diagnostics = Diagnostics()
    documents = load(paths, diagnostics)
    structure(documents, diagnostics)
    unsound = Unsound(documents, diagnostics)
    if unsound.everything:
        return None, documents, diagnostics
    found = Diagnostics()
    service = resolve(documents, found)
    for finding in found:
        if not unsound.explains(finding.span):
            diagnostics.add(finding.code, finding.span, finding.message, finding.fix)
    return (None if diagnostics.has_errors else service), documents, diagnostics


def _uncounted(_: Loss) -> int | None:
    return None


@dataclass(frozen=True)
class Evolution:
    """How the schema of a backend may change.

    Attributes:
        allowed: tables, and columns as `table.column`, of which something may be lost.
        in_two: whether a change is two revisions, between which the backends before and after run side by side.
        anew: whether there are no databases to be migrated: the first revision is written again.
        count: tells how many rows something concerns.
    """

    allowed: Collection[str] = ()
    in_two: bool = False
    anew: bool = False
    count: Count = _uncounted


def generate(
    paths: Sequence[Path], directory: Path, *, force: bool = False, evolution: Evolution = Evolution()
) -> Generation:
    """Write the backend of the documents into `directory`, keeping what a person edited there."""
    inputs = _fingerprint(paths)
    last = up_to_date(directory, inputs)
    if last is not None and PACKAGE not in last.files:
        return Generation(Diagnostics(), Outcome(), last.findings)
    with _renderer() as render:
        service, diagnostics = _with_handlers(paths, directory)
        if service is None:
            return Generation(diagnostics, None)
        if last is not None:
            return Generation(Diagnostics(), Outcome(), last.findings)
        tree = _tree(service, directory, render, evolution, diagnostics)
    if tree is None:
        return Generation(diagnostics, None)
    findings = summary(shown(diagnostics)) if any(shown(diagnostics)) else ""
    outcome = write_tree(tree, directory, inputs, diagnostics, force=force, findings=findings)
    return Generation(diagnostics, outcome)


def compare(
    paths: Sequence[Path], directory: Path, *, force: bool = False, evolution: Evolution = Evolution()
) -> Comparison:
    """Find what `generate` would change in `directory`, writing nothing."""
    last = up_to_date(directory, _fingerprint(paths))
    if last is not None and PACKAGE not in last.files:
        return Comparison(Diagnostics(), None, up_to_date=True, findings=last.findings)
    with _renderer() as render:
        service, diagnostics = _with_handlers(paths, directory)
        if service is None:
            return Comparison(diagnostics, None, up_to_date=False)
        if last is not None:
            return Comparison(Diagnostics(), None, up_to_date=True, findings=last.findings)
        tree = _tree(service, directory, render, evolution, diagnostics)
    if tree is None:
        return Comparison(diagnostics, None, up_to_date=False)
    plan = read_plan(tree, directory, diagnostics, force=force)
    return Comparison(diagnostics, plan, up_to_date=plan is not None and not plan.differences and not plan.interrupted)


def _with_handlers(paths: Sequence[Path], directory: Path) -> tuple[Service | None, Diagnostics]:
    """As `compile_documents`; and None where a handler in `directory` is missing, or is not as the contract says."""
    service, diagnostics = compile_documents(paths)
    if service is not None and any(endpoint.handler for endpoint in service.endpoints):
        rendering = import_module("bkgen.render.handlers")
        check_handlers(rendering.signatures(service), directory, rendering.to_write, diagnostics)
    return (None if diagnostics.has_errors else service), diagnostics


Renderer = Callable[[Service, Step | None], Mapping[str, str]]


def _tree(
    service: Service, directory: Path, render: Renderer, evolution: Evolution, diagnostics: Diagnostics
) -> Mapping[str, str] | None:
    """All files; None, with diagnostics, where the schema may not change like that, or its history is unclear."""
    step = None
    if not evolution.anew:
        history = read_history(directory, diagnostics)
        if history is not None:
            step = next_step(service, history, evolution.allowed, evolution.count, diagnostics, in_two=evolution.in_two)
        if diagnostics.has_errors:
            return None
    tree = render(service, step)
    if step is None and not evolution.anew:
        check_first(directory, tree[INITIAL], diagnostics)
    return None if diagnostics.has_errors else tree


@contextmanager
def _renderer() -> Iterator[Renderer]:
    """What renders a service; it prepares for that in a process of its own while the documents are compiled."""
    # Templates and the model generator take a second to import, and most commands render nothing: they are loaded when
    # the first service is to be rendered.
    with import_module("bkgen.pydantic_models").ModelProcess() as models:
        yield lambda service, step: import_module("bkgen.render").render(service, models, step)


def _fingerprint(paths: Sequence[Path]) -> str:
    """Of the documents as they are now: read before they are compiled, so that a later edit is never taken for done.

    Empty, which no manifest has, where one of them cannot be read.
    """
    diagnostics = Diagnostics()
    documents = read_files(paths, diagnostics)
    return "" if diagnostics.has_errors else fingerprint((file.name, file.text.encode()) for file in documents)
