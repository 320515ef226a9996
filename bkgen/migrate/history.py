"""The revisions of a backend, as its folder has them: one after the other."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bkgen.diagnostics import Diagnostics
from bkgen.model.schema import Schema

SCHEMA = "migrations/schema.json"
VERSIONS = "migrations/versions"
INITIAL = f"{VERSIONS}/0001_initial.py"


@dataclass(frozen=True, slots=True)
class Revision:
    """A file of `versions/`.

    Attributes:
        path: relative to the backend, with `/`.
        follows: the revisions that it comes after; several for one that merges.
    """

    path: str
    name: str
    follows: tuple[str, ...]


@dataclass(frozen=True)
class History:
    """What was generated before.

    Attributes:
        schema: as it was generated last.
        head: the revision that the next one follows.
        next_number: of that one.
        own: the texts of revisions that bkgen wrote, whoever edited them since, by path.
        schema_text: the text of schema.json.
    """

    schema: Schema
    revision: str
    head: str
    next_number: int
    own: Mapping[str, str] = field(repr=False)
    schema_text: str = field(repr=False)


def revision_of(path: str, text: str, diagnostics: Diagnostics) -> Revision | None:
    """What a file of `versions/` says of itself; None, with `BK722`, where that cannot be read."""
    try:
        module = ast.parse(text)
        found = dict(filter(None, map(_assigned, module.body)))
        name, follows = found["revision"], found.get("down_revision")
    except (SyntaxError, ValueError, KeyError) as error:
        reason = f"line {error.lineno}: {error.msg}" if isinstance(error, SyntaxError) else "it names no revision"
        message = f"`{path}` cannot be read as a revision: {reason}"
        diagnostics.add("BK722", None, message, 'say `revision = "..."` and `down_revision = "..."` in it, or move it')
        return None
    several = follows if isinstance(follows, tuple | list) else (follows,) if follows else ()
    return Revision(path, str(name), tuple(map(str, several)))


def _assigned(statement: ast.stmt) -> tuple[str, object] | None:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            pass
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            pass
        case _:
            return None
    return (name, ast.literal_eval(value)) if name in ("revision", "down_revision") else None


def head_of(revisions: list[Revision], last: str, diagnostics: Diagnostics) -> str | None:
    """The revision that no other one follows; None, with a finding, where there is not just one, or one is missing."""
    one_behind_another = (
        f"keep what is in databases already, remove the others, restore `{SCHEMA}` as it was with those that stay, and "
        "generate again"
    )
    for name, paths in _by_name(revisions).items():
        if len(paths) > 1:
            both = " and ".join(f"`{path}`" for path in paths)
            diagnostics.add("BK721", None, f"{both} both are the revision `{name}`", one_behind_another)
            return None
    names = {revision.name for revision in revisions}
    missing = sorted({last, *(name for revision in revisions for name in revision.follows)} - names)
    if missing:
        message = f"`{VERSIONS}` has no revision {', '.join(f'`{name}`' for name in missing)}, which others follow"
        if last in missing:
            message = f"`{VERSIONS}` has no revision `{last}`, which `{SCHEMA}` says is the last one"
        fix = f"restore it; or, where no database has rows to keep, remove `{SCHEMA}` and `{VERSIONS}`, to begin anew"
        diagnostics.add("BK722", None, message, fix)
        return None
    followed = {name for revision in revisions for name in revision.follows}
    heads = sorted(revision.path for revision in revisions if revision.name not in followed)
    if len(heads) == 1:
        return next(revision.name for revision in revisions if revision.path == heads[0])
    message = f"`{VERSIONS}` has {len(heads)} heads: {', '.join(f'`{path}`' for path in heads)}"
    diagnostics.add(
        "BK721",
        None,
        message,
        f"{one_behind_another}; or join them by `alembic merge heads`, where both are in databases",
    )
    return None


def _by_name(revisions: list[Revision]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in revisions:
        found.setdefault(one.name, []).append(one.path)
    return found


def next_number(revisions: list[Revision]) -> int:
    """A number that no revision has, in its name or in that of its file."""
    words = (word for one in revisions for word in (one.name, one.path.rpartition("/")[2]))
    return 1 + max((int(found[0]) for word in words if (found := re.match(r"\d{4}(?=_|$)", word))), default=0)
