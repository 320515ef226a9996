"""Constraint objects: `{"type": "string", "minLength": 1}`, and what tells one from a nested object."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Any

from bkgen.diagnostics import Diagnostics
from bkgen.model.media_types import LEAST_BYTES, MEDIA_TYPES, MOST_BYTES
from bkgen.model.types import Kind, NormalForm, Sanitize, Type
from bkgen.patterns import ENDLESS, is_pattern, longest
from bkgen.resolve.nodes import flag, is_integer, text
from bkgen.resolve.texts import check_text
from bkgen.resolve.types import TYPE_NAMES, Written, enum_type, nearest_type, parse_type
from bkgen.source import Entry, List, Map, Node, Scalar, plain

_ATTRIBUTES = {
    "minLength": "min_length",
    "maxLength": "max_length",
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusiveMinimum": "exclusive_minimum",
    "exclusiveMaximum": "exclusive_maximum",
    "multipleOf": "multiple_of",
}
_CHOICES: dict[str, type[StrEnum]] = {"sanitize": Sanitize, "normalize": NormalForm}
_TIDYING = (*_CHOICES, "trim")
"""What is done to a string before it is checked."""

_MOST_TIMES = 1000
_LONGEST = 100_000
_NOT_EVERYWHERE = re.compile(r"\(\?(=|!|<|P=|\(|>|#|[a-z]*[aLu])|\\[0-9NZ]|[*+?}]\+|\{,")
"""What Python's regular expressions know, and the ones that check requests do not."""

_ANNOTATIONS = {"nullable", "default", "description", "required"}
_OTHERS = {"pattern", "enum", "format", "hosts", "mediaTypes", "maxBytes"}
KEYWORDS = frozenset(_ATTRIBUTES) | frozenset(_TIDYING) | _ANNOTATIONS | _OTHERS
_FORMATS = {
    Kind.STRING: {
        **{name: name for name in ("email", "uuid", "url", "date", "time", "datetime", "decimal")},
        "uri": "url",
        "date-time": "datetime",
        "byte": "bytes",
        "binary": "bytes",
        "password": "string",
    },
    Kind.INTEGER: {"int16": "smallint", "int32": "integer", "int64": "bigint"},
    Kind.NUMBER: {"float": "number", "double": "number"},
}
"""The type that each `format` of JSON Schema and OpenAPI makes of another one."""

_NO_TYPES: dict[str, frozenset[str]] = {
    "format": frozenset(name for formats in _FORMATS.values() for name in formats),
    "sanitize": frozenset(Sanitize),
}
"""Values that constraints take and that are called like types."""

_TEXTUAL = (Kind.STRING, Kind.EMAIL, Kind.URL)
_NUMERIC = (Kind.INTEGER, Kind.NUMBER, Kind.DECIMAL)


def is_definition(node: Node) -> bool:
    """Whether an object defines a type: its `type` names one, and all its other keys are constraint keywords."""
    return isinstance(node, Map) and _names_type(node) and all(e.key in KEYWORDS for e in node if e.key != "type")


def check_unambiguous(node: Map, diagnostics: Diagnostics) -> bool:
    """Adds `BK502` where an object can be read both as a definition and as an object that has a field `type`."""
    if _names_type(node) and (any(key in node for key in ("properties", "items")) or _lists_required(node)):
        diagnostics.add(
            "BK502",
            node.span,
            "this object is written as JSON Schema, but fields stand directly in a body",
            'write {"name": "string"} for an object with a field `name`, ["string"] for an array',
        )
        return False
    doubtful = [
        entry
        for entry in node
        if entry.key in KEYWORDS
        and _is_type_string(entry.value)
        and plain(entry.value) not in _NO_TYPES.get(entry.key, ())
    ]
    if is_definition(node) and doubtful:
        key = doubtful[0].key
        diagnostics.add(
            "BK502",
            doubtful[0].key_span,
            f"this can be a type with the constraint `{key}`, or an object with the fields `type` and `{key}`",
            f'for the object, write "type": {{"type": "{text(node, "type")}"}}; '
            f"for the constraint, give `{key}` a value that is no type's name",
        )
        return False
    return True


def written_type(node: Node, diagnostics: Diagnostics) -> Written | None:
    """The type that a string or a definition gives; adds `BK501` or `BK503` and returns None where it gives none."""
    if isinstance(node, Map) and (inside := node.get("type")) is not None:
        return _definition(node, inside, diagnostics)
    if isinstance(node, List) and len(node.items) == 1:
        inner = written_type(node.items[0], diagnostics)
        return replace(inner, array=True) if inner else None
    if isinstance(node, Scalar) and isinstance(node.value, str):
        found = parse_type(node.value)
        if found is None:
            unknown_type(node, node.value, diagnostics)
        else:
            check_text("type", node.value, node.span, diagnostics)
        return found
    diagnostics.add("BK501", node.span, f"{_brief(node)} is no type", 'write a type\'s name, such as "string"')
    return None


