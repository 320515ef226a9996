"""How a response is built: the expression that turns rows and facts into an instance of its schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bkgen.model.endpoints import Endpoint
from bkgen.model.shapes import Array, ColumnValue, Constant, Fact, FactValue, Object, Shape
from bkgen.render.literals import literal

Homes = Mapping[tuple[str, str], str]  # (package, name) of an object -> the package whose schemas.py declares it


def objects(shape: Shape | None) -> Iterator[Object]:
    """Every object in a shape, inner ones first."""
    match shape:
        case Object(fields=fields):
            for field in fields:
                yield from objects(field.shape)
            yield shape
        case Array(items=items):
            yield from objects(items)
        case _:
            return


def row_of(shape: Shape | None) -> Object | None:
    """The object in a shape that a row fills, where there is one."""
    return next((inner for inner in objects(shape) if inner.table is not None), None)


def loose_columns(shape: Shape | None) -> list[ColumnValue]:
    """The columns that an answer has beside its rows, straight in an envelope."""
    match shape:
        case Object(table=None, fields=fields):
            return [column for field in fields for column in loose_columns(field.shape)]
        case ColumnValue():
            return [shape]
        case _:
            return []


def facts(shape: Shape | None) -> set[Fact]:
    """The facts that a shape is filled with."""
    match shape:
        case FactValue(fact=fact):
            return {fact}
        case Array(items=items):
            return facts(items)
        case Object(fields=fields):
            return set().union(*(facts(field.shape) for field in fields))
        case _:
            return set()


def facts_of(endpoint: Endpoint) -> set[Fact]:
    return facts(endpoint.success.body)


def schema(shape: Object, package: str, homes: Homes) -> str:
    """The name by which code of `package` calls the model of `shape`."""
    home = homes[shape.package, shape.name]
    return f"schemas.{shape.name}" if home == package else f"{home}_schemas.{shape.name}"


def annotation(shape: Shape | None, package: str, homes: Homes) -> str:
    """The return annotation of an endpoint that answers with `shape`."""
    match shape:
        case None:
            return "None"
        case Object():
            return schema(shape, package, homes)
        case Array(items=items):
            return f"list[{annotation(items, package, homes)}]"
        case Constant(value=dict()):
            return "dict[str, Any]"
        case Constant(value=value):
            return type(value).__name__ if value is not None else "None"
        case ColumnValue() | FactValue():
            raise ValueError("a response is an object, an array or a constant")


def answer(
    shape: Shape, package: str, homes: Homes, names: Mapping[str, str], instances: Mapping[str, str] | None = None
) -> str:
    """The expression that builds a body.

    Rows are in the variables `row` and `rows`; facts, and constants that have a name, are the expressions in `names`.
    Where `instances` names an object, the variable given there holds it already.
    """
    match shape:
        case Object(name=name) if instances and name in instances:
            return instances[name]
        case Object(table=str()):
            constants = {field.name: field.shape.value for field in shape.fields if isinstance(field.shape, Constant)}
            fixed = (f"{literal(name)}: {literal(value)}" for name, value in constants.items())
            values = f"{{**row, {', '.join(fixed)}}}" if constants else "row"
            return f"{schema(shape, package, homes)}.model_validate({values})"
        case Object(fields=fields):
            inner = (f"{field.attribute}={answer(field.shape, package, homes, names, instances)}" for field in fields)
            return f"{schema(shape, package, homes)}({', '.join(inner)})"
        case Array(items=items):
            return f"[{answer(items, package, homes, names, instances)} for row in rows]"
        case Constant(value=str() as text):
            return names.get(text) or literal(text)
        case Constant(value=value):
            return literal(value)
        case FactValue(fact=fact):
            return names[fact]
        case ColumnValue(column=column):
            return f"row[{literal(column)}]"
