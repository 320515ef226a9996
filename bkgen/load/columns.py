"""Rewrites what is said of a column by several keys at once."""

from __future__ import annotations

import json
import re

from bkgen.diagnostics import Diagnostics
from bkgen.load.spellings import hint, written
from bkgen.source import Entry, Map, Scalar, plain

_Entries = dict[str, Entry]

CONSTRAINTS = (
    *("minLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("pattern", "format"),
)
"""Keys of a type that are understood beside it, too."""

BESIDE = ("sanitize", "trim", "normalize", "hosts", "mediaTypes", "maxBytes")
"""Keys of a type that columns have beside it: what holds for every way in which they are written."""

_LIMITED = ("email", "url", "uri")
"""Types that take a length as a constraint only."""

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
    """The column with what is said of its reference beside it, and with length, counter and constraints in its type."""
    entries: _Entries = {entry.key: entry for entry in column}
    for rewrite in (_move_rules, _merge_length, _merge_digits, _merge_counter, _name_enum, _refuse_sql):
        rewrite(entries, diagnostics)
    _move_constraints(entries, diagnostics)
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
    length, kind = _whole_number(entries, "length", diagnostics), _string(entries, "type")
    if length is None or kind is None:
        return
    if kind.rstrip("?").casefold() in _LIMITED:
        entries["maxLength"] = Entry("maxLength", length.key_span, length.value)
        return
    name = re.sub(r"(?i)^(string|str|text)(?=\??$)", "VARCHAR", kind)
    _put_arguments(entries, name, str(plain(length.value)), length, diagnostics)


def _merge_digits(entries: _Entries, diagnostics: Diagnostics) -> None:
    """`"type": "decimal", "precision": 10, "scale": 2` → `"type": "decimal(10,2)"`."""
    precision, scale = (_whole_number(entries, key, diagnostics) for key in ("precision", "scale"))
    kind = _string(entries, "type")
    if precision is not None and kind is not None:
        digits = [plain(entry.value) for entry in (precision, scale) if entry is not None]
        _put_arguments(entries, kind, ",".join(map(str, digits)), precision, diagnostics)
    elif scale is not None:
        diagnostics.add("BK205", scale.key_span, "a `scale` needs a `precision`", 'add "precision": 10')


def _whole_number(entries: _Entries, key: str, diagnostics: Diagnostics) -> Entry | None:
    """Takes a key out of the column; None, with a finding, where it is no whole number."""
    entry = entries.pop(key, None)
    match entry:
        case Entry(value=Scalar(value=int(number))) if number is not True and number is not False:
            return entry
        case Entry(value=value):
            diagnostics.add("BK206", value.span, f"{written(entry)} must be a whole number", "write it like `40`")
    return None


def _put_arguments(entries: _Entries, kind: str, arguments: str, place: Entry, diagnostics: Diagnostics) -> None:
    """`VARCHAR` with `40` becomes `VARCHAR(40)`."""
    if "(" in kind:
        diagnostics.add("BK208", place.key_span, f"{written(place)} stands beside `{kind}`, which says it", "remove it")
        return
    whole = f"{kind.rstrip('?')}({arguments})" + "?" * kind.endswith("?")
    _put(entries, "type", whole, entries["type"])
    hint(diagnostics, place.key_span, f"{written(place)} beside `type`", f'`"type": "{whole}"`')


def _move_constraints(entries: _Entries, diagnostics: Diagnostics) -> None:
    """`"type": "integer", "minimum": 1` → `"type": {"type": "integer", "minimum": 1}`."""
    found = [entries.pop(key) for key in (*CONSTRAINTS, "maxLength", *BESIDE) if key in entries]
    type_ = entries.get("type")
    if not found or type_ is None:
        return
    inner = type_.value.entries if isinstance(type_.value, Map) else (type_,)
    for entry in found:
        if entry.key in BESIDE:
            continue
        canonical = json.dumps({entry.key: plain(entry.value)}, ensure_ascii=False)[1:-1]
        hint(diagnostics, entry.key_span, f"{written(entry)} beside `type`", f'`"type": {{"type": ..., {canonical}}}`')
    known = {entry.key for entry in inner}
    whole = (*inner, *(entry for entry in found if entry.key not in known))
    entries["type"] = Entry("type", type_.key_span, Map(whole, type_.value.span))


def _merge_counter(entries: _Entries, diagnostics: Diagnostics) -> None:
    """`"autoIncrement": true` → `"default": "autoincrement"`."""
    counter = entries.pop("autoIncrement", None)
    match counter:
        case Entry(value=Scalar(value=bool(is_on))):
            if is_on and "default" not in entries:
                _put(entries, "default", "autoincrement", counter)
                hint(diagnostics, counter.key_span, written(counter), '`"default": "autoincrement"`')
        case Entry(value=value):
            diagnostics.add("BK206", value.span, f"{written(counter)} must be true or false", "write `true`")


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