def refuse_default(node: Node | None, fix: str, diagnostics: Diagnostics, own: object = None) -> None:
    """Adds `BK503` where a definition gives a default, which has no effect, unless it is the column's `own`."""
    default = node.entry("default") if isinstance(node, Map) and is_definition(node) else None
    if default is not None and plain(default.value) not in (None, own):
        diagnostics.add("BK503", default.key_span, "a `default` has no effect here", fix)


def refuse_required(node: Node, fix: str, diagnostics: Diagnostics) -> None:
    """Adds `BK503` where a definition says that a value must be there which may be absent."""
    required = node.entry("required") if isinstance(node, Map) and is_definition(node) else None
    if required is not None and plain(required.value) is True:
        diagnostics.add("BK503", required.key_span, "this may be absent, whatever `required` says", fix)


def unknown_type(node: Node, name: str, diagnostics: Diagnostics) -> None:
    if re.match(r"(?i)^\w+(\([\d, ]*\))? +(not null|null|primary|unique|default|references|auto_?increment)\b", name):
        fix = 'write only the type here, and the rest as keys: "nullable", "primary", "unique", "default", "references"'
    elif "|" in name or name.strip().lower() == "enum":
        fix = 'an enum is made of words that are no types, such as "draft | published"'
    else:
        near = nearest_type(name, partial(diagnostics.meant, node.span))
        fix = f"did you mean `{near}`?" if near else "types are: " + ", ".join(TYPE_NAMES)
    diagnostics.add("BK501", node.span, f"`{name[:60]}` is no type", fix)


def constrained(type_: Type, entries: list[Entry], diagnostics: Diagnostics) -> Type:
    """`type_` with the constraints that `entries` give; those that do not fit it add `BK503` and are left out."""
    found = type_
    for entry in entries:
        value = plain(entry.value)
        if problem := _misfit(found, entry.key, value):
            diagnostics.add("BK503", entry.value.span, f"`{entry.key}` {problem}")
        else:
            found = _with(found, entry.key, value)
    for low, high in (("min_length", "max_length"), ("minimum", "maximum")):
        least, most = getattr(found, low), getattr(found, high)
        if least is not None and most is not None and least > most:
            message = "no value can satisfy these constraints: the least is over the most"
            diagnostics.add("BK503", entries[0].value.span, message)
            return type_
    return _tidied(found, entries, diagnostics)


def _tidied(type_: Type, entries: list[Entry], diagnostics: Diagnostics) -> Type:
    """`type_`, or without what cannot be done to its values before they are checked, which adds `BK516`."""
    said = next((entry for entry in entries if entry.key in _TIDYING), None)
    problem = fix = ""
    if type_.is_tidied and (type_.enum or type_.kind is not Kind.STRING):
        problem, fix = "is for text that people write", "remove it: each value is written in one way"
    elif type_.sanitize is Sanitize.HTML and type_.pattern is not None:
        problem, fix = "`html` is no text that a `pattern` could match", "keep one of the two"
    elif type_.sanitize is Sanitize.HTML and type_.normalize is NormalForm.NFKC:
        problem, fix = "`html` keeps its signs: NFKC would make markup of some that only look like it", 'write "NFC"'
    if not problem or said is None:
        return type_
    diagnostics.add("BK516", said.key_span, f"`{said.key}` {problem}" if problem.startswith("is ") else problem, fix)
    return replace(type_, sanitize=None, trim=None, normalize=None)


def _brief(node: Node) -> str:
    match node:
        case Map():
            return "an object without a `type`"
        case List():
            return "a list that does not have one type in it"
        case _:
            return f"{plain(node)!r}"


def _definition(node: Map, type_node: Node, diagnostics: Diagnostics) -> Written | None:
    found = written_type(type_node, diagnostics)
    if found is None:
        return None
    entries = [entry for entry in node if entry.key != "type" and entry.key not in _ANNOTATIONS]
    entries.sort(key=lambda entry: entry.key != "format")  # which makes it another type, that the others have to fit
    optional = found.optional or flag(node, "nullable") is True or flag(node, "required") is False
    return replace(found, type=constrained(found.type, entries, diagnostics), optional=optional)


def _lists_required(node: Map) -> bool:
    """Whether the object has the `required` of JSON Schema, where that of a single field is true or false."""
    return "required" in node and flag(node, "required") is None


def _names_type(node: Map) -> bool:
    name = text(node, "type")
    return name is not None and (parse_type(name) is not None or name in ("array",))


def _is_type_string(node: Node) -> bool:
    return isinstance(node, Scalar) and isinstance(node.value, str) and parse_type(node.value) is not None


