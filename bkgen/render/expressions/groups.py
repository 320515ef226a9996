"""Aggregates over the rows of a group, as SQLAlchemy Core: `func.sum(OrderItem.quantity)`."""

from __future__ import annotations

from bkgen.model.expressions import Aggregated, Expression
from bkgen.model.types import Kind
from bkgen.render.expressions.code import Code, call, method
from bkgen.render.expressions.context import Context, Rendered
from bkgen.render.expressions.sql import SqlPrinter
from bkgen.resolve.expressions.grouped import over_rows, scale_of
from bkgen.resolve.expressions.kinds import is_nullable, kind_of
from bkgen.resolve.vocabulary import ROW


def group_value(expression: Expression, context: Context) -> Rendered:
    """What is selected of a group; of decimals with the digits of those that it is made of."""
    printer = _GroupPrinter(context)
    code = printer.value(expression)
    if kind_of(expression.gives) is Kind.DECIMAL and not printer.is_stored_decimal(expression):
        scale = scale_of(expression, ROW)
        if scale is not None:
            code = call("type_coerce", code, f"Scaled({scale})")
    return printer.rendered(code, [code])


class _GroupPrinter(SqlPrinter):
    def aggregated(self, expression: Aggregated) -> Code:
        over = over_rows(expression, ROW)
        if over is None:
            return super().aggregated(expression)
        chosen = self.all_of(list(over.conditions), exact=False) if over.conditions else []
        if over.item is None:
            code = call("func.count")
            return method(code, "filter", *chosen) if chosen else code
        of_some = not chosen and not is_nullable(over.item.gives)
        return self.summed(over.aggregate, over.item, chosen, of_some=of_some)
