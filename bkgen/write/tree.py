"""Writing a whole tree, so that being killed at any moment loses nothing and the next run completes it.

The order is what guarantees it: record what is about to happen, put every new text beside the old one, swap them one
by one, remove what is stale, record the new state. Until the swap nothing of the old tree is touched, so a full disk
changes nothing either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bkgen.diagnostics import Diagnostics
from bkgen.migrate.history import SCHEMA
from bkgen.write import disk
from bkgen.write.lock import LockedError, exclusive
from bkgen.write.manifest import (
    MANIFEST,
    PENDING,
    DamagedRecordError,
    Manifest,
    digest,
    read_manifest,
    read_pending,
    write_manifest,
    write_pending,
)
from bkgen.write.plan import Change, Plan, State, read_plan


@dataclass
class Outcome:
    """What was done.

    Attributes:
        created, replaced, removed: paths of bkgen's own files.
        kept: where a person's text stands, which was left as it is.
        aside: names under which a person's texts were kept when `force` replaced them.
    """

    created: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    kept: list[Change] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)

    @property
    def changed(self) -> int:
        """How many files are not as they were before."""
        return len(self.created) + len(self.replaced) + len(self.removed)


def up_to_date(root: Path, fingerprint: str) -> Manifest | None:
    """The manifest, where `root` is exactly what a complete run made from the same inputs; told without rendering."""
    try:
        manifest = read_manifest(root)
        if manifest is None or manifest.fingerprint != fingerprint or read_pending(root) is not None:
            return None
        same = all(digest((root / path).read_bytes()) == hash_ for path, hash_ in manifest.files.items())
    except (DamagedRecordError, OSError):
        return None
    return manifest if same else None


def write_tree(
    tree: Mapping[str, str],
    root: Path,
    fingerprint: str,
    diagnostics: Diagnostics,
    *,
    force: bool = False,
    findings: str = "",
) -> Outcome | None:
    """Make `root` hold `tree`, except where a person's text stands; None, with diagnostics, where it cannot be done.

    Files that already have their text are not touched. With `force`, a person's texts are renamed and replaced.
    `findings` is kept in the manifest.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        with exclusive(root):
            plan = read_plan(tree, root, diagnostics, force=force)
            return None if plan is None else _carry_out(plan, fingerprint, force, findings)
    except LockedError:
        diagnostics.add("BK703", None, f"another bkgen is writing to `{root}`", "wait for it to end, then try again")
    except OSError as error:
        diagnostics.add("BK702", None, f"cannot write to `{error.filename or root}`: {error.strerror}")
    return None


def _carry_out(plan: Plan, fingerprint: str, force: bool, findings: str) -> Outcome:
    root = plan.root
    writes = plan.having(State.MISSING, State.OUTDATED)
    if force:
        writes += plan.having(State.EDITED, State.FOREIGN)
    # The record of the schema is the last that changes: while it is the old one, new revisions are not done yet.
    writes.sort(key=lambda change: change.path == SCHEMA)
    removals = plan.having(State.STALE)
    outcome = Outcome(kept=[change for change in plan.changes if change.kept and change not in writes])
    hashes = {change.path: digest(change.after) for change in plan.changes if change.after is not None}
    manifest = Manifest(fingerprint, hashes, findings)
    if not writes and not removals and not plan.interrupted and plan.manifest == manifest:
        return outcome
    _discard_staged(root, [*plan.known, MANIFEST, PENDING])
    write_pending(
        root,
        {
            path: plan.known.get(path, frozenset())
            | ({manifest.files[path]} if path in manifest.files else frozenset())
            for path in {*plan.known, *manifest.files}
        },
    )
    try:
        for change in writes:
            disk.stage(root / change.path, change.after or b"")
        disk.flush(disk.staged(root / change.path) for change in writes)
    except OSError:
        _discard_staged(root, [change.path for change in writes])
        raise
    for change in writes:
        if change.path == SCHEMA:
            disk.flush({(root / other.path).parent for other in writes})
        _swap(root, change, outcome)
    for change in removals:
        if _unchanged(root, change, outcome):
            disk.remove(root / change.path)
            outcome.removed.append(change.path)
    gone = {(root / path).parent for path in plan.known if path not in manifest.files}
    for folder in gone:
        disk.prune(folder, root)
    disk.flush(gone | {(root / change.path).parent for change in writes})
    write_manifest(root, manifest)
    (root / PENDING).unlink()
    return outcome


def _swap(root: Path, change: Change, outcome: Outcome) -> None:
    target = root / change.path
    if not _unchanged(root, change, outcome):
        disk.staged(target).unlink()
        return
    if change.kept:
        outcome.aside.append(disk.set_aside(target).relative_to(root).as_posix())
    disk.put_in_place(target)
    (outcome.created if change.before is None else outcome.replaced).append(change.path)


def _unchanged(root: Path, change: Change, outcome: Outcome) -> bool:
    """Whether the file is still as it was when the plan was made; if a person saved it meanwhile, it is kept."""
    if disk.read_bytes(root / change.path) == change.before:
        return True
    outcome.kept.append(change)
    return False


def _discard_staged(root: Path, paths: Iterable[str]) -> None:
    for path in paths:
        with suppress(FileNotFoundError, NotADirectoryError):
            disk.staged(root / path).unlink()