def _misfit(type_: Type, key: str, value: Any) -> str | None:
    """Why the constraint cannot hold for the type, as the end of a sentence; None where it can."""
    match key:
        case "format":
            known = _FORMATS.get(type_.kind, {})
            if isinstance(value, str) and value in known:
                return None
            return f"takes one of {', '.join(known)}" if known else f"does not apply to {type_.kind}"
        case "enum":
            if type_.kind is not Kind.STRING:
                return "is for strings only in this version"
            fine = isinstance(value, list) and value and all(isinstance(item, str) and item for item in value)
            if fine and not all(item.isprintable() for item in value):
                return "has an invisible character"
            return None if fine and len(set(value)) == len(value) else "takes an array of different strings"
        case "pattern":
            return _bad_pattern(value) if type_.kind in _TEXTUAL else f"does not apply to {type_.kind}"
        case "hosts" if type_.kind is not Kind.URL:
            return f"does not apply to {type_.kind}"
        case "hosts":
            return None if value == "public" else "takes `public`"
        case "mediaTypes" | "maxBytes" if type_.kind is not Kind.FILE:
            return f"does not apply to {type_.kind}"
        case "mediaTypes":
            fine = isinstance(value, list) and value and all(item in MEDIA_TYPES for item in value)
            if fine and len(set(value)) == len(value):
                return None
            return f"takes an array of types that the content of a file tells: {', '.join(MEDIA_TYPES)}"
        case "maxBytes":
            fine = is_integer(value) and LEAST_BYTES <= value <= MOST_BYTES
            return None if fine else f"takes a whole number from {LEAST_BYTES} to {MOST_BYTES}"
        case "trim":
            return None if isinstance(value, bool) else "takes true or false"
        case "sanitize" | "normalize":
            words = [choice.value for choice in _CHOICES[key]]
            return None if value in words else f"takes one of {', '.join(words)}"
        case "minLength" | "maxLength":
            if type_.kind not in (*_TEXTUAL, Kind.BYTES):
                return f"does not apply to {type_.kind}"
            return None if is_integer(value) and 0 <= value <= 2**31 else "takes a whole number from 0"
        case _:
            if type_.kind not in _NUMERIC:
                return f"does not apply to {type_.kind}"
            if isinstance(value, bool) or not isinstance(value, int | float) or (key == "multipleOf" and value <= 0):
                return "takes a number"
            whole = type_.kind is not Kind.INTEGER or float(value).is_integer()
            return None if whole else "takes a whole number for integers"


def _bad_pattern(value: Any) -> str | None:
    if not isinstance(value, str):
        return "takes a regular expression"
    try:
        re.compile(value)
    except (re.error, OverflowError, RecursionError) as error:
        return f"is no regular expression: {error}"
    most = max(map(int, re.findall(r"[{,](\d+)(?=[,}])", value)), default=0)
    if most > _MOST_TIMES or _NOT_EVERYWHERE.search(value) or not is_pattern(value):
        return "must do without look-around, back references, possessive and very long repetition"
    if any(int(times) > ENDLESS for times in re.findall(r"\{(\d+)", value)) or longest(value) > _LONGEST:
        return f"repeats too often: write {{n}} with at most {ENDLESS}, and nothing for {_LONGEST:,} characters"
    return None if value.isprintable() else "has an invisible character"


def _with(type_: Type, key: str, value: Any) -> Type:
    match key:
        case "format":
            named = parse_type(_FORMATS[type_.kind][value])
            made = named.type if named is not None else type_
            return narrower(made, max_length=type_.max_length) if made.kind in _TEXTUAL else made
        case "enum":
            return replace(enum_type(tuple(value)), min_length=None)
        case "pattern":
            return replace(type_, pattern=value)
        case "sanitize":
            return replace(type_, sanitize=Sanitize(value))
        case "normalize":
            return replace(type_, normalize=NormalForm(value))
        case "trim":
            return replace(type_, trim=value)
        case "hosts":
            return replace(type_, public=True)
        case "mediaTypes":
            return replace(type_, media_types=tuple(value))
        case "maxBytes":
            return replace(type_, max_bytes=value)
        case "minLength" | "maxLength":
            return replace(type_, **{_ATTRIBUTES[key]: value})
        case _:
            bound = int(value) if type_.kind is Kind.INTEGER else Decimal(str(value))
            return narrower(type_, **{_ATTRIBUTES[key]: bound})


def narrower(type_: Type, **bounds: int | Decimal | None) -> Type:
    """`type_` with the tighter of each of its own bounds and those given."""
    changes: dict[str, Any] = {}
    for name, bound in bounds.items():
        own = getattr(type_, name)
        if bound is not None and own is not None:
            bound = max(own, bound) if name.endswith("minimum") or name == "min_length" else min(own, bound)
        if bound is not None:
            changes[name] = bound
    return replace(type_, **changes)
