"""Expressions as SQLAlchemy Core: what depends on rows in the database; the rest of them are parameters."""

from __future__ import annotations

from bkgen.model.expressions import (
    Aggregate,
    Aggregated,
    Binary,
    Call,
    ColumnOf,
    Conditional,
    Expression,
    Function,
    Has,
    ListOf,
    Literal,
    Name,
    Negative,
    Not,
    Operator,
    Quantified,
    Row,
)
from bkgen.model.types import Kind
from bkgen.render.expressions import comparisons
from bkgen.render.expressions.code import Code, Level, call, choice, infix, method
from bkgen.render.expressions.context import Context, Rendered
from bkgen.render.expressions.imports import imports_of, used_names
from bkgen.render.expressions.nulls import EQUALITIES, TESTS, divides
from bkgen.render.expressions.operations import LEVELS
from bkgen.render.expressions.sources import Item
from bkgen.render.expressions.subqueries import SubqueryPrinter
from bkgen.render.formatting import RenderError
from bkgen.resolve.expressions.kinds import BOOLEAN, is_nullable, kind_of
from bkgen.resolve.expressions.parts import conjuncts, operands_of, walk
from bkgen.resolve.expressions.presence import path_of, present_if

_SUMS = {Aggregate.MIN: "func.min", Aggregate.MAX: "func.max", Aggregate.AVG: "func.avg", Aggregate.SUM: "func.sum"}


def sql_value(expression: Expression, context: Context) -> Rendered:
    """The value as something to select or to set; NULL where it is null, and a condition is true or false."""
    printer = SqlPrinter(context)
    code = printer.value(expression)
    return printer.rendered(code, [code])


def sql_conditions(expression: Expression, context: Context) -> Rendered:
    """A condition as what stands in `where(...)`, where NULL is as good as false."""
    printer = SqlPrinter(context)
    parts = printer.all_of(conjuncts(expression), exact=False)
    whole = parts[0] if len(parts) == 1 else call("and_", *parts)
    return printer.rendered(whole, parts)


