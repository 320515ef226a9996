"""Types in every spelling."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bkgen.diagnostics import Diagnostics
from bkgen.load.read_json import read_json
from bkgen.model.types import Kind, Type
from bkgen.resolve.constraints import check_unambiguous, is_definition, written_type
from bkgen.resolve.fitting import request_type, response_type
from bkgen.resolve.types import integer, parse_type
from bkgen.source import Map, SourceFile


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("string", Type(Kind.STRING)),
        ("VARCHAR(255)", Type(Kind.STRING, max_length=255)),
        ("character varying ( 40 )", Type(Kind.STRING, max_length=40)),
        ("CITEXT", Type(Kind.STRING)),
        ("char", Type(Kind.STRING, max_length=1)),
        ("int", integer(32)),
        ("INT(11)", integer(32)),
        ("INT UNSIGNED", Type(Kind.INTEGER, minimum=0, maximum=2**32 - 1, bits=64)),
        ("SmallInt", integer(16)),
        ("bigserial", integer(64)),
        ("TINYINT(1)", Type(Kind.BOOLEAN)),
        ("NUMERIC(10, 2)", Type(Kind.DECIMAL, precision=10, scale=2)),
        ("decimal", Type(Kind.DECIMAL)),
        ("NUMBER(8)", Type(Kind.DECIMAL, precision=8, scale=0)),
        ("number", Type(Kind.NUMBER)),
        ("double  precision", Type(Kind.NUMBER)),
        ("timestamp with time zone", Type(Kind.DATETIME)),
        ("TIMESTAMP(6)", Type(Kind.DATETIME)),
        ("TIMESTAMP WITHOUT TIME ZONE", Type(Kind.DATETIME, timezone=False)),
        ("time", Type(Kind.TIME, timezone=False)),
        ("JSONB", Type(Kind.JSON)),
        ("VARBINARY(16)", Type(Kind.BYTES, max_length=16)),
        ("ENUM('a', 'it''s')", Type(Kind.STRING, max_length=4, enum=("a", "it's"))),
        ("draft | published", Type(Kind.STRING, max_length=9, enum=("draft", "published"))),
    ],
)
def test_spellings(text: str, expected: Type) -> None:
    written = parse_type(text)
    assert written is not None
    assert written.type == expected


@pytest.mark.parametrize(
    "text",
    ["", "strng", "VARCHAR(x)", "VARCHAR(0)", "NUMERIC(2,5)", "uuid(4)", "a |", "integer | uuid", "string[][]", "?"],
)
def test_no_types(text: str) -> None:
    assert parse_type(text) is None


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ({"type": "string", "format": "email"}, Type(Kind.EMAIL, max_length=254)),
        ({"type": "VARCHAR(100)", "format": "email"}, Type(Kind.EMAIL, max_length=100)),
        ({"type": "string", "maxLength": 80, "format": "uri"}, Type(Kind.URL, max_length=80)),
        ({"type": "string", "format": "uuid"}, Type(Kind.UUID)),
        ({"type": "string", "format": "date"}, Type(Kind.DATE)),
        ({"type": "string", "format": "time"}, Type(Kind.TIME, timezone=False)),
        ({"type": "string", "format": "date-time"}, Type(Kind.DATETIME)),
        ({"type": "string", "format": "password", "minLength": 8}, Type(Kind.STRING, min_length=8)),
        ({"type": "integer", "format": "int64"}, integer(64)),
        ({"type": "number", "format": "double"}, Type(Kind.NUMBER)),
    ],
)
def test_formats(tmp_path: Path, definition: dict[str, object], expected: Type) -> None:
    diagnostics = Diagnostics()
    node = read_json(SourceFile(tmp_path, "a.json", json.dumps(definition)), diagnostics)
    assert isinstance(node, Map)
    assert check_unambiguous(node, diagnostics)
    assert is_definition(node)
    written = written_type(node, diagnostics)
    assert written is not None
    assert (written.type, list(diagnostics)) == (expected, [])


def test_optional_and_arrays() -> None:
    optional, array, union = parse_type("uuid?"), parse_type("integer[]"), parse_type("date | null")
    assert optional is not None
    assert optional.optional
    assert array is not None
    assert array.array
    assert union is not None
    assert (union.type.kind, union.optional) == (Kind.DATE, True)


def test_a_request_is_within_both_the_column_and_the_contract() -> None:
    column = Type(Kind.STRING, max_length=255)
    assert request_type(column, Type(Kind.EMAIL, max_length=254)) == Type(Kind.EMAIL, max_length=254)
    assert request_type(column, Type(Kind.STRING, min_length=2, max_length=900)) == Type(Kind.STRING, 2, 255)
    assert request_type(column, Type(Kind.STRING, min_length=300)) is None
    assert request_type(integer(64), integer(32)) == integer(64)
    assert request_type(integer(16), Type(Kind.INTEGER, minimum=1, maximum=2**31 - 1, bits=32)) == Type(
        Kind.INTEGER, minimum=1, maximum=2**15 - 1, bits=16
    )
    assert request_type(Type(Kind.UUID), Type(Kind.STRING)) == Type(Kind.UUID)
    assert request_type(Type(Kind.UUID), integer(32)) is None
    assert request_type(Type(Kind.JSON), Type(Kind.OBJECT)) == Type(Kind.OBJECT)


def test_a_response_promises_no_more_than_the_column_keeps() -> None:
    column = Type(Kind.STRING, max_length=255)
    assert response_type(column, Type(Kind.STRING, max_length=3)) == column
    assert response_type(column, Type(Kind.STRING, max_length=1, enum=("a", "b"))) is None
    assert response_type(Type(Kind.DECIMAL, precision=9, scale=2), Type(Kind.NUMBER)) == Type(Kind.NUMBER)
    assert response_type(Type(Kind.NUMBER), integer(32)) is None
