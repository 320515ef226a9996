"""What writing a tree into a folder would change: found by comparing, without touching anything."""

from __future__ import annotations

import difflib
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from bkgen.diagnostics import Diagnostics
from bkgen.migrate.history import SCHEMA
from bkgen.write.disk import read_bytes
from bkgen.write.manifest import DamagedRecordError, Known, Manifest, digest, read_manifest, read_pending
from bkgen.write.paths import collisions, escapes, path_problem


class State(StrEnum):
    """How a path on disk stands to what would be written there."""

    SAME = "same"
    MISSING = "missing"  # not on disk
    OUTDATED = "outdated"  # bkgen's own, with another text
    EDITED = "edited"  # written by bkgen, then changed by a person
    FOREIGN = "foreign"  # a person's, where bkgen would write
    STALE = "stale"  # bkgen's own, no longer generated
    EDITED_STALE = "edited, no longer generated"


@dataclass(frozen=True, slots=True)
class Change:
    """One path: what is there, and what would be. None is no file."""

    path: str
    state: State
    before: bytes | None = field(repr=False)
    after: bytes | None = field(repr=False)

    @property
    def kept(self) -> bool:
        """Whether a person's text stands there, which is kept."""
        return self.state in (State.EDITED, State.FOREIGN, State.EDITED_STALE)

    def diff(self) -> str:
        """A unified diff from what is on disk to what would be written."""
        lines = difflib.unified_diff(
            _lines(self.before),
            _lines(self.after),
            self.path if self.before is not None else "/dev/null",
            self.path if self.after is not None else "/dev/null",
            "on disk",
            "generated",
        )
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


@dataclass(frozen=True)
class Plan:
    """All paths of a tree and of the manifest, sorted.

    Attributes:
        manifest: of the last complete run.
        known: the hashes by which bkgen's own files were recognised.
        interrupted: whether an earlier run was cut off and has to be cleaned up after.
    """

    root: Path
    changes: tuple[Change, ...]
    manifest: Manifest | None = field(repr=False)
    known: Known = field(repr=False)
    interrupted: bool

    def having(self, *states: State) -> list[Change]:
        return [change for change in self.changes if change.state in states]

    @property
    def differences(self) -> list[Change]:
        return [change for change in self.changes if change.state is not State.SAME]


def read_plan(tree: Mapping[str, str], root: Path, diagnostics: Diagnostics, *, force: bool = False) -> Plan | None:
    """Compare `tree` with what is in `root`; None, with diagnostics, where the tree must not be written there.

    A folder that bkgen does not know as its own is taken only if nothing in it stands in the way, or with `force`.
    """
    if root.exists() and not root.is_dir():
        diagnostics.add("BK702", None, f"`{root}` is not a folder")
        return None
    manifest = pending = damage = None
    try:
        manifest, pending = read_manifest(root), read_pending(root)
    except DamagedRecordError as error:
        manifest, damage = None, str(error)
    # What is pending includes all that the manifest has.
    known = pending or {path: frozenset({hash_}) for path, hash_ in (manifest.files if manifest else {}).items()}
    if not _paths_allowed(tree, known, root, diagnostics):
        return None
    changes = tuple(_changes(tree, known, root))
    in_the_way = [change.path for change in changes if change.state is State.FOREIGN]
    if in_the_way and not known and not force:
        _refuse(in_the_way, root, damage, diagnostics)
        return None
    return Plan(root, changes, manifest, known, interrupted=pending is not None)


def _paths_allowed(tree: Mapping[str, str], known: Known, root: Path, diagnostics: Diagnostics) -> bool:
    before = len(diagnostics)
    for path in tree:
        if problem := path_problem(path):
            diagnostics.add("BK701", None, f"the path `{path}` {problem}")
    for one, other in collisions(tree):
        diagnostics.add("BK701", None, f"`{one}` and `{other}` cannot stand beside each other on every file system")
    if len(diagnostics) == before:
        for folder in escapes(root, {*tree, *known}):
            diagnostics.add("BK701", None, f"`{root / folder}` is a link that leads out of `{root}`")
        for path in sorted({*tree, *known}):
            if obstacle := _obstacle(root, path):
                diagnostics.add("BK702", None, f"`{obstacle}` is in the way of `{path}`", "move it elsewhere")
    return len(diagnostics) == before


def _obstacle(root: Path, path: str) -> Path | None:
    """What is no regular file where `path` is to be, or no folder above it."""
    target = root / path
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return target if os.path.lexists(target) else None
    except NotADirectoryError:
        return next(parent for parent in target.parents if parent.exists())
    return None if stat.S_ISREG(mode) else target


def _changes(tree: Mapping[str, str], known: Known, root: Path) -> Iterator[Change]:
    for path in sorted({*tree, *known}):
        target = root / path
        before = read_bytes(target)
        after = tree[path].encode() if path in tree else None
        # The record of the schema is bkgen's whichever run wrote it: people restore it from version control.
        is_known = path == SCHEMA or (before is not None and digest(before) in known.get(path, ()))
        own = before is not None and is_known and not target.is_symlink()
        match before, after:
            case None, None:
                continue
            case None, _:
                state = State.MISSING
            case _, None:
                state = State.STALE if own else State.EDITED_STALE
            case _ if before == after:
                state = State.SAME
            case _ if own:
                state = State.OUTDATED
            case _:
                state = State.EDITED if path in known else State.FOREIGN
        yield Change(path, state, before, after)


def _refuse(in_the_way: list[str], root: Path, damage: str | None, diagnostics: Diagnostics) -> None:
    some = ", ".join(f"`{path}`" for path in in_the_way[:5]) + (", ..." if len(in_the_way) > 5 else "")
    if damage:
        diagnostics.add(
            "BK704",
            None,
            f"{damage}, so bkgen cannot tell which of these files in `{root}` are its own: {some}",
            "restore the file, or say --force: each of these is then kept beside the new one, as `name.orig`",
        )
    else:
        diagnostics.add(
            "BK705",
            None,
            f"`{root}` has files that bkgen did not write, where it would write its own: {some}",
            "choose an empty folder, or say --force: each of these is then kept beside the new one, as `name.orig`",
        )


def _lines(data: bytes | None) -> list[str]:
    # Only "\n" ends a line: a form feed or a lone "\r" inside one must not make the diff unreadable for `patch`.
    return re.findall(r"[^\n]*\n|[^\n]+", (data or b"").decode(errors="replace"))
