"""Rewrites single values into their canonical form.

Each function takes a value and returns it in the canonical form, with a hint where that is another one. What a
function does not understand it returns as it is, for the schema to refuse.
"""

from __future__ import annotations

import json
import re

from bkgen.diagnostics import Diagnostics
from bkgen.source import Entry, List, Map, Node, Scalar, Span, plain

_SIGNED_IN = {"required", "bearer", "jwt", "token", "authenticated", "true", "yes"}
_ANYONE = {"public", "none", "anonymous", "false", "no"}
AUTH_WORDS = frozenset({*_SIGNED_IN, *_ANYONE, "optional"})
"""Words of `auth` that are no roles."""

_ROLES = ("role", "roles")
_JOINT_REFERENCE = re.compile(r"([^\s.(),]+)(?:\s*\(([^()]+)\)|\.([^\s.(),]+))?")
_COLUMNS = ("columns", "column", "fields")
_COLON = re.compile(r"(?<=/):([^/{}:.]+)")
_ANGLES = re.compile(r"(?<=/)<(?:\w+:)?([^/<>:]+)>")
_STATUS = re.compile(r"\d|default$")
_LONGEST_FIX = 100
_REFERENCE = re.compile(r"([^\s.()]+)(?:\.([^\s.()]+)|\s*\(\s*([^\s.()]+)\s*\))?")


def hint(diagnostics: Diagnostics, span: Span, written: str, canonical: str) -> None:
    """Tells that `written` was read as `canonical`."""
    diagnostics.add("BK213", span, f"{written} is read as {canonical}", f"write {canonical}")


def method(value: Node, diagnostics: Diagnostics) -> Node:
    """`get` → `GET`."""
    if isinstance(value, Scalar) and isinstance(value.value, str):
        return replaced(value, value.value.upper(), diagnostics)
    return value


def operation(value: Node, diagnostics: Diagnostics) -> Node:
    """`LIST`, `changePassword`, `change-password` → `list`, `change_password`."""
    if isinstance(value, Scalar) and isinstance(value.value, str):
        return replaced(value, re.sub(r"[\s-]+|(?<=[a-z])(?=[A-Z])", "_", value.value.strip()).lower(), diagnostics)
    return value


def on_delete(value: Node, diagnostics: Diagnostics) -> Node:
    """`cascade`, `set_null` → `CASCADE`, `SET NULL`."""
    if isinstance(value, Scalar) and isinstance(value.value, str):
        return replaced(value, re.sub(r"[\s_-]+|(?<=[a-z])(?=[A-Z])", " ", value.value).upper(), diagnostics)
    return value


def path(value: Node, diagnostics: Diagnostics) -> Node:
    """`/users/:id`, `/users/<int:id>` → `/users/{id}`."""
    if not isinstance(value, Scalar) or not isinstance(value.value, str):
        return value
    return replaced(value, _ANGLES.sub(r"{\1}", _COLON.sub(r"{\1}", value.value)), diagnostics)


def auth(value: Node, diagnostics: Diagnostics) -> Node:
    """`"required"`, `"bearer"` → `true`; `"public"`, null → `false`; `{"roles": ["admin"]}` → `["admin"]`.

    `"optional"` stays so, and other strings are roles.
    """
    match value:
        case Scalar(value=None):
            canonical = False
        case Scalar(value=str(word)) if word.casefold() == "optional":
            return replaced(value, "optional", diagnostics)
        case Scalar(value=str(word)) if word.casefold() in AUTH_WORDS:
            canonical = word.casefold() in _SIGNED_IN
        case Map(entries=(Entry(key=key, value=roles),)) if key.casefold() in _ROLES:
            hint(diagnostics, value.span, f'`{{"{key}": ...}}`', "what is in it")
            return roles
        case _:
            return value
    hint(diagnostics, value.span, _shown(value), f"`{str(canonical).lower()}`")
    return Scalar(canonical, value.span)


