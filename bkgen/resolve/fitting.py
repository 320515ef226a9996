"""Whether what a contract says about a value fits the column that holds it."""

from __future__ import annotations

from dataclasses import replace

from bkgen.model.types import ArrayForm, Kind, Type
from bkgen.resolve.constraints import narrower
from bkgen.resolve.types import SAFE_INTEGER, integer

_TEXTUAL = frozenset({Kind.STRING, Kind.EMAIL, Kind.URL})
_AS_STRING = frozenset({Kind.UUID, Kind.DATE, Kind.TIME, Kind.DATETIME, Kind.BYTES, Kind.DECIMAL}) | _TEXTUAL
"""Kinds that are strings in JSON, so that a contract may call them so."""

_BOUNDS = ("minimum", "maximum", "exclusive_minimum", "exclusive_maximum")
_NUMERIC = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.DECIMAL})


def request_type(column: Type, said: Type) -> Type | None:
    """The type of a value that is written to the column: within both; None where no value could be.

    A column of type `any` is one whose own type is already an error.
    """
    if (
        column.kind is Kind.ANY
        or said.kind is Kind.ANY
        or (said.kind is Kind.STRING and not said.enum and column.kind in _AS_STRING - _TEXTUAL)
    ):
        return column
    if column.kind is Kind.JSON:
        return _json(column, said) if said.kind in (Kind.JSON, Kind.OBJECT) else None
    if column.kind in _TEXTUAL and said.kind in _TEXTUAL:
        return _text(column, said)
    if column.kind in _NUMERIC and said.kind in _NUMERIC:
        return _number(column, said)
    return column if column.kind is said.kind else None


def response_type(column: Type, said: Type) -> Type | None:
    """The type of a column's value in a response; None where the contract promises another one.

    A response holds whatever the column holds: constraints beyond the column's own are no promise that can be kept.
    """
    if column.kind is Kind.DECIMAL and said.kind in (Kind.NUMBER, Kind.INTEGER):
        return Type(Kind.NUMBER)
    if said.enum and set(said.enum) != set(column.enum):
        return None
    if column.kind is Kind.INTEGER and said.kind is Kind.NUMBER:
        return column
    if column.kind in _NUMERIC and said.kind in _NUMERIC and column.kind is not said.kind:
        return None
    if isinstance(said.form, ArrayForm) and isinstance(column.form, ArrayForm):
        return column if response_type(column.form.items, said.form.items) == column.form.items else None
    return column if request_type(column, replace(said, enum=())) is not None else None


def _json(column: Type, said: Type) -> Type | None:
    """What a column with a form holds is said by the form; of an array, a contract may say less of its items."""
    if column.form is None:
        return said if said.form is None else None
    if not isinstance(said.form, ArrayForm):
        return column
    if not isinstance(column.form, ArrayForm):
        return None
    items = request_type(column.form.items, said.form.items)
    return replace(column, form=replace(column.form, items=items)) if items is not None else None


def _text(column: Type, said: Type) -> Type | None:
    if column.enum or said.enum:
        if column.enum and said.enum:
            common = tuple(value for value in said.enum if value in column.enum)
            return replace(column, enum=common) if len(common) == len(said.enum) else None
        values = column.enum or said.enum
        fits = column.max_length is None or all(len(value) <= column.max_length for value in values)
        return replace(column, enum=values) if fits else None
    kind = said.kind if column.kind is Kind.STRING else column.kind
    joined = replace(column, kind=kind, pattern=said.pattern or column.pattern, public=column.public or said.public)
    if kind is not Kind.STRING:
        joined = replace(joined, sanitize=None, trim=None, normalize=None)
    elif not column.is_tidied:
        joined = replace(joined, sanitize=said.sanitize, trim=said.trim, normalize=said.normalize)
    elif said.is_tidied and said.tidying != column.tidying:
        return None
    joined = narrower(joined, min_length=said.min_length, max_length=said.max_length)
    fits = joined.max_length is None or (joined.min_length or 0) <= joined.max_length
    return joined if fits else None


def _number(column: Type, said: Type) -> Type | None:
    if column.kind is Kind.NUMBER and said.kind is Kind.INTEGER:
        column = replace(column, kind=Kind.INTEGER)
        column = narrower(column, minimum=-SAFE_INTEGER, maximum=SAFE_INTEGER)
    width = integer(said.bits) if said.bits else Type(said.kind)
    bounds = {name: value for name in _BOUNDS if (value := getattr(said, name)) != getattr(width, name)}
    column = narrower(column, **bounds)
    column = replace(column, multiple_of=said.multiple_of or column.multiple_of)
    empty = column.minimum is not None and column.maximum is not None and column.minimum > column.maximum
    return None if empty else column
