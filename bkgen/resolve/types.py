"""Types as documents write them: the language's names, SQL spellings of any dialect, `T?`, `T[]` and enums."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from bkgen.model.types import Kind, Type

SAFE_INTEGER = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly."""

MOST_DIGITS = 100
"""Of a decimal: more than any database but PostgreSQL keeps exactly."""

MONEY = Type(Kind.DECIMAL, precision=19, scale=2)
_STRINGS = "CHAR VARCHAR CHARACTER|VARYING CHAR|VARYING CHARACTER NCHAR NVARCHAR VARCHAR2 NVARCHAR2 BPCHAR STRING"
_TEXTS = "TEXT TINYTEXT MEDIUMTEXT LONGTEXT CLOB NTEXT CITEXT"
_INTEGERS = {16: "SMALLINT INT2 TINYINT SMALLSERIAL SERIAL2", 32: "INT INTEGER INT4 MEDIUMINT SERIAL SERIAL4"}
_INTEGERS[64] = "BIGINT INT8 BIGSERIAL SERIAL8 LONG"
_DECIMALS = "DECIMAL NUMERIC DEC NUMBER FIXED"
_PLAIN: dict[str, Type] = {
    "NUMBER": Type(Kind.NUMBER),
    "MONEY": MONEY,
    "EMAIL": Type(Kind.EMAIL, max_length=254),
    "URL": Type(Kind.URL, max_length=2083),
    "URI": Type(Kind.URL, max_length=2083),
    "DATE": Type(Kind.DATE),
    "TIME": Type(Kind.TIME, timezone=False),
    "TIMETZ": Type(Kind.TIME),
    "TIME WITH TIME ZONE": Type(Kind.TIME),
    "TIME WITHOUT TIME ZONE": Type(Kind.TIME, timezone=False),
    "TIMESTAMP WITHOUT TIME ZONE": Type(Kind.DATETIME, timezone=False),
    "OBJECT": Type(Kind.OBJECT),
    "ANY": Type(Kind.ANY),
    "FILE": Type(Kind.FILE),
}
_WORDS = {
    Kind.NUMBER: "REAL FLOAT FLOAT4 FLOAT8 DOUBLE DOUBLE|PRECISION",
    Kind.BOOLEAN: "BOOLEAN BOOL BIT",
    Kind.UUID: "UUID GUID UNIQUEIDENTIFIER",
    Kind.DATETIME: "TIMESTAMP TIMESTAMPTZ TIMESTAMP|WITH|TIME|ZONE DATETIME DATETIME2 DATETIMEOFFSET DATETIMETZ",
    Kind.BYTES: "BYTES BYTEA BLOB TINYBLOB MEDIUMBLOB LONGBLOB VARBINARY BINARY",
    Kind.JSON: "JSON JSONB",
}
_PLAIN |= {word.replace("|", " "): Type(kind) for kind, words in _WORDS.items() for word in words.split()}
_STRING_NAMES = {word.replace("|", " ") for word in (_STRINGS + " " + _TEXTS).split()}
_INTEGER_BITS = {word: bits for bits, words in _INTEGERS.items() for word in words.split()}
_SERIAL = {word for word in _INTEGER_BITS if "SERIAL" in word}
_DECIMAL_NAMES = set(_DECIMALS.split())
TYPE_NAMES = tuple(kind.value for kind in Kind)
"""The language's own names, for "did you mean"."""

_ALL_NAMES = list(dict.fromkeys([*TYPE_NAMES, "enum", *(name.lower() for name in [*_PLAIN, *_INTEGER_BITS])]))
_ALL_NAMES += sorted(name.lower() for name in (_STRING_NAMES | _DECIMAL_NAMES) - {"STRING", "DECIMAL", "NUMBER"})

_SPELLING = re.compile(r"\s*([A-Za-z][\w -]*?)\s*(?:\(([^()]*)\)\s*([A-Za-z ]*))?\s*")


@dataclass(frozen=True, slots=True)
class Written:
    """A type as it was written.

    Attributes:
        type: of the value, or of each item where `array`.
        optional: written `T?` or with `null`: it may be absent or null.
        array: written `T[]`.
        serial: the SQL spelling asks for a counter.
    """

    type: Type
    optional: bool = False
    array: bool = False
    serial: bool = False


def parse_type(text: str) -> Written | None:
    """The type that `text` names, or None where it names none."""
    text = text.strip()
    if text.endswith("?"):
        inner = parse_type(text[:-1])
        return replace(inner, optional=True) if inner else None
    if text.endswith("[]"):
        inner = parse_type(text[:-2])
        return None if inner is None or inner.array or inner.optional else replace(inner, array=True)
    if "|" in text:
        return _union(text)
    return _named(text)


