"""Lines of generated tests."""

from __future__ import annotations

from collections.abc import Sequence

from bkgen.render.expressions.imports import used_names


def used_lines(lines: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    """The lines, of whose variables those stay that later lines use."""
    found: list[str] = []
    used = used_names(list(after))
    for line in reversed(lines):
        variable, _, call = line.partition(" = ")
        found.insert(0, line if not call or variable in used else call)
        used |= used_names([line])
    return tuple(found)