class SqlPrinter(SubqueryPrinter):
    """Writes SQLAlchemy for one expression."""

    def rendered(self, code: Code, parts: list[Code]) -> Rendered:
        used = used_names([code.text])
        definitions = tuple((alias, text) for alias, text in self.models.aliases.items() if alias in used)
        texts = [code.text, *(text for _, text in definitions)]
        imports = imports_of(texts, self.context.tables)
        return Rendered(code.text, tuple(part.text for part in parts), definitions, imports)

    # Values

    def value(self, expression: Expression) -> Code:
        if not self.in_database(expression):
            return self.python.value(expression)
        match expression:
            case Name(name=name):
                return self.item(name)
            case ColumnOf(row=row, column=column):
                return self.column(row, column)
            case Negative(operand=operand):
                return Code(f"-{self.reckoned(operand).at(Level.SIGN)}", Level.SIGN)
            case Conditional():
                return self._choice(expression)
            case Aggregated():
                return self.aggregated(expression)
            case Call(function=Function.SIZE, arguments=(text,)):
                return call("func.length", self.value(text))
            case Call(function=Function.DATE, arguments=(moment,)):
                return call("utc_day", self.value(moment))
            case Call(function=Function.NUMBER, arguments=(number,)):
                return call("cast", self.reckoned(number), "Double")
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
            return choice(yes, self.python.test(condition)[0], no)
        null = call("literal", "None", comparisons.sql_type(expression.gives))
        for part in operands_of(Operator.AND, condition):
            if not self.in_database(part) and _relies(expression.yes, part, True):
                yes = choice(yes, self.python.test(part)[0], null)
        for part in operands_of(Operator.OR, condition):
            if not self.in_database(part) and _relies(expression.no, part, False):
                no = choice(null, self.python.test(part)[0], no)
        otherwise = [] if no.text == "None" else [f"else_={no.text}"]
        return call("case", f"({self.test(condition, exact=False).text}, {yes.text})", *otherwise)

    def _arithmetic(self, expression: Binary) -> Code:
        left = self._wide(expression.right, expression.left) or self._operand(expression.left)
        right = self._wide(expression.left, expression.right) or self._operand(expression.right)
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
                return self.denied(operand)
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
                return self.quantified(expression)
            case Literal(value=value):
                return call("true" if value else "false")
        return _known(self.value(expression), exact and is_nullable(expression.gives))

    def all_of(self, parts: list[Expression], exact: bool) -> list[Code]:
        return self._row_of(Operator.AND, parts, exact)

    def _row_of(self, operator: Operator, parts: list[Expression], exact: bool) -> list[Code]:
        """Conditions in a row. Python asks first where the others only make sense if one of its own holds."""
        found: list[Code] = []
        is_and = operator is Operator.AND
        for index, part in enumerate(parts):
            rest = parts[index + 1 :]
            if not self.in_database(part) and any(_relies(one, part, is_and) for one in rest):
                asked = self.python.test(part)[0]
                others = _together(operator, self._row_of(operator, rest, exact))
                settled = Code("false()") if is_and else Code("true()")
                return [*found, choice(others, asked, settled) if is_and else choice(settled, asked, others)]
            found.append(self.test(part, exact))
        return found

    def _parameter(self, expression: Expression) -> Code:
        """A condition on nothing in the database."""
        if isinstance(expression, Literal):
            return call("true" if expression.value else "false")
        code, exact = self.python.test(expression)
        return call("literal", code if exact else call("bool", code))

    def denied(self, condition: Expression) -> Code:
        if not self.in_database(condition):
            return self._parameter(Not(condition, BOOLEAN, condition.span))
        match condition:
            case Quantified():
                return self.quantified(condition, is_denied=True)
            case ColumnOf() | Conditional() | Name() if is_nullable(condition.gives):
                return method(self.value(condition), "is_not", "True")
        return Code(f"~{self.test(condition, exact=True).at(Level.SIGN)}", Level.SIGN)

    def _sides(self, expression: Binary) -> tuple[Expression, Expression, bool]:
        """The two sides, first the one in the database; and whether they changed places."""
        swapped = not self.in_database(expression.left)
        pair = (expression.right, expression.left) if swapped else (expression.left, expression.right)
        return *pair, swapped

    def _equality(self, expression: Binary, operator: Operator, exact: bool) -> Code:
        left, right, _ = self._sides(expression)
        is_equal = operator is Operator.EQUAL
        if isinstance(left.gives, Row):
            return self.row_is_none(left, is_equal)
        if isinstance(right, Literal) and (right.value is None or isinstance(right.value, bool)):
            return method(self.value(left), "is_" if is_equal else "is_not", repr(right.value))
        both_here = self.in_database(right)
        other = self._wide(left, right) or self.value(right)
        here, there = is_nullable(left.gives), is_nullable(right.gives)
        unknown = here if not both_here else here or there
        needs_care = (here and there and both_here) or (unknown and (exact or not is_equal))
        if is_equal and not (exact or both_here or there) and isinstance(left, ColumnOf):
            is_decimal = kind_of(left.gives) is Kind.DECIMAL
            if not is_decimal and (found := self.has_value(left, other)) is not None:
                return found
        both = self.value(left), other
        if kind_of(left.gives) is Kind.DECIMAL and not comparisons.is_same_scale(left, right):
            both = self._compared(left), self._compared(right) if both_here else both[1]
        if not needs_care:
            return infix(both[0], operator.value, both[1], Level.COMPARE)
        return method(both[0], "is_not_distinct_from" if is_equal else "is_distinct_from", both[1])

    def _compared(self, expression: Expression) -> Code:
        """A side of a comparison; one that was reckoned in decimals as exactly as databases can."""
        code = self._operand(expression)
        is_decimal = kind_of(expression.gives) is Kind.DECIMAL and self.in_database(expression)
        if is_decimal and not self.is_stored_decimal(expression):
            return call("exact", code)
        return code

    def _ordering(self, expression: Binary) -> Code:
        left, right, swapped = self._sides(expression)
        operator = comparisons.MIRRORED[expression.operator] if swapped else expression.operator
        other = self._wide(left, right) or self._compared(right)
        return infix(self._compared(left), operator.value, other, Level.COMPARE)

    def _wide(self, here: Expression, value: Expression) -> Code | None:
        """A parameter that has no room in the type of what it stands beside, and so has its own; None for all else."""
        is_wide = not self.in_database(value) and comparisons.has_no_room(here, value)
        return self._element(value) if is_wide else None

    def _operand(self, expression: Expression) -> Code:
        """A value that an operator other than `==` takes, which refuses None."""
        is_null = isinstance(expression, Literal)
        return self._element(expression) if is_nullable(expression.gives) and not is_null else self.reckoned(expression)

    def _element(self, expression: Expression) -> Code:
        """A value as something that SQLAlchemy can ask for more, which a Python value is not."""
        code = self.reckoned(expression)
        if self.in_database(expression):
            return code
        return call("literal", code, comparisons.sql_type(expression.gives))

    def _in(self, expression: Binary, exact: bool) -> Code:
        left, right = expression.left, expression.right
        if isinstance(right, ListOf) and any(is_nullable(item.gives) for item in (left, *right.items)):
            equal = [Binary(Operator.EQUAL, left, item, expression.gives, expression.span) for item in right.items]
            either = [
                self._equality(part, Operator.EQUAL, exact) if self.in_database(part) else self._parameter(part)
                for part in equal
            ]
            return _together(Operator.OR, either)
        if not self.in_database(right):
            nullable = is_nullable(left.gives)
            return _known(method(self.value(left), "in_", self.python.value(right)), exact and nullable)
        if isinstance(right, ListOf):
            return method(self._element(left), "in_", f"[{', '.join(self.value(item).text for item in right.items)}]")
        with self.models.subquery():
            conditions: list[Code] = []
            item = self.pipeline(right, conditions)
            assert isinstance(item, Item)
            outer = self.value(left)
            with self.binding(item.bound):
                inner = self.value(item.expression)
                nullable = is_nullable(left.gives) and is_nullable(item.expression.gives)
            equal_code = (
                method(inner, "is_not_distinct_from", outer) if nullable else infix(inner, "==", outer, Level.COMPARE)
            )
            return self.subquery(call("exists"), [*conditions, equal_code])


def _known(code: Code, unknown: bool) -> Code:
    """A condition that may be NULL, as false where that makes a difference."""
    return call("func.coalesce", code, "false()") if unknown else code


def _together(operator: Operator, parts: list[Code]) -> Code:
    return parts[0] if len(parts) == 1 else call("and_" if operator is Operator.AND else "or_", *parts)


def _relies(expression: Expression, condition: Expression, holds: bool) -> bool:
    """Whether it takes for a value what is one only where the condition holds, or does not."""
    present = present_if(condition, holds)
    return any(path_of(part) in present for part in walk(expression))
