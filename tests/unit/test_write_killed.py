"""A writer that is killed at any moment loses nothing, and the next run completes what it began."""

import os
import shutil
import signal
import sys
from itertools import count
from multiprocessing import get_context
from pathlib import Path

from bkgen.diagnostics import Diagnostics
from bkgen.write import write_tree

FORKED = get_context("forkserver")
FORKED.set_forkserver_preload(["bkgen.write"])
OLD = {f"app/{name}/router.py": f"{name}, old\n" for name in ("files", "posts", "tags", "teams", "users")} | {
    "README.md": "old\n"
}
NEW = {f"app/{name}/router.py": f"{name}, new\n" for name in ("files", "posts", "orders", "teams", "users")} | {
    "README.md": "new\n"
}
NEXT = {f"app/{name}/router.py": f"{name}, next\n" for name in ("tags", "carts")} | {"README.md": "next\n"}


CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod"}
SURVIVED = 3  # exit code of a writer that came to its end


def write_then_die(tree: dict[str, str], root: Path, last: int, force: bool) -> None:
    """Write, and kill this process at the file operation with the number `last`.

    The interpreter's audit events tell of every operation, so the product's code needs no hook for this.
    """
    operations = 0

    def step(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal operations
        if event in CHANGES or (event == "open" and str(arguments[0]).startswith(str(root))):
            operations += 1
            if operations == last:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(step)
    write_tree(tree, root, "f", Diagnostics(), force=force)
    os._exit(SURVIVED)


def survives(tree: dict[str, str], root: Path, operation: int, *, force: bool = False) -> bool:
    """Whether a writer that is killed at `operation` comes to its end before that."""
    writer = FORKED.Process(target=write_then_die, args=(tree, root, operation, force))
    writer.start()
    writer.join()
    assert writer.exitcode in (SURVIVED, -signal.SIGKILL)
    return writer.exitcode == SURVIVED


def write(tree: dict[str, str], root: Path) -> None:
    diagnostics = Diagnostics()
    assert write_tree(tree, root, "f", diagnostics) is not None, list(diagnostics)


def files(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_text()
        for path in root.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }


def prepared(tmp_path: Path) -> Path:
    """The old tree, of which a person edited one file that stays generated and one that does not."""
    root = tmp_path / "prepared"
    write(OLD, root)
    (root / "app/users/router.py").write_text("edited\n")
    (root / "app/tags/router.py").write_text("edited, stale\n")
    (root / "app/notes.txt").write_text("notes\n")
    return root


MINE = {"app/users/router.py": "edited\n", "app/tags/router.py": "edited, stale\n", "app/notes.txt": "notes\n"}


def test_killed_anywhere_the_next_run_completes_it(tmp_path: Path) -> None:
    before = prepared(tmp_path)
    for operation in count(1):
        root = shutil.copytree(before, tmp_path / str(operation))
        if survives(NEW, root, operation):
            break
        left = files(root)
        assert {path: left[path] for path in MINE} == MINE, operation
        assert left["README.md"] in ("old\n", "new\n"), operation
        other = shutil.copytree(root, tmp_path / f"{operation} other")
        write(NEW, root)
        assert files(root) == NEW | MINE, operation
        assert not list(root.glob("**/.*.bkgen-new")), operation
        # The next run need not be of the same documents.
        write(NEXT, other)
        assert files(other) == NEXT | MINE, operation
    assert operation > 50


def test_killed_again_and_again_it_is_completed_in_the_end(tmp_path: Path) -> None:
    root = prepared(tmp_path)
    trees = (NEW, NEXT, OLD)
    for operation in range(1, 100):
        survives(trees[operation % 3], root, operation)
        left = files(root)
        assert {path: left[path] for path in MINE} == MINE, operation
    write(NEW, root)
    assert files(root) == NEW | MINE


def test_killed_while_forcing_no_edited_text_is_lost(tmp_path: Path) -> None:
    before = prepared(tmp_path)
    for operation in count(1):
        root = shutil.copytree(before, tmp_path / str(operation))
        if survives(NEW, root, operation, force=True):
            break
        assert set(MINE.values()) <= set(files(root).values()), operation
        assert survives(NEW, root, 0, force=True)
        assert files(root) == NEW | {
            "app/notes.txt": "notes\n",
            "app/tags/router.py": "edited, stale\n",
            "app/users/router.py.orig": "edited\n",
        }, operation
    assert operation > 50