def roles_into_auth(endpoint: Map, diagnostics: Diagnostics) -> Map:
    """`"auth": true, "roles": ["admin"]` → `"auth": ["admin"]`."""
    entries = {item.key: item for item in endpoint}
    roles = entries.pop("roles", None)
    if roles is None:
        return endpoint
    said = entries.get("auth")
    if said is not None and not (isinstance(said.value, Scalar) and said.value.value is True):
        message = f"{written(roles)} stands beside `auth`, which says who may call it"
        diagnostics.add("BK208", roles.key_span, message, "say all of it in `auth`")
    else:
        hint(diagnostics, roles.key_span, written(roles), "`auth`")
        entries["auth"] = Entry("auth", roles.key_span, roles.value)
    return Map(tuple(entries.values()), endpoint.span)


def references(value: Node, diagnostics: Diagnostics) -> Node:
    """`"users.id"`, `"users(id)"` → `{"table": "users", "column": "id"}`; `"users"` → `{"table": "users"}`."""
    if not isinstance(value, Scalar) or not isinstance(value.value, str):
        return value
    match = _REFERENCE.fullmatch(value.value.strip())
    if match is None:
        return value
    column = match[2] or match[3]
    said = {"table": match[1]} | ({"column": column} if column else {})
    hint(diagnostics, value.span, _shown(value), f"`{json.dumps(said, ensure_ascii=False)}`")
    return Map(tuple(entry(key, Scalar(name, value.span)) for key, name in said.items()), value.span)


def joint_references(value: Node, diagnostics: Diagnostics) -> Node:
    """One reference → an array of it; `"references": {"table": ..., "columns": [...]}` or `"table(a, b)"` in one →
    `table` and `to`."""
    if isinstance(value, Map):
        hint(diagnostics, value.span, "one reference", "an array of one")
        value = List((value,), value.span)
    if not isinstance(value, List):
        return value
    return List(tuple(_joint_reference(item, diagnostics) for item in value), value.span)


def _joint_reference(item: Node, diagnostics: Diagnostics) -> Node:
    named = item.entry("references") if isinstance(item, Map) else None
    if not isinstance(item, Map) or named is None:
        return item
    target = named.value
    inner: list[Entry]
    match target:
        case Scalar(value=str(text)) if (match := _JOINT_REFERENCE.fullmatch(text.strip())) is not None:
            columns = match[2].split(",") if match[2] else [match[3]] if match[3] else []
            to = List(tuple(Scalar(name.strip(), target.span) for name in columns), target.span)
            inner = [entry("table", Scalar(match[1], target.span)), *([entry("to", to)] if columns else [])]
        case Map():
            inner = [Entry("to" if one.key in _COLUMNS else one.key, one.key_span, one.value) for one in target]
        case _:
            return item
    hint(diagnostics, named.key_span, "`references`", "`table`, with `to` where columns are named")
    return Map((*(one for one in item if one is not named), *inner), item.span)


def default(value: Node, diagnostics: Diagnostics) -> Node:
    """`"'draft'"`, as SQL quotes a text, → `"draft"`."""
    match value:
        case Scalar(value=str(text)) if len(text) > 1 and text[0] == text[-1] == "'":
            return replaced(value, text[1:-1].replace("''", "'"), diagnostics)
    return value


def request_body(value: Node, diagnostics: Diagnostics) -> Node:
    """`"object"` → `{}`: every column that a client may write."""
    if isinstance(value, Scalar) and value.value == "object":
        hint(diagnostics, value.span, _shown(value), "`{}`")
        return Map((), value.span)
    return value


def response(value: Node, diagnostics: Diagnostics) -> Node:
    """A body without a status, or with the status beside it, is told how to be written, and read so."""
    if isinstance(value, Map) and (not value.entries or any(_STATUS.match(item.key) for item in value)):
        return value
    status, body = _status_and_body(value)
    shown = json.dumps({status: plain(body)}, ensure_ascii=False)
    fix = f"write {shown}" if len(shown) <= _LONGEST_FIX else f'write {{"{status}": ...}} with it in place of the dots'
    place = value.entries[0].key_span if isinstance(value, Map) else value.span
    diagnostics.add("BK206", place, "`response` is an object keyed by statuses", fix)
    return Map((entry(status, body),), value.span)


