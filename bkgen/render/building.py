"""Views of `answers.py`: what selects the columns of a row, and makes an answer of it with all that belongs to it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cached_property

from bkgen.model.expressions import (
    ColumnOf,
    Expression,
    Filtered,
    Mapped,
    Name,
    Quantified,
    Related,
    Sorted,
    Value,
)
from bkgen.model.policies import Deed
from bkgen.model.relations import Relation
from bkgen.model.service import Service
from bkgen.model.shapes import ColumnValue, Computed, Constant, Field, Nested, Object
from bkgen.model.tables import Table
from bkgen.render.columns import both, column_code
from bkgen.render.expressions import Context, python_value, sql_value
from bkgen.render.expressions.code import argument
from bkgen.render.expressions.imports import imports_of
from bkgen.render.homes import Homes
from bkgen.render.literals import literal
from bkgen.render.naming import snake
from bkgen.render.ordering import ordering
from bkgen.render.policies import rule_call, sight_call
from bkgen.render.variables import ACCOUNT, VARIABLES, account_parameter, of_caller
from bkgen.resolve.expressions import Split, split
from bkgen.resolve.expressions.kinds import NOW
from bkgen.resolve.expressions.parts import walk
from bkgen.resolve.vocabulary import ACTOR, ROW, mentions
from bkgen.resolve.words import plural


@dataclass(frozen=True, slots=True)
class NestedView:
    """A call of `related`, or of `related_by_several`.

    Attributes:
        variable: holds what belongs to each row, by `own`: what the row has in the columns by which it leads there.
        statement, key, build: arguments.
    """

    function: str
    variable: str
    statement: str
    key: str
    own: str
    build: str


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What `answers.py` has of an object.

    Attributes:
        columns: what its rows are selected by: the tuple `constant`, or what the function `constant` gives for its
            `parameters`, where they depend on who asks, or when.
        definitions: (name, code) of what the columns use; `imports`: lines that they need.
        build: the function that makes instances of `schema` of rows; `instance` makes one of `row`.
    """

    constant: str
    dynamic: bool
    parameters: str
    columns: tuple[str, ...]
    definitions: tuple[tuple[str, str], ...]
    imports: frozenset[str]
    build: str
    build_parameters: str
    schema: str
    docstring: str
    nested: tuple[NestedView, ...]
    instance: str


def _formulas(shape: Object) -> list[Expression]:
    return [field.shape.expression for field in shape.fields if isinstance(field.shape, Computed)]


def is_dynamic(shape: Object) -> bool:
    """Whether the columns of its rows depend on who asks, or when."""
    return any(mentions(formula, ACTOR, NOW) for formula in _formulas(shape))


def selects_for(shape: Object) -> bool:
    """Whether the columns of its rows depend on who asks."""
    return any(mentions(formula, ACTOR) for formula in _formulas(shape))


def builds_for(shape: Object) -> bool:
    """Whether making an answer of its rows depends on who asks."""
    rests = (split(formula, frozenset({ROW})) for formula in _formulas(shape))
    nested = [field.shape for field in shape.fields if isinstance(field.shape, Nested)]
    hidden = (one.visible.expression for one in nested if one.visible is not None)
    return (
        any(selects_for(row.row) or builds_for(row.row) for row in nested)
        or any(mentions(rule, ACTOR) for rule in hidden)
        or any(rest is not None and mentions(rest.rest, ACTOR) for rest in rests)
    )


def is_composed(shape: Object) -> bool:
    """Whether an answer is more than the columns of its row."""
    return any(isinstance(field.shape, Nested | Computed) for field in shape.fields)


def is_computed(shape: Object) -> bool:
    """Whether a statement that writes a row cannot give it back at once: it is more than its columns."""
    rests = (split(formula, frozenset({ROW})) for formula in _formulas(shape))
    parts = (part for rest in rests if rest is not None for part in rest.parts.values())
    return not all(isinstance(part, ColumnOf) and isinstance(part.row, Name) for part in parts)


def relations_read(shape: Object) -> list[Relation]:
    """The relations for each of which making an answer of rows takes one more statement."""
    nested = [field.shape.relation for field in shape.fields if isinstance(field.shape, Nested)]
    rests = [split(formula, frozenset({ROW})) for formula in _formulas(shape)]
    parts = [part for rest in rests if rest for part in rest.parts.values()]
    return [*nested, *(part.relation for part in parts if isinstance(part, Related))]


def reads_more(shape: Object) -> bool:
    """Whether making an answer of rows takes more statements."""
    return bool(relations_read(shape))


