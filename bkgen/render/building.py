"""Views of `answers.py`: what selects the columns of a row, and makes an answer of it with all that belongs to it."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.relations import Relation
from bkgen.model.service import Service
from bkgen.model.shapes import ColumnValue, Constant, Field, Nested, Object, SortKey
from bkgen.model.tables import Column, Default, Table
from bkgen.model.types import Kind
from bkgen.render.homes import Homes
from bkgen.render.literals import literal
from bkgen.render.naming import snake
from bkgen.resolve.words import plural


@dataclass(frozen=True, slots=True)
class NestedView:
    """A call of `related`.

    Attributes:
        variable: holds what belongs to each row, by the value that the row has in its column `own`.
        statement, key, build: arguments of `related`.
    """

    variable: str
    statement: str
    key: str
    own: str
    build: str


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What `answers.py` has of an object.

    Attributes:
        constant: the tuple of `columns` that its rows are selected by.
        build: the function that makes instances of `schema` of rows; `instance` makes one of `row`.
    """

    constant: str
    columns: tuple[str, ...]
    build: str
    schema: str
    docstring: str
    nested: tuple[NestedView, ...]
    instance: str


def row_constant(shape: Object) -> str:
    """The name of the tuple of columns that a row shape is read from."""
    return snake(shape.name).upper()


def build_function(shape: Object) -> str:
    """The name of the function that makes answers of rows."""
    return f"build_{plural(snake(shape.name))}"


def reference(shape: Object, name: str, package: str, homes: Homes) -> str:
    """What code of `package` calls something in the `answers.py` that has `shape`."""
    home = homes[shape]
    return f"answers.{name}" if home == package else f"{home}_answers.{name}"


def selected(shape: Object, table: Table) -> list[str]:
    """The columns that fill a row shape, labelled with their names on the wire, and those that lead to its rows."""
    names = {field.name: field.shape.column for field in shape.fields if isinstance(field.shape, ColumnValue)}
    expressions = [_labelled(table.column(column), name, table) for name, column in names.items()]
    for name, column in _leading(shape).items():
        if name not in names:
            expressions.append(_labelled(table.column(column), name, table))
    return expressions


def _labelled(column: Column, name: str, table: Table) -> str:
    expression = f"{table.class_name}.{column.attribute}"
    return expression if column.name == name else f"{expression}.label({literal(name)})"


def _leading(shape: Object) -> dict[str, str]:
    """The columns by which rows lead to others: name in the row -> column."""
    columns = {field.shape.column: field.name for field in shape.fields if isinstance(field.shape, ColumnValue)}
    taken = {field.name for field in shape.fields}
    found: dict[str, str] = {}
    for field in shape.fields:
        if isinstance(field.shape, Nested):
            column = field.shape.relation.pairs[0][0]
            own = columns.get(column) or (column if column not in taken else f"_{column}")
            found[own] = column
    return found


def answer_view(shape: Object, service: Service, homes: Homes) -> AnswerView:
    package = homes[shape]
    table = service.table(shape.table or "")
    leading = {column: name for name, column in _leading(shape).items()}
    nested = [(field, field.shape) for field in shape.fields if isinstance(field.shape, Nested)]
    inner = [f"{literal(field.name)}: {_belonging(field, found.relation, leading)}" for field, found in nested]
    inner += [f"{literal(f.name)}: {literal(f.shape.value)}" for f in shape.fields if isinstance(f.shape, Constant)]
    values = f"{{**row, {', '.join(inner)}}}" if inner else "row"
    model = f"schemas.{shape.name}"
    return AnswerView(
        constant=row_constant(shape),
        columns=tuple(selected(shape, table)),
        build=build_function(shape),
        schema=model,
        docstring=f"An answer for each row of `{shape.table}`, in their order.",
        nested=tuple(_nested(field, found, leading, package, service, homes) for field, found in nested),
        instance=f"{model}.model_validate({values})",
    )


def _variable(field: Field) -> str:
    return f"{field.attribute.rstrip('_')}_of"


def _belonging(field: Field, relation: Relation, leading: dict[str, str]) -> str:
    """What belongs to `row` by a relation, out of what `related` found."""
    found = f"{_variable(field)}[row[{literal(leading[relation.pairs[0][0]])}]]"
    if relation.many:
        return found
    return f"first({found})" if relation.optional else f"{found}[0]"


def _nested(
    field: Field, nested: Nested, leading: dict[str, str], package: str, service: Service, homes: Homes
) -> NestedView:
    relation, row = nested.relation, nested.row
    target = service.table(relation.target)
    (own, there), *_ = relation.pairs
    statement = f"select(*{_in_module(row, row_constant(row), package, homes)})"
    holder = target
    if relation.through is not None:
        holder = service.table(relation.through.table)
        (far, key), *_ = relation.through.pairs
        statement += f".join({holder.class_name}, {_column(holder, far)} == {_column(target, key)})"
    if relation.many:
        statement += f".order_by({', '.join(ordering(target, row.sort))})"
    build = _in_module(row, build_function(row), package, homes)
    return NestedView(
        variable=_variable(field),
        statement=statement,
        key=_column(holder, there),
        own=literal(leading[own]),
        build=f"partial({build}, connection)" if has_nested(row) else build,
    )


def _in_module(shape: Object, name: str, package: str, homes: Homes) -> str:
    return name if homes[shape] == package else reference(shape, name, package, homes)


def _column(table: Table, name: str) -> str:
    return f"{table.class_name}.{table.column(name).attribute}"


def has_nested(shape: Object) -> bool:
    return any(isinstance(field.shape, Nested) for field in shape.fields)


def creation_time(table: Table) -> Column | None:
    """The column that says when a row was made, exactly enough to sort by."""
    times = (c for c in table.columns if c.default is Default.NOW and not c.updated and not c.nullable)
    return next((column for column in times if column.type.kind is Kind.DATETIME), None)


def ordering(table: Table, sort: tuple[SortKey, ...]) -> list[str]:
    """Arguments of `order_by`: what is asked for, or the time of creation; then the key, so that no two rows tie."""
    created = creation_time(table)
    keys = list(sort) or ([SortKey(created.name, descending=False)] if created else [])
    named = {key.column for key in keys}
    descending = bool(keys) and keys[-1].descending
    keys += [SortKey(column.name, descending) for column in table.primary_key if column.name not in named]
    return [f"{_column(table, key.column)}{'.desc()' if key.descending else ''}" for key in keys]
