"""Documents of large collections, as SQL of PostgreSQL.

`{}` stands for a number that comes again, and `{row}` for that of the row. They are as `tests/large_tables.py` fills
columns: of a few values, nearly all have the first one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from bkgen.model.tables import Column, Table
from bkgen.model.types import Kind, ObjectForm, Type
from bkgen.render import samples
from bkgen.render.test_values import stands_alone

_LONGEST = 32
_AT_ONCE = 40
_TEXTS = {
    Kind.EMAIL: "'one-' || {0} || '@example.com'",
    Kind.URL: "'https://example.com/' || {0}",
    Kind.UUID: "CAST(lpad(to_hex({0}), 32, '0') AS UUID)",
    Kind.DATE: "date '1900-01-01' + ({0})::integer",
    Kind.TIME: "to_char(time '00:00' + {0} * interval '1 second', 'HH24:MI:SS')",
    Kind.DATETIME: (
        "to_char(timestamp '2020-01-01' + {{row}} * interval '1 minute', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
    ),
    Kind.BOOLEAN: "{{row}} % 100 = 0",
    Kind.DECIMAL: "({0})::text",
}


def text_of(kind: Kind) -> str:
    """The SQL of a text that answers are checked for."""
    return _TEXTS[kind].format("{}")


def document(table: Table) -> list[str]:
    """The SQL of the document of a row, field by field."""
    found: list[str] = []
    for fields in _batches([(one.name, _value(one.type, one, table)) for one in table.columns if one.path]):
        *some, last = (f"'{name}', {value}" for name, value in fields)
        found += [" || jsonb_build_object(" if found else "jsonb_build_object("]
        found += [*(f"{field}, " for field in some), last, ")"]
    return found


def _object(values: list[tuple[str, str]]) -> str:
    parts = (", ".join(f"'{name}', {value}" for name, value in some) for some in _batches(values))
    return " || ".join(f"jsonb_build_object({part})" for part in parts)


def _batches(values: list[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """As many fields at a time as one function of PostgreSQL takes."""
    yield from (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))


def _value(type_: Type, column: Column, table: Table) -> str:
    is_alone = column.type.form is None and stands_alone(column, table)
    may_lack = column.nullable and not stands_alone(column, table)
    code = _whole(type_, column.path, table) if type_.form is not None else _single(type_, is_alone)
    return f"CASE WHEN {{row}} % 10 <> 7 THEN {code} END" if may_lack else code


def _whole(type_: Type, path: tuple[str, ...], table: Table) -> str:
    """An object by its members, so that those which are looked for differ; an array as it may be."""
    if not isinstance(type_.form, ObjectForm):
        return _constant(type_)
    found = []
    for one in type_.form.members:
        column = next((known for known in table.within if known.path == (*path, one.name)), None)
        if one.type.form is not None:
            value = _whole(one.type, (*path, one.name), table)
        else:
            value = _single(one.type, column is not None and stands_alone(column, table))
        found.append((one.name, value))
    return _object(found)


def _single(type_: Type, is_alone: bool) -> str:
    if is_alone and (type_.enum or type_.kind is Kind.BOOLEAN):  # of which there are fewer than rows
        return f"CASE WHEN {{row}} = 1 THEN {_single(type_, False)} END"
    number = "{row}" if is_alone else "{}"
    if type_.enum:
        place = f"CASE WHEN {{row}} % 100 < {len(type_.enum) - 1} THEN {{row}} % 100 + 2 ELSE 1 END"
        return f"(ARRAY[{', '.join(map(_quoted, type_.enum))}])[{place}]"
    match type_.kind:
        case Kind.STRING:
            return f"lpad(to_hex({number}), {min(type_.max_length or _LONGEST, _LONGEST)}, '0')"
        case Kind.INTEGER | Kind.NUMBER:
            return number
        case kind if kind in _TEXTS:
            return _TEXTS[kind].format(number)
        case _:
            return _constant(type_)


def _constant(type_: Type) -> str:
    return f"{_quoted(json.dumps(samples.valid(type_, 'text'), ensure_ascii=False))}::jsonb"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