def row_constant(shape: Object) -> str:
    """The name of the tuple of columns that a row shape is read from, or of the function that gives them."""
    return f"{snake(shape.name)}_columns" if is_dynamic(shape) else snake(shape.name).upper()


def build_function(shape: Object) -> str:
    """The name of the function that makes answers of rows."""
    return f"build_{plural(snake(shape.name))}"


def columns_code(shape: Object, prefix: str = "") -> str:
    """The arguments of `select` that read the rows of a shape; `prefix` leads to the module that has them."""
    constant = f"{prefix}{row_constant(shape)}"
    if not is_dynamic(shape):
        return f"*{constant}"
    return f"*{constant}({ACCOUNT if selects_for(shape) else ''})"


def build_code(shape: Object, prefix: str, rows: str) -> str:
    """The call that makes answers of `rows`, with what belongs to them."""
    arguments = [rows]
    if builds_for(shape):
        arguments.insert(0, ACCOUNT)
    if reads_more(shape):
        arguments.insert(0, "connection")
    return f"{prefix}{build_function(shape)}({', '.join(arguments)})"


def answer_view(shape: Object, service: Service, homes: Homes) -> AnswerView:
    return _Builder(shape, service, homes).view()


def selected(shape: Object, table: Table) -> list[str]:
    """The columns that fill a row shape without rows within it, labelled with their names on the wire."""
    named = ((field.name, field.shape) for field in shape.fields)
    return [_labelled(table, value.column, name) for name, value in named if isinstance(value, ColumnValue)]


