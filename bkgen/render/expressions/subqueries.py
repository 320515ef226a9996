"""Subqueries: what relations lead to, as SQLAlchemy Core."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from bkgen.model.expressions import (
    Aggregate,
    Aggregated,
    ColumnOf,
    Expression,
    Filtered,
    Mapped,
    Name,
    Quantified,
    Quantifier,
    Related,
    Row,
    Sorted,
    Value,
)
from bkgen.model.types import Kind
from bkgen.render.expressions import comparisons
from bkgen.render.expressions.code import Code, Level, call, infix, method
from bkgen.render.expressions.context import Context
from bkgen.render.expressions.python import PythonPrinter
from bkgen.render.expressions.sources import Item, Models, Rows
from bkgen.render.formatting import RenderError
from bkgen.resolve.expressions.kinds import is_nullable, kind_of
from bkgen.resolve.expressions.parts import conjuncts, in_database
from bkgen.resolve.expressions.presence import path_of

_SUMS = {Aggregate.MIN: "func.min", Aggregate.MAX: "func.max", Aggregate.AVG: "func.avg", Aggregate.SUM: "func.sum"}


class SubqueryPrinter(ABC):
    """Writes what relations lead to; what is asked of the rows, a subclass writes."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.python = PythonPrinter(context)
        self.models = Models(context)
        self.bound: Mapping[str, Rows | Item] = {}

    def in_database(self, expression: Expression) -> bool:
        """Whether it depends on a row of the statement, of a subquery, or of a relation."""
        return in_database(expression, self.context.rows | set(self.bound))

    @abstractmethod
    def value(self, expression: Expression) -> Code:
        """A value in the database, or a parameter."""

    @abstractmethod
    def all_of(self, parts: list[Expression], exact: bool) -> list[Code]:
        """Conditions that all have to hold; NULL can stand for false unless they are to be `exact`."""

    @abstractmethod
    def denied(self, condition: Expression) -> Code:
        """The opposite of a condition, where null is as good as false."""

    def reckoned(self, expression: Expression) -> Code:
        """A value to reckon with: a decimal as a number."""
        code = self.value(expression)
        return call("as_number", code) if self.is_stored_decimal(expression) else code

    def is_stored_decimal(self, expression: Expression) -> bool:
        if kind_of(expression.gives) is not Kind.DECIMAL or not self.in_database(expression):
            return False
        if isinstance(expression, Name):
            item = self.bound[expression.name]
            assert isinstance(item, Item)
            with self.binding(item.bound):
                return self.is_stored_decimal(item.expression)
        return isinstance(expression, ColumnOf)

    def row_is_none(self, row: Expression, is_none: bool) -> Code:
        """Whether there is no such row."""
        rows = self._rows_of(row)
        if rows is not None:
            key = rows.table.primary_key[0]
            return method(rows.column(key), "is_" if is_none else "is_not", "None")
        assert isinstance(row, Related)
        with self.models.subquery():
            conditions: list[Code] = []
            self._open(row, conditions)
            code = self.subquery(call("exists"), conditions)
        return Code(f"~{code.text}", Level.SIGN) if is_none else code

    def quantified(self, expression: Quantified, is_denied: bool = False) -> Code:
        is_all = expression.quantifier is Quantifier.ALL
        with self.models.subquery():
            conditions: list[Code] = []
            item = self.pipeline(expression.source, conditions)
            with self.binding({**self.bound, expression.variable: item}):
                if is_all:
                    found = [self.denied(expression.condition)]
                else:
                    found = self.all_of(conjuncts(expression.condition), exact=False)
            code = self.subquery(call("exists"), [*conditions, *found])
        return Code(f"~{code.text}", Level.SIGN) if is_all != is_denied else code

    def has_value(self, column: ColumnOf, value: Code) -> Code | None:
        """That the row which a relation leads to has a value; None where its column is in the statement already.

        Asked as a row that is there, not as a value to compare: so a database may begin with that row.
        """
        row = column.row
        if not isinstance(row, Related) or self._rows_of(row) is not None or self._same(row, column.column) is not None:
            return None
        with self.models.subquery():
            conditions: list[Code] = []
            rows = self._open(row, conditions)
            found = rows.column(rows.table.column(column.column))
            return self.subquery(call("exists"), [*conditions, infix(found, "==", value, Level.COMPARE)])

    def subquery(self, start: Code, conditions: list[Code]) -> Code:
        """`exists()` or `select(...)` with its conditions, inside `self.models.subquery()`."""
        code = method(start, "where", *conditions)
        around = self.models.correlated([code])
        return method(code, "correlate", *around) if around else code

    def aggregated(self, expression: Aggregated) -> Code:
        with self.models.subquery():
            conditions: list[Code] = []
            item = self.pipeline(expression.source, conditions)
            if expression.aggregate is Aggregate.SIZE:
                selected = call("func.count")
            else:
                assert isinstance(item, Item)
                with self.binding(item.bound):
                    selected = self.summed(expression.aggregate, item.expression)
            return method(self.subquery(call("select", selected), conditions), "scalar_subquery")

    def summed(
        self, aggregate: Aggregate, item: Expression, chosen: Sequence[Code] = (), *, of_some: bool = False
    ) -> Code:
        """An aggregate of values, or of those for which the conditions `chosen` hold; `of_some` where there is one."""
        value = self.reckoned(item)
        kind = kind_of(item.gives)
        if kind is Kind.INTEGER and aggregate is Aggregate.AVG:
            value = call("cast", value, "Double")
        code = call(_SUMS[aggregate], value)
        if chosen:
            code = method(code, "filter", *chosen)
        match aggregate:
            case Aggregate.SUM:
                found = code if of_some else call("func.coalesce", code, "0")
                is_wide = kind is Kind.INTEGER and not comparisons.is_narrow(item)
                return call("cast", found, "BigInteger") if is_wide else found
            case Aggregate.AVG if kind is Kind.DECIMAL:
                return call("func.round", code, "10", "type_=Reckoned")
        return code

    def pipeline(self, source: Expression, conditions: list[Code]) -> Rows | Item:
        """Brings in the rows of `source`, adds what has to hold of them, and gives what each one is."""
        match source:
            case Related():
                return self._open(source, conditions)
            case Sorted(source=inner):
                return self.pipeline(inner, conditions)
            case Filtered(source=inner, variable=variable, condition=condition):
                item = self.pipeline(inner, conditions)
                with self.binding({**self.bound, variable: item}):
                    conditions += self.all_of(conjuncts(condition), exact=False)
                return item
            case Mapped(source=inner, variable=variable, item=expression):
                item = self.pipeline(inner, conditions)
                return Item(expression, {**self.bound, variable: item})
        raise RenderError(f"no SQL for {type(source).__name__} as rows")

    def _open(self, related: Related, conditions: list[Code]) -> Rows:
        """Brings the rows of a relation into a subquery."""
        relation = related.relation
        target = self.context.tables[relation.target]
        between = relation.through
        first = self.context.tables[between.table] if between is not None else target
        model = self.models.bring(first)
        for here, there in relation.pairs:
            place = self.column(related.row, here, conditions)
            column = Code(f"{model}.{first.column(there).attribute}")
            is_parameter = not self.in_database(related.row)
            if is_parameter and is_nullable(related.row.gives) and first.column(there).nullable:
                place = call("literal", place, comparisons.sql_type(Value(first.column(there).type)))
            conditions.append(infix(column, "==", place, Level.COMPARE))
        if between is None:
            return Rows(target, model, {}, _nothing)
        known = {there: Code(f"{model}.{first.column(here).attribute}") for here, there in between.pairs}
        far = self.models.bring(target)

        def join() -> None:
            for there, code in known.items():
                conditions.append(infix(Code(f"{far}.{target.column(there).attribute}"), "==", code, Level.COMPARE))

        return Rows(target, far, known, join)

    def column(self, row: Expression, name: str, conditions: list[Code] | None = None) -> Code:
        """A column of a row; a row that nothing has brought in yet joins those of `conditions`, or is selected."""
        if not self.in_database(row):
            return self.python.value(self._plain_column(row, name))
        assert isinstance(row.gives, Row)
        table = self.context.tables[row.gives.table]
        rows = self._rows_of(row)
        if rows is not None:
            return rows.column(table.column(name))
        assert isinstance(row, Related)
        if (here := self._same(row, name)) is not None:
            return self.column(row.row, here, conditions)
        if conditions is not None:
            return self._open(row, conditions).column(table.column(name))
        with self.models.subquery():
            inside: list[Code] = []
            selected = self._open(row, inside).column(table.column(name))
            return method(self.subquery(call("select", selected), inside), "scalar_subquery")

    def _plain_column(self, row: Expression, name: str) -> ColumnOf:
        assert isinstance(row.gives, Row)
        column = self.context.column(row.gives.table, name)
        return ColumnOf(row, name, Value(column.type, column.nullable or row.gives.nullable), row.span)

    def _same(self, related: Related, name: str) -> str | None:
        """The column of the row before which refers to column `name` of the related row, and so equals it."""
        relation = related.relation
        reference = self.context.tables[relation.table].reference_by(relation.pairs, relation.target)
        if reference is None or (len(reference.columns) > 1 and relation.optional):  # null in another column is enough
            return None
        return next((here for here, there in relation.pairs if there == name), None)

    def _rows_of(self, row: Expression) -> Rows | None:
        """The rows that stand for `row` in the statement already."""
        assert isinstance(row.gives, Row)
        if isinstance(row, Name) and isinstance(found := self.bound.get(row.name), Rows):
            return found
        path = path_of(row)
        if path is not None and path in self.context.models and path[0] not in self.bound:
            return Rows(self.context.tables[row.gives.table], self.context.models[path], {}, _nothing)
        return None

    def item(self, name: str) -> Code:
        item = self.bound[name]
        assert isinstance(item, Item)
        with self.binding(item.bound):
            return self.value(item.expression)

    @contextmanager
    def binding(self, bound: Mapping[str, Rows | Item]) -> Iterator[None]:
        before = self.bound
        self.bound = bound
        yield
        self.bound = before


def _nothing() -> None:
    """What it takes to join a table that is there."""
