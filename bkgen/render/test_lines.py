"""Lines of generated tests."""

from __future__ import annotations

import re
from collections.abc import Sequence


def used_lines(lines: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    """The lines, of whose variables those stay that later lines use."""
    found: list[str] = []
    text = " ".join(after)
    for line in reversed(lines):
        variable, _, call = line.partition(" = ")
        found.insert(0, line if not call or re.search(rf"\b{variable}\b", text) else call)
        text += f" {line}"
    return tuple(found)
