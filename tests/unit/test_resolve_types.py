"""Types in every spelling."""

from __future__ import annotations

import pytest

from bkgen.model.types import Kind, Type
from bkgen.resolve.fitting import request_type, response_type
from bkgen.resolve.types import integer, parse_type


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
