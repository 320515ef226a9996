"""The JSON Schemas of `specs/`, and the references between them."""

from __future__ import annotations

import json
from functools import cache, reduce
from operator import getitem
from typing import Any

from bkgen.assets import folder

Schema = dict[str, Any]

_SUFFIX = ".schema.json"


@cache
def schema(name: str) -> Schema:
    """The schema of a kind: `endpoint`, `table`, `view` or `service`."""
    loaded: Schema = json.loads((folder("specs") / f"{name}{_SUFFIX}").read_text(encoding="utf-8"))
    resolved: Schema = _resolved(loaded, loaded)
    return resolved


def _resolved(node: Any, root: Schema) -> Any:
    """The node with what `{"$ref": "#/$defs/..."}` refers to in its place, here or in the schema of another kind.

    No schema refers to itself. What stands beside a reference is said here instead of there.
    """
    if isinstance(node, list):
        return [_resolved(item, root) for item in node]
    if not isinstance(node, dict):
        return node
    told = {key: _resolved(value, root) for key, value in node.items() if key not in ("$defs", "$ref")}
    if (reference := node.get("$ref")) is None:
        return told
    file, _, pointer = reference.partition("#/")
    whole = schema(file.removesuffix(_SUFFIX)) if file else root
    return {**_resolved(reduce(getitem, pointer.split("/"), whole), whole), **told}
