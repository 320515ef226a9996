"""Expressions as plain Python."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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
    Has,
    Held,
    Link,
    ListOf,
    Literal,
    Mapped,
    MemberOf,
    Name,
    Not,
    Operator,
    Quantified,
    Quantifier,
    Record,
    Related,
    Row,
    Sorted,
    Value,
    Values,
)
from bkgen.model.types import Kind
from bkgen.render.expressions import operations
from bkgen.render.expressions.code import Code, Level, call, choice, infix, joined, method, negated
from bkgen.render.expressions.context import Context, Rendered
from bkgen.render.expressions.imports import RESERVED, imports_of
from bkgen.render.expressions.literals import constant
from bkgen.render.expressions.nulls import EQUALITIES, TESTS, divides, is_path, is_plain, operands, reads_text
from bkgen.render.formatting import RenderError
from bkgen.render.literals import literal
from bkgen.resolve import names
from bkgen.resolve.expressions.kinds import NOW, is_nullable, kind_of

_OPPOSITES = {Operator.EQUAL: Operator.NOT_EQUAL, Operator.NOT_EQUAL: Operator.EQUAL}
_AMBIGUOUS = ("l", "I", "O")  # which look like digits
_WORD = re.compile(r"[A-Za-z_]\w*")


def python_value(expression: Expression, context: Context) -> Rendered:
    """The value of an expression that needs nothing of the database; None stands for null."""
    printer = PythonPrinter(context)
    return printer.rendered(printer.value(expression))


def python_condition(expression: Expression, context: Context) -> Rendered:
    """A condition as it stands behind `if`: true, or anything that Python takes for false."""
    printer = PythonPrinter(context)
    return printer.rendered(printer.test(expression)[0])


class PythonPrinter:
    """Writes Python for one expression."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._bound: dict[str, str] = {}

    def rendered(self, code: Code) -> Rendered:
        return Rendered(code.text, (code.text,), (), imports_of([code.text], self.context.tables))

    def value(self, expression: Expression) -> Code:
        """The value; None where it is null."""
        if operands(expression):
            return self._strict(expression)
        match expression:
            case Literal():
                return constant(expression)
            case Link():
                return operations.absolute_url(expression, [])
            case Name() | ColumnOf() | MemberOf():
                return self._path(expression)
            case Held(row=row, scope=scope):
                allowed = method(self._place(row), "may_use", literal(scope))
                return joined("and", [*self._present(row), allowed], Level.AND)
            case Conditional(condition=condition, yes=yes, no=no):
                return choice(self.value(yes), self.test(condition)[0], self.value(no))
            case ListOf(items=items):
                return Code(f"[{', '.join(self.value(item).text for item in items)}]")
            case Aggregated():
                return self._aggregated(expression)
            case Filtered() | Mapped():
                return Code(f"[{self._generated(expression)}]")
            case Sorted(source=source, variable=variable, key=key):
                return call("sorted", self._iterable(source), self._sort_key(variable, key))
            case Call() if reads_text(expression):
                return call(operations.READS[expression.function], self.value(expression.arguments[0]))
            case Related():
                raise RenderError(f"`{expression.relation.name}` is in the database, not in Python")
        code, exact = self.test(expression)
        return code if exact else call("bool", code)

    def test(self, expression: Expression) -> tuple[Code, bool]:
        """The expression as a condition, and whether that is True or False, and never None."""
        match expression:
            case Binary(operator=Operator.AND | Operator.OR as operator, left=left, right=right):
                word, level = ("and", Level.AND) if operator is Operator.AND else ("or", Level.OR)
                found = [self.test(left), self.test(right)]
                return joined(word, [code for code, _ in found], level), all(exact for _, exact in found)
            case Not(operand=Binary(operator=operator) as inner) if operator in EQUALITIES:
                return self._equality(inner, _OPPOSITES[operator]), True
            case Not(operand=Binary(operator=Operator.IN, left=left, right=right)):
                return infix(self.value(left), "not in", self.value(right), Level.COMPARE), True
            case Not(operand=Not(operand=inner)):
                return self.test(inner)
            case Not(operand=operand):
                return negated(self.test(operand)[0]), True
            case Binary(operator=Operator.IN, left=left, right=right):
                return infix(self.value(left), "in", self.value(right), Level.COMPARE), True
            case Binary(operator=operator) if operator in EQUALITIES:
                return self._equality(expression, operator), True
            case Binary(left=left, right=right):
                return self._compared(expression, (left, right))
            case Call(function=function, arguments=arguments) if function in TESTS:
                return self._compared(expression, arguments)
            case Has(operand=operand):
                return joined("and", self._given(operand), Level.AND), True
            case Quantified(quantifier=quantifier, source=source, variable=variable, condition=condition):
                verb = "any" if quantifier is Quantifier.EXISTS else "all"
                name, clause = self._each(source, variable)
                with self._binding(variable, name):
                    return call(verb, f"{self.test(condition)[0].text} {clause}"), True
        return self.value(expression), not is_nullable(expression.gives)

    # What is null where a part of it is

    def _strict(self, expression: Expression) -> Code:
        inner = operands(expression)
        if not is_plain(expression):
            return operations.handed_over(expression, [self.value(part) for part in inner])
        guards: dict[Code, None] = {}
        code = self._plain(expression, guards)
        return choice(code, joined("and", guards, Level.AND), Code("None")) if guards else code

    def _compared(self, expression: Expression, inner: Sequence[Expression]) -> tuple[Code, bool]:
        """An ordering or a test of a text: false where one of the two is null."""
        if not all(map(is_plain, inner)):
            return operations.handed_over(expression, [self.value(part) for part in inner]), False
        guards: dict[Code, None] = {}
        code = operations.applied(expression, [self._plain(part, guards) for part in inner])
        return joined("and", [*guards, code], Level.AND), True

    def _plain(self, expression: Expression, guards: dict[Code, None]) -> Code:
        """The value where it is not null; what has to hold for that is added to `guards`."""
        inner = operands(expression)
        if not inner:
            if not is_nullable(expression.gives):
                return self.value(expression)
            guards.update(dict.fromkeys(self._present(expression)))
            return self._place(expression)
        codes = [self._plain(part, guards) for part in inner]
        if divides(expression):
            guards[infix(codes[1], "!=", Code("0"), Level.COMPARE)] = None
        return operations.applied(expression, codes)

    def _equality(self, expression: Binary, operator: Operator) -> Code:
        left, right = expression.left, expression.right
        if isinstance(left, Literal) and (left.value is None or isinstance(left.value, bool)):
            left, right = right, left
        is_equal = operator is Operator.EQUAL
        if isinstance(right, Literal) and right.value is None and is_path(left):
            return self._null_test(left, is_equal)
        if isinstance(right, Literal) and (right.value is None or isinstance(right.value, bool)):
            return infix(self.value(left), "is" if is_equal else "is not", self.value(right), Level.COMPARE)
        for path, other in ((left, right), (right, left)):
            guards = self._way(path) if is_path(path) else []
            if is_equal and guards and not is_nullable(other.gives):
                code = infix(self._place(path), "==", self.value(other), Level.COMPARE)
                return joined("and", [*guards, code], Level.AND)
        return infix(self.value(left), operator.value, self.value(right), Level.COMPARE)

    def _null_test(self, path: Expression, is_null: bool) -> Code:
        present = self._present(path) or [infix(self._place(path), "is not", Code("None"), Level.COMPARE)]
        if not is_null:
            return joined("and", present, Level.AND)
        if len(present) > 1:
            return negated(joined("and", present, Level.AND))
        return Code(present[0].text.replace(" is not ", " is "), Level.COMPARE)

    # Variables and their members

    def _path(self, expression: Expression) -> Code:
        """The value of a variable or member; None, or no items, where what it belongs to is none."""
        place, guards = self._place(expression), self._way(expression)
        if not guards:
            return place
        otherwise = "None" if isinstance(expression.gives, Value) else "[]"
        return choice(place, joined("and", guards, Level.AND), Code(otherwise))

    def _place(self, expression: Expression) -> Code:
        match expression:
            case Name(name=name):
                return self._variable(expression, name)
            case ColumnOf(row=Name(name=name) as row, column=column) if name in self.context.mappings:
                return Code(f"{self._place(row).text}[{literal(self._key(row, column))}]")
            case ColumnOf(row=row, column=column):
                return Code(f"{self._place(row).text}.{self._attribute(row, column)}")
            case MemberOf(record=record, member=member):
                place = self._place(record).text
                return Code(f"{place}.{member.attribute}" if place else member.attribute)
            case _:
                return self.value(expression)

    def _variable(self, expression: Name, name: str) -> Code:
        code = Code(self._bound[name] if name in self._bound else self.context.variables[name])
        if name == NOW and isinstance(expression.gives, Value) and expression.gives.type is not None:
            if expression.gives.type.kind is Kind.DATE:
                return method(code, "date")
            if not expression.gives.type.timezone:
                return method(code, "replace", "tzinfo=None")
        return code

    def _key(self, row: Expression, column: str) -> str:
        """What the mapping of a row calls a column; a value in a document goes by its path."""
        table = self.context.tables[row.gives.table] if isinstance(row.gives, Row) else None
        return column if table is not None and table.column(column).path else self._attribute(row, column)

    def _attribute(self, row: Expression, column: str) -> str:
        assert isinstance(row.gives, Row)
        return self.context.column(row.gives.table, column).attribute

    def _way(self, path: Expression) -> list[Code]:
        """What has to hold for there to be such a member at all."""
        if isinstance(path.gives, Value | Row | Record) and not path.gives.nullable:
            return []
        match path:
            case ColumnOf(row=inner):
                return self._present(inner)
            case MemberOf(record=inner, member=member):
                given = infix(self._place(path), "is not", Code("MISSING"), Level.COMPARE)
                return [*self._present(inner), *([given] if member.optional else [])]
            case _:
                return []

    def _present(self, path: Expression) -> list[Code]:
        """What has to hold for a variable or member not to be null."""
        is_none = infix(self._place(path), "is not", Code("None"), Level.COMPARE)
        return [*self._way(path), *([is_none] if self._own_null(path) else [])]

    def _own_null(self, path: Expression) -> bool:
        """Whether it can be null where what it belongs to is not."""
        if not is_nullable(path.gives):
            return False
        match path:
            case ColumnOf(row=row, column=column):
                assert isinstance(row.gives, Row)
                return self.context.column(row.gives.table, column).nullable
            case MemberOf(member=member):
                return is_nullable(member.gives)
            case _:
                return is_nullable(path.gives)

    def _given(self, operand: ColumnOf | MemberOf) -> list[Code]:
        if isinstance(operand, MemberOf) and operand.member.optional:
            return self._way(operand) or [Code("True")]
        return self._present(operand) or [infix(self._place(operand), "is not", Code("None"), Level.COMPARE)]

    # Lists

    def _aggregated(self, expression: Aggregated) -> Code:
        source = expression.source
        if expression.aggregate is Aggregate.SIZE:
            if isinstance(source, Filtered):
                _, clause = self._each(source, source.variable)
                return call("sum", f"1 {clause}")
            return call("len", self.value(_counted(source)))
        values = self._values(source)
        alone = values[1:-1] if values.startswith("(") else values
        match expression.aggregate:
            case Aggregate.SUM if kind_of(expression.gives) is Kind.DECIMAL:
                return call("sum", values, "Decimal()")
            case Aggregate.SUM:
                return call("sum", alone)
            case Aggregate.AVG:
                function = "decimal_average" if kind_of(expression.gives) is Kind.DECIMAL else "average"
                return call(function, alone)
            case aggregate:
                return call(aggregate.value, values, "default=None")

    def _values(self, source: Expression) -> str:
        """The items of a list that are not null, to go through once."""
        assert isinstance(source.gives, Values)
        if not source.gives.item.nullable:
            return self._iterable(source).text
        name, clause = self._each(source, "value")
        return f"({name} {clause} if {name} is not None)"

    def _iterable(self, source: Expression) -> Code:
        """Something to go through once."""
        if isinstance(source, Filtered | Mapped):
            return Code(f"({self._generated(source)})")
        return self.value(source)

    def _generated(self, source: Filtered | Mapped) -> str:
        """The inside of a comprehension."""
        if isinstance(source, Filtered):
            name, clause = self._each(source, source.variable)
            return f"{name} {clause}"
        name, clause = self._each(source.source, source.variable)
        with self._binding(source.variable, name):
            return f"{self.value(source.item).text} {clause}"

    def _each(self, source: Expression, variable: str) -> tuple[str, str]:
        """The name of an item and the clause `for ... in ...` that binds it."""
        if isinstance(source, Filtered):
            name, clause = self._each(source.source, source.variable)
            with self._binding(source.variable, name):
                return name, f"{clause} if {self.test(source.condition)[0].at(Level.OR)}"
        name = self._free(variable)
        return name, f"for {name} in {self._iterable(source).at(Level.OR)}"

    def _sort_key(self, variable: str, key: Expression) -> str:
        """The argument `key=...`: null comes last."""
        name = self._free(variable)
        with self._binding(variable, name):
            code = self.value(key)
            if is_nullable(key.gives):
                code = Code(f"({infix(code, 'is', Code('None'), Level.COMPARE).text}, {code.text})")
        return f"key=lambda {name}: {code.text}"

    def _free(self, variable: str) -> str:
        """A name for the variable of a macro that nothing around it has."""
        codes = self.context.variables.values()
        around = {word for code in codes for word in _WORD.findall(code)}
        wanted = "item" if variable in _AMBIGUOUS else names.parameter(variable)
        return names.unique(wanted, RESERVED | self.context.taken | around | {*self._bound.values()})

    @contextmanager
    def _binding(self, variable: str, name: str) -> Iterator[None]:
        before = self._bound
        self._bound = {**before, variable: name}
        yield
        self._bound = before


def _counted(source: Expression) -> Expression:
    """What has as many items, in whatever form and order."""
    while isinstance(source, Mapped | Sorted):
        source = source.source
    return source
