"""The JSON Schemas of `specs/`, and the references between them."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from bkgen.assets import folder

Schema = dict[str, Any]


@cache
def schema(name: str) -> Schema:
    """The schema of a kind: `endpoint`, `table`, `view`, `service` or `document`."""
    loaded: Schema = json.loads((folder("specs") / f"{name}.schema.json").read_text(encoding="utf-8"))
    resolved: Schema = _resolved(loaded, loaded)
    return resolved


def _resolved(node: Any, root: Schema) -> Any:
    """The node with what `{"$ref": "#/$defs/..."}` refers to in its place; no schema of a kind refers to itself."""
    if isinstance(node, list):
        return [_resolved(item, root) for item in node]
    if not isinstance(node, dict):
        return node
    if (reference := node.get("$ref")) is None:
        return {key: _resolved(value, root) for key, value in node.items() if key != "$defs"}
    return _resolved(root["$defs"][reference.removeprefix("#/$defs/")], root)