@dataclass
class _Builder:
    """Writes what selects the rows of one object and makes answers of them.

    Attributes:
        columns: name in the row -> code.
        leading: columns by which rows lead to others -> name in the row.
    """

    shape: Object
    service: Service
    homes: Homes
    columns: dict[str, str] = field(default_factory=dict)
    leading: dict[str, str] = field(default_factory=dict)
    nested: list[NestedView] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    definitions: dict[str, str] = field(default_factory=dict)
    imports: set[str] = field(default_factory=set)

    @cached_property
    def table(self) -> Table:
        return self.service.table(self.shape.table or "")

    def view(self) -> AnswerView:
        for one in self.shape.fields:
            if isinstance(one.shape, ColumnValue):
                self.columns[one.name] = _labelled(self.table, one.shape.column, one.name)
                self.leading.setdefault(one.shape.column, one.name)
        for one in self.shape.fields:
            match one.shape:
                case Nested():
                    self._nest(one, one.shape)
                case Computed(expression=expression):
                    self._compute(one, expression)
                case Constant(value=value):
                    self.items.append(f"{literal(one.name)}: {literal(value)}")
        model = f"schemas.{self.shape.name}"
        values = f"{{**row, {', '.join(self.items)}}}" if self.items else "row"
        account = account_parameter(self.service)
        parameters = ["connection: Connection"] if self.nested else []
        parameters += [account] if builds_for(self.shape) else []
        return AnswerView(
            constant=row_constant(self.shape),
            dynamic=is_dynamic(self.shape),
            parameters=account if selects_for(self.shape) else "",
            columns=tuple(self.columns.values()),
            definitions=tuple(self.definitions.items()),
            imports=frozenset(self.imports),
            build=build_function(self.shape),
            build_parameters=", ".join([*parameters, "rows: Sequence[RowMapping]"]),
            schema=model,
            docstring=f"An answer for each row of `{self.shape.table}`, in their order.",
            nested=tuple(self.nested),
            instance=f"{model}.model_validate({values})",
        )

    def _nest(self, shown: Field, nested: Nested) -> None:
        relation, row = nested.relation, nested.row
        target = self.service.table(relation.target)
        prefix = self._prefix(row)
        build = f"{prefix}{build_function(row)}"
        given = [name for name, wanted in (("connection", reads_more(row)), (ACCOUNT, builds_for(row))) if wanted]
        found = self._related(
            f"{shown.attribute.rstrip('_')}_of",
            relation,
            columns_code(row, prefix),
            ordering(target, row.sort),
            f"partial({', '.join([build, *given])})" if given else build,
            rule_call(target, Deed.READ, nested.visible) if nested.visible is not None else "",
        )
        if not relation.many:
            found = f"first({found})" if shown.nullable else f"{found}[0]"
        self.items.append(f"{literal(shown.name)}: {found}")

    def _compute(self, shown: Field, expression: Expression) -> None:
        """A field that the database gives whole, or that Python makes of what the database gives."""
        if isinstance(shown.shape, Computed) and shown.shape.column:
            seen = sight_call(self.table, shown.shape.column, expression, self.service)
            self.columns[shown.name] = named(seen, shown.name)
            return
        expression = of_caller(expression, self.service)
        parts = split(expression, frozenset({ROW}), frozenset({ROW, "rows", *VARIABLES.values()}))
        assert parts is not None
        if isinstance(parts.rest, Name) and parts.rest.name in parts.parts and isinstance(parts.rest.gives, Value):
            self.columns[shown.name] = named(self._sql(parts.parts[parts.rest.name]), shown.name)
            return
        variables = {name: self._part(name, part, shown, parts) for name, part in parts.parts.items()}
        rows = frozenset(
            one.variable for one in walk(parts.rest) if isinstance(one, Quantified | Filtered | Mapped | Sorted)
        )
        context = Context(self.service.by_name, {**VARIABLES, **variables}, mappings=rows)
        rendered = python_value(parts.rest, context)
        self.imports |= rendered.imports
        self.items.append(f"{literal(shown.name)}: {argument(rendered.code)}")

    def _part(self, name: str, part: Expression, shown: Field, parts: Split) -> str:
        """The code that gives a part for `row`."""
        if isinstance(part, Related):
            used = dict.fromkeys(
                one.column
                for one in walk(parts.rest)
                if isinstance(one, ColumnOf) and getattr(one.row.gives, "table", "") == part.relation.target
            )
            target = self.service.table(part.relation.target)
            columns = [_labelled(target, column, column) for column in used or [target.primary_key[0].name]]
            variable = f"{shown.attribute.rstrip('_')}_{name.rstrip('_')}"
            return self._related(variable, part.relation, ", ".join(columns), ordering(target, ()), "list")
        if isinstance(part, ColumnOf) and isinstance(part.row, Name):
            return f"row[{literal(self._leading(part.column))}]"
        label = f"_{shown.attribute}_{name}"
        self.columns[label] = named(self._sql(part), label)
        return f"row[{literal(label)}]"

    def _sql(self, expression: Expression) -> str:
        context = Context(
            self.service.by_name,
            VARIABLES,
            models={(ROW,): self.table.class_name},
            joined=frozenset({self.table.name}),
            taken=frozenset({*self.definitions, ACCOUNT, "rows", "row"}),
        )
        rendered = sql_value(expression, context)
        self.definitions |= dict(rendered.definitions)
        self.imports |= rendered.imports
        return rendered.code

    def _related(
        self,
        variable: str,
        relation: Relation,
        columns: str,
        order: list[str],
        build: str,
        visible: str = "",
    ) -> str:
        """Adds a call of `related`; what it found for `row`."""
        target = holder = self.service.table(relation.target)
        statement = f"select({columns})"
        if relation.through is not None:
            holder = self.service.table(relation.through.table)
            ends = relation.through.pairs
            same = both([f"{column_code(holder, far)} == {column_code(target, key)}" for far, key in ends])
            statement += f".join({holder.class_name}, {same})"
        if visible:
            statement += f".where({visible})"
        keys = [column_code(holder, there) for _, there in relation.pairs]
        order = [part for part in order if part.removesuffix(".desc()") not in keys]  # which the rows share
        if relation.many and order:
            statement += f".order_by({', '.join(order)})"
            self.imports |= imports_of(order, self.service.by_name)
        own = [f"row[{literal(self._leading(here))}]" for here, _ in relation.pairs]
        if len(keys) == 1:
            self.nested.append(NestedView("related", variable, statement, keys[0], own[0], build))
        else:
            listed = f"[{', '.join(keys)}]", f"({', '.join(own)})"
            self.nested.append(NestedView("related_by_several", variable, statement, *listed, build))
        return f"{variable}[{', '.join(own)}]"

    def _leading(self, column: str) -> str:
        """The name that a column has in the row, which is added where it is not there for its own sake."""
        if column not in self.leading:
            name = column if all(shown.name != column for shown in self.shape.fields) else f"_{column}"
            self.leading[column] = name
            self.columns[name] = _labelled(self.table, column, name)
        return self.leading[column]

    def _prefix(self, row: Object) -> str:
        home = self.homes[row]
        return "" if home == self.homes[self.shape] else f"{home}_answers."


def named(code: str, name: str) -> str:
    """An expression of SQLAlchemy under a name."""
    whole = isinstance(ast.parse(code, mode="eval").body, ast.Call | ast.Attribute | ast.Name)
    return f"{code if whole else f'({code})'}.label({literal(name)})"


def _labelled(table: Table, column: str, name: str) -> str:
    return column_code(table, column) if column == name else f"{column_code(table, column)}.label({literal(name)})"
