"""How a response is built: the expression that turns rows and facts into an instance of its schema."""

from __future__ import annotations

from collections.abc import Mapping

from bkgen.model.endpoints import Endpoint
from bkgen.model.shapes import (
    Array,
    Children,
    ColumnValue,
    Computed,
    Constant,
    Content,
    Fact,
    FactValue,
    Given,
    Grouping,
    Links,
    Nested,
    Object,
    Shape,
    StepRow,
    StepValue,
    facts,
)
from bkgen.render.building import build_code, is_composed
from bkgen.render.homes import Homes
from bkgen.render.literals import literal
from bkgen.resolve.files import content_name


def facts_of(endpoint: Endpoint) -> set[Fact]:
    return facts(endpoint.success.body)


def schema(shape: Object, package: str, homes: Homes) -> str:
    """The name by which code of `package` calls the model of `shape`."""
    home = homes[shape]
    return f"schemas.{shape.name}" if home == package else f"{home}_schemas.{shape.name}"


def annotation(shape: Shape | None, package: str, homes: Homes) -> str:
    """The return annotation of an endpoint that answers with `shape`."""
    match shape:
        case None:
            return "None"
        case Object():
            return schema(shape, package, homes)
        case StepRow(row=row):
            return schema(row, package, homes)
        case Content():
            return "Download"
        case Array(items=items):
            return f"list[{annotation(items, package, homes)}]"
        case Constant(value=dict()):
            return "dict[str, Any]"
        case Constant(value=value):
            return type(value).__name__ if value is not None else "None"
        case ColumnValue() | FactValue() | Nested() | Computed() | Given() | StepValue() | Links() | Children():
            raise ValueError("a response is an object, an array or a constant")


def answer(
    shape: Shape,
    package: str,
    homes: Homes,
    values: Mapping[Fact, str],
    instances: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
) -> str:
    """The expression that builds a body.

    Rows are in the variables `row` and `rows`; facts are the expressions in `values`, and texts those in `constants`
    that have a name there; a fact that need not be there and is not in `values` is left out. Where `instances` names an
    object, the variable given there holds it already.
    """
    match shape:
        case Object(name=name) if instances and name in instances:
            return instances[name]
        case Object(grouping=Grouping()):
            return f"{schema(shape, package, homes)}.model_validate(row)"
        case Object(table=str()):
            return row_answer(shape, package, homes, "row")
        case Object(fields=fields):
            shown = [
                field
                for field in fields
                if field.required or not isinstance(field.shape, FactValue) or field.shape.fact in values
            ]
            plain = {field.name for field in shown if _is_of_plain_rows(field.shape)}
            inner = {
                field.attribute: (
                    "rows" if field.name in plain else answer(field.shape, package, homes, values, instances, constants)
                )
                for field in shown
            }
            if plain:  # validated at once, in half the time of one after the other
                items = (f"{literal(attribute)}: {code}" for attribute, code in inner.items())
                return f"{schema(shape, package, homes)}.model_validate({{{', '.join(items)}}})"
            return f"{schema(shape, package, homes)}({', '.join(f'{name}={code}' for name, code in inner.items())})"
        case Array(items=FactValue(fact=fact)):
            return values[fact]
        case Array(items=Object(grouping=None) as row) if is_composed(row):
            return build_code(row, answers_module(row, package, homes), "rows")
        case Array(items=items):
            return f"[{answer(items, package, homes, values, instances, constants)} for row in rows]"
        case Constant(value=str() as text):
            return (constants or {}).get(text) or literal(text)
        case Constant(value=value):
            return literal(value)
        case FactValue(fact=fact):
            return values[fact]
        case ColumnValue(column=column):
            return f"row[{literal(column)}]"
        case Content(column=column):
            return f"Download(row[{literal(column)}], content[{literal(content_name(column))}])"
        case Nested() | Computed():
            raise ValueError("what belongs to a row is built with it")
        case Links() | Children():
            raise ValueError("what is written with a row is in requests alone")
        case Given() | StepRow() | StepValue():
            raise ValueError("what an action brings and gives is written with its steps")


def _is_of_plain_rows(shape: Shape) -> bool:
    """Whether a shape is an array of rows as they are in `rows`."""
    match shape:
        case Array(items=Object(grouping=Grouping())):
            return True
        case Array(items=Object(table=str()) as row):
            return not is_composed(row) and not _constants(row)
    return False


def row_answer(shape: Object, package: str, homes: Homes, row: str) -> str:
    """The expression that builds what is shown of the row in the variable `row`."""
    if is_composed(shape):
        return f"{build_code(shape, answers_module(shape, package, homes), f'[{row}]')}[0]"
    constants = _constants(shape)
    fixed = (f"{literal(name)}: {literal(value)}" for name, value in constants.items())
    values = f"{{**{row}, {', '.join(fixed)}}}" if constants else row
    return f"{schema(shape, package, homes)}.model_validate({values})"


def _constants(shape: Object) -> dict[str, object]:
    """Name of a field of a row that is the same in all rows -> its value."""
    return {field.name: field.shape.value for field in shape.fields if isinstance(field.shape, Constant)}


def answers_module(shape: Object, package: str, homes: Homes) -> str:
    """What leads code of `package` to the `answers.py` that has `shape`: `answers.`."""
    home = homes[shape]
    return "answers." if home == package else f"{home}_answers."
