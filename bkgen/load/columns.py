"""Rewrites what is said of a column by several keys at once."""

from __future__ import annotations

import json
import re

from bkgen.diagnostics import Diagnostics
from bkgen.load.spellings import hint, written
from bkgen.source import Entry, Map, Scalar

_Entries = dict[str, Entry]

_SQL = re.compile(
    r"\s*(?P<type>\w+(?:\s+(?:PRECISION|VARYING|UNSIGNED|WITH(?:OUT)?\s+TIME\s+ZONE)\b)?(?:\s*\([\d\s,]+\))?)\s+"
    r"(?P<rest>(?:PRIMARY\s+KEY|NOT\s+NULL|NULL|UNIQUE|DEFAULT|REFERENCES|CHECK|AUTO_?INCREMENT)\b.*)",
    re.IGNORECASE | re.DOTALL,
)
_CONSTRAINT = re.compile(
    r"(?P<primary>PRIMARY\s+KEY)|(?P<required>NOT\s+NULL)|(?P<unique>UNIQUE)|(?P<autoincrement>AUTO_?INCREMENT)"
    r"|DEFAULT\s+(?P<default>'[^']*'|[^\s()]+(?:\(\))?)|REFERENCES\s+(?P<table>\w+)\s*\(\s*(?P<column>\w+)\s*\)",
    re.IGNORECASE,
)


def finish(column: Map, diagnostics: Diagnostics) -> Map:
    """The column with what is said of its reference beside it, and with its length and counter in type and default."""
    entries: _Entries = {entry.key: entry for entry in column}
    for rewrite in (_move_rules, _merge_length, _merge_counter, _name_enum, _refuse_sql):
        rewrite(entries, diagnostics)
    return Map(tuple(entries.values()), column.span)


def _move_rules(entries: _Entries, diagnostics: Diagnostics) -> None:
    """`"references": {..., "onDelete": "CASCADE"}` → `"references": {...}, "onDelete": "CASCADE"`."""
    references = entries.get("references")
    if references is None or not isinstance(references.value, Map):
        return
    moved = [entry for entry in references.value if entry.key in ("onDelete", "as", "inverse")]
    if not moved:
        return
    rest = tuple(entry for entry in references.value if entry not in moved)
    entries["references"] = Entry("references", references.key_span, Map(rest, references.value.span))
    for inner in moved:
        if (outer := entries.get(inner.key)) is not None:
            fix = f"remove it; `{inner.key}` also stands on line {outer.key_span.line}"
            diagnostics.add("BK208", inner.key_span, f"`{inner.key}` is here twice", fix)
            continue
        entries[inner.key] = inner
        hint(diagnostics, inner.key_span, f"{written(inner)} within {written(references)}", f"`{inner.key}` beside it")


def _merge_length(entries: _Entries, diagnostics: Diagnostics) -> None:
    """`"type": "VARCHAR", "length": 255` → `"type": "VARCHAR(255)"`."""
    length, kind = entries.get("length"), _string(entries, "type")
    match length:
        case Entry(value=Scalar(value=int(digits))) if kind and digits is not True and "(" not in kind:
            name = "VARCHAR" if kind.casefold() in ("string", "str", "text") else kind
            _put(entries, "type", f"{name}({digits})", entries["type"])
            hint(diagnostics, length.key_span, f"{written(length)} {digits}", f'`"type": "{name}({digits})"`')
            del entries["length"]


def _merge_counter(entries: _Entries, diagnostics: Diagnostics) -> None:
    """`"autoIncrement": true` → `"default": "autoincrement"`."""
    counter = entries.get("autoIncrement")
    match counter:
        case Entry(value=Scalar(value=bool(is_on))):
            del entries["autoIncrement"]
            if is_on and "default" not in entries:
                _put(entries, "default", "autoincrement", counter)
                hint(diagnostics, counter.key_span, written(counter), '`"default": "autoincrement"`')


def _name_enum(entries: _Entries, diagnostics: Diagnostics) -> None:
    """`"type": "enum", "enum": [...]` → `"type": "string", "enum": [...]`."""
    if "enum" in entries and (_string(entries, "type") or "").casefold() == "enum":
        hint(diagnostics, entries["type"].value.span, f'`"{_string(entries, "type")}"` as a type', '`"string"`')
        _put(entries, "type", "string", entries["type"])


def _refuse_sql(entries: _Entries, diagnostics: Diagnostics) -> None:
    """`"type": "VARCHAR(255) NOT NULL"` is told to be `"type": "VARCHAR(255)", "nullable": false`."""
    match = _SQL.fullmatch(_string(entries, "type") or "")
    if not match:
        return
    said: dict[str, object] = {"type": match["type"]}
    for constraint in _CONSTRAINT.finditer(match["rest"]):
        if constraint["primary"]:
            said["primary"] = True
        elif constraint["required"]:
            said["nullable"] = False
        elif constraint["unique"]:
            said["unique"] = True
        elif constraint["autoincrement"]:
            said["default"] = "autoincrement"
        elif constraint["default"]:
            said["default"] = constraint["default"].strip("'")
        else:
            said["references"] = {"table": constraint["table"], "column": constraint["column"]}
    written = json.dumps(said, ensure_ascii=False)[1:-1]
    message = f"the type says more than a type: `{match['rest'].strip()}`"
    diagnostics.add("BK211", entries["type"].value.span, message, f"write {written}")
    # What the type is has been told; the next stage need not complain of it again.
    _put(entries, "type", match["type"], entries["type"])


def _string(entries: _Entries, key: str) -> str | None:
    entry = entries.get(key)
    match entry:
        case Entry(value=Scalar(value=str(text))):
            return text
    return None


def _put(entries: _Entries, key: str, value: str, place: Entry) -> None:
    """Sets a key to a string, at the position of `place` in the document."""
    entries[key] = Entry(key, place.key_span, Scalar(value, place.value.span))
