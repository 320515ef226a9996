"""Expressions as SQLAlchemy Core: what depends on rows in the database; the rest of them are parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from bkgen.model.expressions import (
    Aggregate,
    Aggregated,
    Binary,
    Call,
    ColumnOf,
    Conditional,
    Expression,
    Filtered,
    Function,
    Has,
    ListOf,
    Literal,
    Mapped,
    Name,
    Negative,
    Not,
    Operator,
    Quantified,
    Quantifier,
    Related,
    Row,
    Sorted,
    Value,
)
from bkgen.model.types import Kind
from bkgen.render.expressions import comparisons
from bkgen.render.expressions.code import Code, Level, call, choice, infix, method
from bkgen.render.expressions.context import Context, Rendered
from bkgen.render.expressions.imports import imports_of, used_names
from bkgen.render.expressions.nulls import EQUALITIES, TESTS, divides
from bkgen.render.expressions.operations import LEVELS
from bkgen.render.expressions.python import PythonPrinter
from bkgen.render.expressions.sources import Item, Models, Rows
from bkgen.render.formatting import RenderError
from bkgen.resolve.expressions.kinds import is_nullable, kind_of
from bkgen.resolve.expressions.parts import in_database, walk
from bkgen.resolve.expressions.presence import path_of, present_if

_SUMS = {Aggregate.MIN: "func.min", Aggregate.MAX: "func.max", Aggregate.AVG: "func.avg", Aggregate.SUM: "func.sum"}


def sql_value(expression: Expression, context: Context) -> Rendered:
    """The value as something to select or to set; NULL where it is null, and a condition is true or false."""
    printer = _SqlPrinter(context)
    code = printer.value(expression)
    return printer.rendered(code, [code])


def sql_conditions(expression: Expression, context: Context) -> Rendered:
    """A condition as what stands in `where(...)`, where NULL is as good as false."""
    printer = _SqlPrinter(context)
    parts = printer.all_of(conjuncts(expression), exact=False)
    whole = parts[0] if len(parts) == 1 else call("and_", *parts)
    return printer.rendered(whole, parts)


def conjuncts(expression: Expression) -> list[Expression]:
    """The conditions between the `&&` of a condition."""
    return operands_of(Operator.AND, expression)


def operands_of(operator: Operator, expression: Expression) -> list[Expression]:
    """What stands between the operators of a row of equal ones."""
    match expression:
        case Binary(operator=found, left=left, right=right) if found is operator:
            return [*operands_of(operator, left), *operands_of(operator, right)]
        case _:
            return [expression]


class _SqlPrinter:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._python = PythonPrinter(context)
        self._models = Models(context)
        self._bound: Mapping[str, Rows | Item] = {}

    def rendered(self, code: Code, parts: list[Code]) -> Rendered:
        used = used_names([code.text])
        definitions = tuple((alias, text) for alias, text in self._models.aliases.items() if alias in used)
        texts = [code.text, *(text for _, text in definitions)]
        imports = imports_of(texts, self._context.tables)
        return Rendered(code.text, tuple(part.text for part in parts), definitions, imports)

    def in_database(self, expression: Expression) -> bool:
        """Whether it depends on a row of the statement, of a subquery, or of a relation."""
        return in_database(expression, self._context.rows | set(self._bound))

    # Values

    def value(self, expression: Expression) -> Code:
        if not self.in_database(expression):
            return self._python.value(expression)
        match expression:
            case Name(name=name):
                return self._item(name)
            case ColumnOf(row=row, column=column):
                return self._column(row, column)
            case Negative(operand=operand):
                return Code(f"-{self._reckoned(operand).at(Level.SIGN)}", Level.SIGN)
            case Conditional():
                return self._choice(expression)
            case Aggregated():
                return self._aggregated(expression)
            case Call(function=Function.SIZE, arguments=(text,)):
                return call("func.length", self.value(text))
            case Call(function=Function.NUMBER, arguments=(number,)):
                return call("cast", self._reckoned(number), "Double")
            case Binary(operator=operator) if operator in LEVELS:
                return self._arithmetic(expression)
        if kind_of(expression.gives) is Kind.BOOLEAN:
            return self.test(expression, exact=True)
        raise RenderError(f"no SQL for {type(expression).__name__}")

    def _choice(self, expression: Conditional) -> Code:
        condition = expression.condition
        yes, no = self._operand(expression.yes), self._operand(expression.no)
        if not self.in_database(condition):
            yes, no = self._element(expression.yes), self._element(expression.no)
            return choice(yes, self._python.test(condition)[0], no)
        null = call("literal", "None", comparisons.sql_type(expression.gives))
        for part in operands_of(Operator.AND, condition):
            if not self.in_database(part) and _relies(expression.yes, part, True):
                yes = choice(yes, self._python.test(part)[0], null)
        for part in operands_of(Operator.OR, condition):
            if not self.in_database(part) and _relies(expression.no, part, False):
                no = choice(null, self._python.test(part)[0], no)
        otherwise = [] if no.text == "None" else [f"else_={no.text}"]
        return call("case", f"({self.test(condition, exact=False).text}, {yes.text})", *otherwise)

    def _arithmetic(self, expression: Binary) -> Code:
        left, right = self._operand(expression.left), self._operand(expression.right)
        operator: str = expression.operator.value
        if divides(expression):
            right = call(
                "func.nullif", right, "0", f"type_={comparisons.sql_type(expression.gives).removesuffix('()')}"
            )
        if expression.operator is Operator.DIVIDE and kind_of(expression.gives) is Kind.INTEGER:
            operator = "//"
        if operator == "*" and comparisons.is_narrow(expression.left) and comparisons.is_narrow(expression.right):
            left = call("cast", left, "BigInteger")
        code = infix(left, operator, right, LEVELS[expression.operator])
        if expression.operator is Operator.DIVIDE and kind_of(expression.gives) is Kind.DECIMAL:
            return call("func.round", code, "10", "type_=Reckoned")
        return code

    def _reckoned(self, expression: Expression) -> Code:
        """A value to reckon with: a decimal as a number."""
        code = self.value(expression)
        return call("as_number", code) if self._is_stored_decimal(expression) else code

    def _is_stored_decimal(self, expression: Expression) -> bool:
        if kind_of(expression.gives) is not Kind.DECIMAL or not self.in_database(expression):
            return False
        if isinstance(expression, Name):
            item = self._bound[expression.name]
            assert isinstance(item, Item)
            with self._binding(item.bound):
                return self._is_stored_decimal(item.expression)
        return isinstance(expression, ColumnOf)

    # Conditions

    def test(self, expression: Expression, exact: bool) -> Code:
        """A condition; NULL can stand for false unless it is to be `exact`."""
        if not self.in_database(expression):
            return self._parameter(expression)
        match expression:
            case Binary(operator=Operator.AND | Operator.OR as operator):
                return _together(operator, self._row_of(operator, operands_of(operator, expression), exact))
            case Not(operand=Binary(operator=Operator.EQUAL | Operator.NOT_EQUAL as operator) as inner):
                opposite = Operator.NOT_EQUAL if operator is Operator.EQUAL else Operator.EQUAL
                return self._equality(inner, opposite, exact)
            case Not(operand=Not(operand=operand)):
                return self.test(operand, exact)
            case Not(operand=operand):
                return self._not(operand)
            case Binary(operator=operator) if operator in EQUALITIES:
                return self._equality(expression, operator, exact)
            case Binary(operator=Operator.IN):
                return self._in(expression, exact)
            case Binary(left=left, right=right):
                nullable = is_nullable(left.gives) or is_nullable(right.gives)
                return _known(self._ordering(expression), exact and nullable)
            case Call(function=function, arguments=(text, part)) if function in TESTS:
                nullable = is_nullable(text.gives) or is_nullable(part.gives)
                return _known(
                    comparisons.text_test(function, self._operand(text), self._operand(part)), exact and nullable
                )
            case Has(operand=operand):
                return method(self.value(operand), "is_not", "None")
            case Quantified():
                return self._quantified(expression)
            case Literal(value=value):
                return call("true" if value else "false")
        return _known(self.value(expression), exact and is_nullable(expression.gives))

    def all_of(self, parts: list[Expression], exact: bool) -> list[Code]:
        """Conditions that all have to hold."""
        return self._row_of(Operator.AND, parts, exact)

    def _row_of(self, operator: Operator, parts: list[Expression], exact: bool) -> list[Code]:
        """Conditions in a row. Python asks first where the others only make sense if one of its own holds."""
        found: list[Code] = []
        is_and = operator is Operator.AND
        for index, part in enumerate(parts):
            rest = parts[index + 1 :]
            if not self.in_database(part) and any(_relies(one, part, is_and) for one in rest):
                asked = self._python.test(part)[0]
                others = _together(operator, self._row_of(operator, rest, exact))
                settled = Code("false()") if is_and else Code("true()")
                return [*found, choice(others, asked, settled) if is_and else choice(settled, asked, others)]
            found.append(self.test(part, exact))
        return found

    def _parameter(self, expression: Expression) -> Code:
        """A condition on nothing in the database."""
        if isinstance(expression, Literal):
            return call("true" if expression.value else "false")
        code, exact = self._python.test(expression)
        return call("literal", code if exact else call("bool", code))

    def _not(self, operand: Expression) -> Code:
        match operand:
            case Quantified():
                return self._quantified(operand, is_denied=True)
            case Binary(operator=Operator.IN) if not is_nullable(operand.left.gives):
                code = self.test(operand, exact=True)
                return Code(f"~{code.at(Level.SIGN)}", Level.SIGN)
            case ColumnOf() | Conditional() | Name() if is_nullable(operand.gives):
                return method(self.value(operand), "is_not", "True")
        return Code(f"~{self.test(operand, exact=True).at(Level.SIGN)}", Level.SIGN)

    def _sides(self, expression: Binary) -> tuple[Expression, Expression, bool]:
        """The two sides, first the one in the database; and whether they changed places."""
        swapped = not self.in_database(expression.left)
        pair = (expression.right, expression.left) if swapped else (expression.left, expression.right)
        return *pair, swapped

    def _equality(self, expression: Binary, operator: Operator, exact: bool) -> Code:
        left, right, _ = self._sides(expression)
        is_equal = operator is Operator.EQUAL
        if isinstance(left.gives, Row):
            return self._row_is_none(left, is_equal)
        if isinstance(right, Literal) and (right.value is None or isinstance(right.value, bool)):
            return method(self.value(left), "is_" if is_equal else "is_not", repr(right.value))
        both_here = self.in_database(right)
        here, there = is_nullable(left.gives), is_nullable(right.gives)
        unknown = here if not both_here else here or there
        needs_care = (here and there and both_here) or (unknown and (exact or not is_equal))
        both = self.value(left), self.value(right)
        if kind_of(left.gives) is Kind.DECIMAL and not comparisons.is_same_scale(left, right):
            both = self._compared(left), self._compared(right) if both_here else both[1]
        if not needs_care:
            return infix(both[0], operator.value, both[1], Level.COMPARE)
        return method(both[0], "is_not_distinct_from" if is_equal else "is_distinct_from", both[1])

    def _compared(self, expression: Expression) -> Code:
        """A side of a comparison; one that was reckoned in decimals as exactly as databases can."""
        code = self._operand(expression)
        is_decimal = kind_of(expression.gives) is Kind.DECIMAL and self.in_database(expression)
        if is_decimal and not self._is_stored_decimal(expression):
            return call("exact", code)
        return code

    def _row_is_none(self, row: Expression, is_none: bool) -> Code:
        """Whether there is no such row."""
        rows = self._rows_of(row)
        if rows is not None:
            key = rows.table.primary_key[0]
            return method(rows.column(key), "is_" if is_none else "is_not", "None")
        assert isinstance(row, Related)
        with self._models.subquery():
            conditions: list[Code] = []
            self._open(row, conditions)
            code = self._subquery(call("exists"), conditions)
        return Code(f"~{code.text}", Level.SIGN) if is_none else code

    def _ordering(self, expression: Binary) -> Code:
        left, right, swapped = self._sides(expression)
        operator = comparisons.MIRRORED[expression.operator] if swapped else expression.operator
        return infix(self._compared(left), operator.value, self._compared(right), Level.COMPARE)

    def _operand(self, expression: Expression) -> Code:
        """A value that an operator other than `==` takes, which refuses None."""
        is_null = isinstance(expression, Literal)
        return (
            self._element(expression) if is_nullable(expression.gives) and not is_null else self._reckoned(expression)
        )

    def _element(self, expression: Expression) -> Code:
        """A value as something that SQLAlchemy can ask for more, which a Python value is not."""
        code = self._reckoned(expression)
        if self.in_database(expression):
            return code
        return call("literal", code, comparisons.sql_type(expression.gives))

    def _in(self, expression: Binary, exact: bool) -> Code:
        left, right = expression.left, expression.right
        if isinstance(right, ListOf) and any(is_nullable(item.gives) for item in (left, *right.items)):
            equal = [Binary(Operator.EQUAL, left, item, expression.gives, expression.span) for item in right.items]
            return call(
                "or_",
                *(
                    self._equality(part, Operator.EQUAL, exact) if self.in_database(part) else self._parameter(part)
                    for part in equal
                ),
            )
        if not self.in_database(right):
            nullable = is_nullable(left.gives)
            return _known(method(self.value(left), "in_", self._python.value(right)), exact and nullable)
        if isinstance(right, ListOf):
            return method(self._element(left), "in_", f"[{', '.join(self.value(item).text for item in right.items)}]")
        with self._models.subquery():
            conditions: list[Code] = []
            item = self._pipeline(right, conditions)
            assert isinstance(item, Item)
            outer = self.value(left)
            with self._binding(item.bound):
                inner = self.value(item.expression)
                nullable = is_nullable(left.gives) and is_nullable(item.expression.gives)
            equal_code = (
                method(inner, "is_not_distinct_from", outer) if nullable else infix(inner, "==", outer, Level.COMPARE)
            )
            return self._subquery(call("exists"), [*conditions, equal_code])

    # Rows

    def _quantified(self, expression: Quantified, is_denied: bool = False) -> Code:
        is_all = expression.quantifier is Quantifier.ALL
        with self._models.subquery():
            conditions: list[Code] = []
            item = self._pipeline(expression.source, conditions)
            with self._binding({**self._bound, expression.variable: item}):
                if is_all:
                    found = [
                        (
                            self._not(expression.condition)
                            if self.in_database(expression.condition)
                            else self._parameter(Not(expression.condition, expression.gives, expression.span))
                        )
                    ]
                else:
                    found = self.all_of(conjuncts(expression.condition), exact=False)
            code = self._subquery(call("exists"), [*conditions, *found])
        return Code(f"~{code.text}", Level.SIGN) if is_all != is_denied else code

    def _subquery(self, start: Code, conditions: list[Code]) -> Code:
        """`exists()` or `select(...)` with its conditions, inside `self._models.subquery()`."""
        code = method(start, "where", *conditions)
        around = self._models.correlated([code])
        return method(code, "correlate", *around) if around else code

    def _aggregated(self, expression: Aggregated) -> Code:
        with self._models.subquery():
            conditions: list[Code] = []
            item = self._pipeline(expression.source, conditions)
            if expression.aggregate is Aggregate.SIZE:
                selected = call("func.count")
            else:
                assert isinstance(item, Item)
                with self._binding(item.bound):
                    selected = self._sum(expression, item.expression)
            return method(self._subquery(call("select", selected), conditions), "scalar_subquery")

    def _sum(self, expression: Aggregated, item: Expression) -> Code:
        value = self._reckoned(item)
        kind = kind_of(item.gives)
        if kind is Kind.INTEGER and expression.aggregate is Aggregate.AVG:
            value = call("cast", value, "Double")
        code = call(_SUMS[expression.aggregate], value)
        match expression.aggregate:
            case Aggregate.SUM if kind is Kind.INTEGER and not comparisons.is_narrow(item):
                return call("cast", call("func.coalesce", code, "0"), "BigInteger")
            case Aggregate.SUM:
                return call("func.coalesce", code, "0")
            case Aggregate.AVG if kind is Kind.DECIMAL:
                return call("func.round", code, "10", "type_=Reckoned")
        return code

    def _pipeline(self, source: Expression, conditions: list[Code]) -> Rows | Item:
        """Brings in the rows of `source`, adds what has to hold of them, and gives what each one is."""
        match source:
            case Related():
                return self._open(source, conditions)
            case Sorted(source=inner):
                return self._pipeline(inner, conditions)
            case Filtered(source=inner, variable=variable, condition=condition):
                item = self._pipeline(inner, conditions)
                with self._binding({**self._bound, variable: item}):
                    conditions += self.all_of(conjuncts(condition), exact=False)
                return item
            case Mapped(source=inner, variable=variable, item=expression):
                item = self._pipeline(inner, conditions)
                return Item(expression, {**self._bound, variable: item})
        raise RenderError(f"no SQL for {type(source).__name__} as rows")

    def _open(self, related: Related, conditions: list[Code]) -> Rows:
        """Brings the rows of a relation into a subquery."""
        relation = related.relation
        target = self._context.tables[relation.target]
        between = relation.through
        first = self._context.tables[between.table] if between is not None else target
        model = self._models.bring(first)
        for here, there in relation.pairs:
            place = self._column(related.row, here, conditions)
            column = Code(f"{model}.{first.column(there).attribute}")
            is_parameter = not self.in_database(related.row)
            if is_parameter and is_nullable(related.row.gives) and first.column(there).nullable:
                place = call("literal", place, comparisons.sql_type(Value(first.column(there).type)))
            conditions.append(infix(column, "==", place, Level.COMPARE))
        if between is None:
            return Rows(target, model, {}, _nothing)
        known = {there: Code(f"{model}.{first.column(here).attribute}") for here, there in between.pairs}
        far = self._models.bring(target)

        def join() -> None:
            for there, code in known.items():
                conditions.append(infix(Code(f"{far}.{target.column(there).attribute}"), "==", code, Level.COMPARE))

        return Rows(target, far, known, join)

    def _column(self, row: Expression, name: str, conditions: list[Code] | None = None) -> Code:
        """A column of a row; a row that nothing has brought in yet joins those of `conditions`, or is selected."""
        if not self.in_database(row):
            return self._python.value(self._plain_column(row, name))
        assert isinstance(row.gives, Row)
        table = self._context.tables[row.gives.table]
        rows = self._rows_of(row)
        if rows is not None:
            return rows.column(table.column(name))
        assert isinstance(row, Related)
        if (here := self._same(row, name)) is not None:
            return self._column(row.row, here, conditions)
        if conditions is not None:
            return self._open(row, conditions).column(table.column(name))
        with self._models.subquery():
            inside: list[Code] = []
            selected = self._open(row, inside).column(table.column(name))
            return method(self._subquery(call("select", selected), inside), "scalar_subquery")

    def _plain_column(self, row: Expression, name: str) -> ColumnOf:
        assert isinstance(row.gives, Row)
        column = self._context.column(row.gives.table, name)
        return ColumnOf(row, name, Value(column.type, column.nullable or row.gives.nullable), row.span)

    def _same(self, related: Related, name: str) -> str | None:
        """The column of the row before which refers to column `name` of the related row, and so equals it."""
        for here, there in related.relation.pairs:
            assert isinstance(related.row.gives, Row)
            reference = self._context.column(related.row.gives.table, here).reference
            if there == name and reference is not None and reference.table == related.relation.target:
                return here
        return None

    def _rows_of(self, row: Expression) -> Rows | None:
        """The rows that stand for `row` in the statement already."""
        assert isinstance(row.gives, Row)
        if isinstance(row, Name) and isinstance(found := self._bound.get(row.name), Rows):
            return found
        path = _path(row)
        if path is not None and path in self._context.models and path[0] not in self._bound:
            return Rows(self._context.tables[row.gives.table], self._context.models[path], {}, _nothing)
        return None

    def _item(self, name: str) -> Code:
        item = self._bound[name]
        assert isinstance(item, Item)
        with self._binding(item.bound):
            return self.value(item.expression)

    @contextmanager
    def _binding(self, bound: Mapping[str, Rows | Item]) -> Iterator[None]:
        before = self._bound
        self._bound = bound
        yield
        self._bound = before


def _nothing() -> None:
    """What it takes to join a table that is there."""


def _known(code: Code, unknown: bool) -> Code:
    """A condition that may be NULL, as false where that makes a difference."""
    return call("func.coalesce", code, "false()") if unknown else code


def _together(operator: Operator, parts: list[Code]) -> Code:
    return parts[0] if len(parts) == 1 else call("and_" if operator is Operator.AND else "or_", *parts)


def _relies(expression: Expression, condition: Expression, holds: bool) -> bool:
    """Whether it takes for a value what is one only where the condition holds, or does not."""
    present = present_if(condition, holds)
    return any(path_of(part) in present for part in walk(expression))


def _path(row: Expression) -> tuple[str, ...] | None:
    """The names that lead to a row: `("row", "author")`."""
    match row:
        case Name(name=name):
            return (name,)
        case Related(row=inner, relation=relation) if (before := _path(inner)) is not None:
            return (*before, relation.name)
        case _:
            return None
