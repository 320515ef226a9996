"""Types that lose something: money in floats, times without a zone, texts without an end."""

from __future__ import annotations

from collections.abc import Iterator

from bkgen.lint.declared import declared_columns, declared_tables, how_long, is_plain_text
from bkgen.model.in_shapes import objects
from bkgen.model.service import Service
from bkgen.model.shapes import ColumnValue, Shape
from bkgen.model.types import Kind
from bkgen.resolve import names
from bkgen.resolve.indexes.pattern import LONGEST_KEY
from bkgen.resolve.risks.risk import Risk
from bkgen.resolve.words import listed

_MONEY = listed(
    "amount balance bonus budget charge cost credit debit deposit discount donation fare fee fine income invoice money "
    "payment payout price refund rent revenue salary subtotal total tuition turnover wage"
)
_CURRENCIES = listed("usd eur gbp chf jpy cny inr cad aud dollars euros pounds gross net")
"""Behind one of them."""


def floating_money(service: Service) -> Iterator[Risk]:
    """`BK957`"""
    for table, column in declared_columns(service):
        if column.type.kind is Kind.NUMBER and _is_money(column.name):
            message = f"`{column.name}` of `{table.name}` is money, and a float"
            exact = '"type": "string", "format": "decimal"' if table.is_collection else '"type": "DECIMAL(12, 2)"'
            yield Risk("BK957", column.span, message, f"write {exact}", (table.span,))


def zoneless_times(service: Service) -> Iterator[Risk]:
    """`BK958`"""
    for table, column in declared_columns(service):
        if column.type.kind is Kind.DATETIME and not column.type.timezone:
            message = f"`{column.name}` of `{table.name}` is a moment without an offset"
            yield Risk("BK958", column.span, message, 'write "type": "datetime"', (table.span,))


def text_without_end(service: Service) -> Iterator[Risk]:
    """`BK961` of columns that a body fills with a text of any length."""
    endless = {pair for endpoint in service.endpoints for pair in _written(endpoint.request)}
    for table, column in declared_columns(service):
        if is_plain_text(column) and column.type.max_length is None and (table.name, column.name) in endless:
            message = f"clients write as much as they like into `{column.name}` of `{table.name}`"
            yield Risk("BK961", column.span, message, how_long(table, 10000), (table.span,))


def indexed_long_text(service: Service) -> Iterator[Risk]:
    """`BK968` of keys, unique rules and indexes."""
    for table in declared_tables(service):
        several = {name for index in table.indexes for name in index.columns}
        for column in table.columns:
            longest = column.type.max_length
            if not (column.primary or column.unique or column.index or column.name in several):
                continue
            if is_plain_text(column) and column.added is None and (longest is None or longest > LONGEST_KEY):
                long = "a text of any length" if longest is None else f"a text of {longest:,} characters"
                message = f"`{column.name}` of `{table.name}` is in an index, and {long}"
                yield Risk("BK968", column.span, message, how_long(table, 255), (table.span,))


def _is_money(name: str) -> bool:
    words = names.words(name)
    if words[-1:] and words[-1] in _CURRENCIES:
        words = words[:-1]
    return bool(words) and words[-1] in _MONEY


def _written(shape: Shape | None) -> Iterator[tuple[str, str]]:
    """The columns, each with its table, that a body fills with texts of any length."""
    for field in (field for one in objects(shape) for field in one.fields):
        if isinstance(field.shape, ColumnValue) and field.shape.type.max_length is None:
            yield field.shape.table, field.shape.column
