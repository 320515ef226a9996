"""Pydantic models from JSON Schema: the only module that knows datamodel-code-generator.

Its version is pinned exactly, because another one changes what every user's backend looks like. The module is run as a
script of its own (by `bkgen.pydantic_models.process`) and imports nothing of bkgen: a list of the arguments of
`pydantic_models` comes in as JSON, and the texts of all packages go out.
"""

from __future__ import annotations

import ast
import gc
import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from datamodel_code_generator import generate
from datamodel_code_generator.config import GenerateConfig
from datamodel_code_generator.enums import DataModelType, InputFileType, StrictTypes
from datamodel_code_generator.format import PythonVersion
from datamodel_code_generator.parser import LiteralType

# Docstrings of several lines begin on a line of their own: they shall begin like all others.
_LONG_DOCSTRING = re.compile(r"^(class .*:\n    \"{3})\n {4}", re.MULTILINE)
# A value with constraints that stands in an array gets a model of its own: its annotation is enough.
_ITEM = re.compile(r"^class (\w+)\(RootModel\[[^\n]+\]\):\n    root: ([^\n]+)\n+", re.MULTILINE)

_CONSTRAINTS = frozenset(
    {
        "minLength",
        "maxLength",
        "pattern",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "max_digits",
        "decimal_places",
    }
)


def pydantic_models(
    definitions: Mapping[str, dict[str, Any]],
    bases: Mapping[str, str],
    attributes: Mapping[str, str],
    marks: Mapping[str, Sequence[str]],
) -> dict[str, str]:
    """Python text with one Pydantic model per definition, by package.

    Args:
        definitions: `package.Model` -> JSON Schema; they may refer to each other as `#/$defs/package.Model`.
        bases: `package.Model` -> its base class as a dotted path.
        attributes: `package.Model.wire name` -> name of the Python attribute, where the two differ.
        marks: `package.Model.attribute` -> what stands last in its annotation, as dotted paths; of an array, in that
            of its items.
    """
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": _with_named_items(definitions)}
    config = GenerateConfig(
        input_file_type=InputFileType.JsonSchema,
        output_model_type=DataModelType.PydanticV2BaseModel,
        target_python_version=PythonVersion.PY_311,
        base_class_map=dict(bases),
        aliases=dict(attributes),
        import_overrides={"MISSING": "pydantic"},
        strict_types=[StrictTypes.int, StrictTypes.bool, StrictTypes.float],
        field_extra_keys={"max_digits", "decimal_places"},
        use_missing_sentinel=True,
        use_annotated=True,
        field_constraints=True,
        enum_field_as_literal=LiteralType.All,
        use_schema_description=True,
        use_single_line_docstring=True,
        keep_model_order=True,
        skip_root_model=True,
        disable_timestamp=True,
        disable_future_imports=True,
        enable_generated_header_marker=False,
        formatters=[],
    )
    modules = generate(json.dumps(schema), config=config)
    if not isinstance(modules, dict):
        raise TypeError(f"datamodel-code-generator gave {type(modules).__name__}, not modules")
    packages = {Path(*path).stem: _tidied(text) for path, text in modules.items()}
    return {package: _marked(package, text, marks) for package, text in packages.items()}


def _with_named_items(definitions: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The definitions, with one for each array item that has constraints.

    The generator would call its model like the field in the singular, and take that name from a model that has it.
    """
    found = dict(definitions)

    def named(model: str, node: Any) -> Any:
        if isinstance(node, list):
            return [named(model, item) for item in node]
        if not isinstance(node, dict):
            return node
        items = node.get("items")
        if node.get("type") != "array" or not isinstance(items, dict) or not set(items) & _CONSTRAINTS:
            return {key: named(model, value) for key, value in node.items()}
        name = f"{model}Item"
        while name in found:
            name += "_1"
        found[name] = items
        return {**node, "items": {"$ref": f"#/$defs/{name}"}}

    for model, schema in definitions.items():
        found[model] = named(model, schema)
    return found


def _tidied(text: str) -> str:
    text = "\n".join(line for line in text.splitlines() if not line.startswith("#")).strip() + "\n"
    for match in _ITEM.finditer(text):
        text = text.replace(match[0], "").replace(f"list[{match[1]}]", f"list[{match[2]}]")
    return _LONG_DOCSTRING.sub(r"\1", text)


def _marked(package: str, text: str, marks: Mapping[str, Sequence[str]]) -> str:
    """The text of a package with `marks` in the annotations of its fields, and with what that imports."""
    if not any(mark.startswith(f"{package}.") for mark in marks):
        return text
    encoded, imports = text.encode(), {"from typing import Annotated"}
    starts = [0, *(match.end() for match in re.finditer(rb"\n", encoded))]
    for model in [node for node in reversed(ast.parse(text).body) if isinstance(node, ast.ClassDef)]:
        for field in reversed(model.body):
            if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
                continue
            found = marks.get(f"{package}.{model.name}.{field.target.id}", ())
            if not found:
                continue
            node = _item(field.annotation)
            first = starts[node.lineno - 1] + node.col_offset
            last = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
            names = "".join(f", {mark.rpartition('.')[2]}" for mark in found).encode()
            whole = encoded[first:last]
            inner = whole[:-1] if _is_subscript(node, "Annotated") else b"Annotated[" + whole
            encoded = encoded[:first] + inner + names + b"]" + encoded[last:]
            imports |= {"from {0} import {2}".format(*mark.rpartition(".")) for mark in found}
    return "\n".join([*sorted(imports), encoded.decode()])


def _item(annotation: ast.expr) -> ast.expr:
    """The annotation of the items of an array; of anything else, the whole one."""
    lists = [node for node in ast.walk(annotation) if _is_subscript(node, "list")]
    return lists[0].slice if lists and isinstance(lists[0], ast.Subscript) else annotation


def _is_subscript(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == name


def main() -> None:
    gc.disable()  # it ends before there is anything to collect
    # The generator imports its larger half in its first call: that can be over before the batches are there.
    pydantic_models({"warm.Up": {"type": "object", "properties": {}}}, {}, {}, {})
    texts: dict[str, str] = {}
    for batch in json.load(sys.stdin):
        texts |= pydantic_models(**batch)
    json.dump(texts, sys.stdout)


if __name__ == "__main__":
    main()