def nearest_type(text: str, meant: Callable[[str, Iterable[str]], str | None]) -> str | None:
    """The type that `text`, which names none, is probably meant to be: of `VARCHR(120)?` it keeps all but the slip.

    `meant` chooses the name that a word is nearest to.
    """
    match = re.fullmatch(r"\s*([^(?\[]+?)\s*(\(.*\))?\s*((?:\[\])?\??)\s*", text, re.DOTALL)
    near = meant(match[1], _ALL_NAMES) if match else None
    if match is None or near is None:
        return None
    word, arguments, end = match[1], match[2] or "", match[3]
    name = word if near == word.lower() else near.upper() if word.isupper() else near
    turned = re.sub(r"\(\s*(\d+)\s*,\s*(\d+)\s*\)", r"(\2,\1)", arguments)
    candidates = (f"{name}{some}{end}" for some in (arguments, turned, ""))
    return next((candidate for candidate in candidates if parse_type(candidate)), None)


def integer(bits: int, unsigned: bool = False) -> Type:
    """An integer column of `bits`; an unsigned one is kept in the next wider signed column."""
    if unsigned:
        wide = {16: 32, 32: 64, 64: 64}[bits]
        return Type(Kind.INTEGER, minimum=0, maximum=min(2**bits - 1, 2**63 - 1), bits=wide)
    return Type(Kind.INTEGER, minimum=-(2 ** (bits - 1)), maximum=2 ** (bits - 1) - 1, bits=bits)


def _union(text: str) -> Written | None:
    """`"a | b | c"` is an enum, `"T | null"` an optional type, and `"uuid | integer"` nothing."""
    members = [member.strip() for member in text.split("|")]
    optional = "null" in members
    values = [member for member in members if member != "null"]
    if not all(values):
        return None
    if len(values) == 1:
        inner = parse_type(values[0])
        return replace(inner, optional=True) if inner and optional else None
    bare = [_unquoted(value) for value in values]
    if any(value == name and parse_type(value) for value, name in zip(values, bare, strict=True)):
        return None
    return Written(enum_type(tuple(dict.fromkeys(bare))), optional)


def enum_type(values: tuple[str, ...]) -> Type:
    return Type(Kind.STRING, max_length=max(len(value) for value in values), enum=values)


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value


def _named(text: str) -> Written | None:
    if enum := re.fullmatch(r"\s*enum\s*\((.+)\)\s*", text, re.IGNORECASE | re.DOTALL):
        return _enum(enum[1])
    match = _SPELLING.fullmatch(text)
    if match is None:
        return None
    name = " ".join(f"{match[1]} {match[3] or ''}".upper().split())
    name, unsigned = (name.removesuffix(" UNSIGNED"), True) if name.endswith(" UNSIGNED") else (name, False)
    numbers = re.findall(r"\d+", match[2] or "")
    arguments = [int(number) for number in numbers]
    if match[2] is not None and (not re.fullmatch(r"\s*\d{1,9}\s*(,\s*\d{1,4}\s*)?", match[2])):
        return None
    return _sql(name, arguments, unsigned)


def _enum(listed: str) -> Written | None:
    """`'a', 'b'` as SQL lists the words of an enum, or `a, b`."""
    values = tuple(re.findall(r"'((?:[^']|'')*)'", listed)) or tuple(
        _unquoted(word.strip()) for word in listed.split(",")
    )
    return (
        Written(enum_type(tuple(value.replace("''", "'") for value in dict.fromkeys(values)))) if all(values) else None
    )


def _sql(name: str, arguments: list[int], unsigned: bool) -> Written | None:
    if unsigned and name not in _INTEGER_BITS:
        return None
    if name in _STRING_NAMES and len(arguments) < 2 and arguments != [0]:
        length = arguments[0] if arguments else 1 if name in ("CHAR", "CHARACTER", "NCHAR") else None
        return Written(Type(Kind.STRING, max_length=length))
    if name == "TINYINT" and arguments == [1]:
        return Written(Type(Kind.BOOLEAN))
    if name in _INTEGER_BITS:
        return Written(integer(_INTEGER_BITS[name], unsigned), serial=name in _SERIAL)
    if name in _DECIMAL_NAMES and (arguments or name != "NUMBER"):
        return _decimal(arguments)
    plain = _PLAIN.get(name)
    if plain is None or (plain.kind in (Kind.UUID, Kind.JSON, Kind.DATE, Kind.EMAIL, Kind.URL) and arguments):
        return None
    return Written(replace(plain, max_length=arguments[0]) if plain.kind is Kind.BYTES and arguments else plain)


def _decimal(arguments: list[int]) -> Written | None:
    precision, scale = [*arguments, 0][:2] if arguments else (None, None)
    if precision is not None and scale is not None and not (0 < precision <= MOST_DIGITS and scale <= precision):
        return None
    return Written(Type(Kind.DECIMAL, precision=precision, scale=scale))
