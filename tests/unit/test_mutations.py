"""Documents with random mistakes are understood or refused with errors at places: bkgen never fails on them.

BKGEN_EXAMPLES=5000 tries that many, others each time.
"""

from __future__ import annotations

import copy
import json
import os
import random
from pathlib import Path
from typing import Any

import pytest

from bkgen.pipeline import compile_documents

MORE = int(os.environ.get("BKGEN_EXAMPLES", "0"))
ROOT = Path(__file__).parents[2]
SEEDS = sorted(
    path
    for folder in (ROOT / "examples", ROOT / "tests" / "behaviour")
    for path in folder.rglob("*")
    if path.suffix in (".json", ".yaml")
)
TOKENS = '{ } [ ] , : " \\ null true 1e999 -0 99999999999999999999 "" {} [] \n \t &a *a !!python/object <<:*a -'.split(
    " "
)
TOKENS += ["\u202e", "\x00", "\ufeff", '"object"', '"= row.x.exists(y, y.z == 1)"', '"decimal(99,98)"', '"text[]"']
VALUES = [None, True, 0, -1, 1.5, "", "x", "object", [], {}, ["object"], "= 1", "= row.id == 1", 10**30, "\0", "class"]
KEYS = ["", "class", "id", "do", "where", "views", "type", "query", "set", "default", "unique", "items", "policies"]


def places(value: Any) -> list[tuple[Any, Any]]:
    """Each container in a JSON value, with each of its keys or indexes."""
    found: list[tuple[Any, Any]] = []
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        found += [(value, key), *places(inner)]
    return found


def misplaced(document: Any, chance: random.Random) -> Any:
    """The document with a few values replaced, removed, renamed or in the wrong place."""
    for _ in range(chance.randint(1, 3)):
        container, key = chance.choice(found := places(document))
        other, at = chance.choice(found)
        value = chance.choice([copy.deepcopy(other[at]), chance.choice(VALUES)])
        match chance.randrange(4):
            case 0:
                container[key] = value
            case 1 if len(document) > 1 or container is not document:
                del container[key]
            case 2 if isinstance(container, dict):
                container[chance.choice(KEYS)] = value
            case 3 if isinstance(container[key], str):
                container[key] += chance.choice(["?", "!", " ", "/{x}", "[]", "'", '"', "\n", "_id", "(1)"])
    return document


def scrambled(data: bytes, chance: random.Random) -> bytes:
    """The bytes with a few of them changed, added, removed or repeated."""
    for _ in range(chance.randint(1, 6)):
        at, other = chance.randrange(len(data)), chance.randrange(len(data))
        new = chance.choice(
            [
                bytes([chance.randrange(256)]),
                chance.choice(TOKENS).encode(),
                b"",
                data[other : other + chance.randint(1, 80)],
            ]
        )
        data = data[:at] + new + data[at + chance.choice([0, 1, chance.randint(1, 30)]) :]
    return data or b" "


@pytest.mark.parametrize("part", range(4))
def test_never_fails(part: int, tmp_path: Path) -> None:
    chance = random.Random(part if not MORE else None)
    for number in range(MORE or 40):
        seed = chance.choice(SEEDS)
        data = seed.read_bytes()
        if seed.suffix == ".json" and chance.random() < 0.6:
            data = json.dumps(misplaced(json.loads(data), chance), indent=1).encode()
        else:
            data = scrambled(data, chance)
        document = tmp_path / f"{number}{seed.suffix}"
        document.write_bytes(data)
        beside = [path for path in SEEDS if "examples" in path.parts and path.parent == seed.parent and path != seed]
        service, diagnostics = compile_documents([document, *beside])
        assert (service is None) == any(found.severity == "error" for found in diagnostics), document
        assert all(found.span is not None for found in diagnostics), document
        document.unlink()