def _status_and_body(value: Node) -> tuple[str, Node]:
    """What `{"status": 200, "body": {...}}` says; a body alone is that of status 200."""
    status = value.get("status") if isinstance(value, Map) else None
    if isinstance(value, Map) and isinstance(status, Scalar) and _STATUS.match(str(status.value)):
        others = [item for item in value if item.key != "status"]
        whole = others[0].value if len(others) == 1 else Map(tuple(others), value.span)
        return str(status.value), whole
    return "200", value


def one_or_more(value: Node, diagnostics: Diagnostics) -> Node:
    """`"id"` → `["id"]`."""
    if isinstance(value, Scalar) and isinstance(value.value, str):
        hint(diagnostics, value.span, _shown(value), f'`["{value.value}"]`')
        return List((value,), value.span)
    return value


def unique_rules(value: Node, diagnostics: Diagnostics) -> Node:
    """`"email"`, `["email"]`, `[{"columns": ["a", "b"]}]` → `[["email"]]`, `[["a", "b"]]`.

    A flat list of several columns is reported: it may mean one rule or several.
    """
    value = one_or_more(value, diagnostics)
    if not isinstance(value, List):
        return value
    names = [item.value for item in value if isinstance(item, Scalar) and isinstance(item.value, str)]
    if len(names) > 1 and len(names) == len(value.items):
        together = ", ".join(f'"{name}"' for name in names)
        apart = ", ".join(f'["{name}"]' for name in names)
        fix = f"write [[{together}]] if the columns are unique together, [{apart}] if each of them is"
        diagnostics.add("BK210", value.span, "one rule over several columns, or one rule for each", fix)
        return List((), value.span)
    return List(tuple(_unique_rule(item, diagnostics) for item in value), value.span)


def _unique_rule(item: Node, diagnostics: Diagnostics) -> Node:
    if isinstance(item, Map) and (columns := item.get("columns")) is not None:
        hint(diagnostics, item.span, '`{"columns": [...]}`', "`[...]`")
        return columns
    return one_or_more(item, diagnostics)


def indexes(value: Node, diagnostics: Diagnostics, key: str = "columns") -> Node:
    """`["a", ["b", "c"]]` → `[{"columns": ["a"]}, {"columns": ["b", "c"]}]`."""
    if not isinstance(value, List):
        return value
    return List(tuple(_index(item, key, diagnostics) for item in value), value.span)


def _index(item: Node, key: str, diagnostics: Diagnostics) -> Node:
    if isinstance(item, Map):
        return item
    columns = item if isinstance(item, List) else List((item,), item.span)
    hint(diagnostics, item.span, _shown(item) if isinstance(item, Scalar) else "`[...]`", f'`{{"{key}": [...]}}`')
    return Map((entry(key, columns),), item.span)


def replaced(value: Scalar, canonical: str, diagnostics: Diagnostics) -> Scalar:
    """The string `canonical` in place of `value`, with a hint where that is another one."""
    if value.value == canonical:
        return value
    hint(diagnostics, value.span, _shown(value), f'`"{canonical}"`')
    return Scalar(canonical, value.span)


def written(entry: Entry) -> str:
    """The key of an entry as the document spells it, which the canonical form may not."""
    span = entry.key_span
    word = span.file.lines[span.line - 1][span.column - 1 : span.end_column - 1]
    return f"`{word.strip(chr(34) + chr(39))}`"


def entry(key: str, value: Node, span: Span | None = None) -> Entry:
    """A key that the document does not have, at the place of `value` or at `span`."""
    return Entry(key, span or value.span, value)


def _shown(value: Scalar) -> str:
    """A scalar as it stands in messages."""
    return f"`{json.dumps(value.value, ensure_ascii=False)}`"
