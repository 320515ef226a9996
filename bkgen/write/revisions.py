"""The migrations that a folder has, read and never run: bkgen's own, and those that a developer added."""

from __future__ import annotations

from pathlib import Path

from bkgen.diagnostics import Diagnostics
from bkgen.migrate.history import INITIAL, SCHEMA, VERSIONS, History, head_of, next_number, revision_of
from bkgen.migrate.snapshot import DamagedSchemaError, read
from bkgen.write.disk import read_bytes
from bkgen.write.manifest import DamagedRecordError, digest, read_manifest, read_pending


def read_history(root: Path, diagnostics: Diagnostics) -> History | None:
    """What was generated into `root` before; None where nothing was, or, with diagnostics, where that is unclear."""
    data = read_bytes(root / SCHEMA) if root.is_dir() else None
    if data is None:
        return None
    try:
        schema, last = read(data.decode())
    except (DamagedSchemaError, UnicodeDecodeError) as error:
        message = f"`{SCHEMA}` {error if isinstance(error, DamagedSchemaError) else 'is no text'}"
        diagnostics.add("BK720", None, message, "restore it from version control")
        return None
    texts = _texts(root)
    found = [revision_of(path, text, diagnostics) for path, text in texts.items()]
    revisions = [one for one in found if one is not None]
    if len(revisions) < len(found):
        return None
    own, unfinished = _own(root)
    revisions = [one for one in revisions if one.path not in unfinished or one.name == last]
    head = head_of(revisions, last, diagnostics)
    if head is None:
        return None
    kept = {one.path: texts[one.path] for one in revisions if one.path in own}
    return History(schema, last, head, next_number(revisions), kept, data.decode())


def check_first(root: Path, initial: str, diagnostics: Diagnostics) -> None:
    """Adds `BK720` where `root` has another first revision than the one to be written, and no record of its schema."""
    present = read_bytes(root / INITIAL) if root.is_dir() else None
    own, _ = _own(root)
    if present is not None and INITIAL in own and present != initial.encode():
        message = f"`{root}` has migrations and no `{SCHEMA}`: bkgen cannot tell what changed since they were written"
        fix = (
            f"generate once with the documents that they were written from, or restore `{SCHEMA}`; "
            f"where no database has rows to keep, remove `{VERSIONS}`, to begin anew"
        )
        diagnostics.add("BK720", None, message, fix)


def _texts(root: Path) -> dict[str, str]:
    paths = sorted((root / VERSIONS).glob("*.py"))
    return {path.relative_to(root).as_posix(): path.read_bytes().decode(errors="replace") for path in paths}


def _own(root: Path) -> tuple[frozenset[str], frozenset[str]]:
    """The paths that bkgen wrote, and those that a run wrote which was cut off before it was done."""
    try:
        manifest, pending = read_manifest(root), read_pending(root) or {}
    except DamagedRecordError:
        return frozenset(), frozenset()
    files = manifest.files if manifest else {}
    unfinished = {
        path
        for path, hashes in pending.items()
        if path not in files and (data := read_bytes(root / path)) is not None and digest(data) in hashes
    }
    return frozenset({*files, *pending}), frozenset(unfinished)
