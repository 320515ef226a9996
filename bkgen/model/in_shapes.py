"""What is in a shape."""

from __future__ import annotations

from collections.abc import Iterator

from bkgen.model.shapes import Array, Children, ColumnValue, Nested, Object, Shape, StepRow


def objects(shape: Shape | None) -> Iterator[Object]:
    """Every object in a shape, inner ones first."""
    match shape:
        case Object(fields=fields):
            for field in fields:
                yield from objects(field.shape)
            yield shape
        case Array(items=inner) | Nested(row=inner) | StepRow(row=inner) | Children(row=inner):
            yield from objects(inner)
        case _:
            return


def objects_of(*shapes: Shape | None) -> Iterator[Object]:
    """Every object in several shapes."""
    for shape in shapes:
        yield from objects(shape)


def rows_in(shape: Shape | None) -> Iterator[Object]:
    """The objects in a shape that the operation's own row or rows fill: not those within such."""
    match shape:
        case Object(table=str()):
            yield shape
        case Object(fields=fields):
            for field in fields:
                yield from rows_in(field.shape)
        case Array(items=items) | StepRow(row=items):
            yield from rows_in(items)
        case _:
            return


def row_of(shape: Shape | None) -> Object | None:
    """The object in a shape that the operation's row fills, where there is one."""
    return next(rows_in(shape), None)


def loose_columns(shape: Shape | None) -> list[ColumnValue]:
    """The columns that an answer has beside its rows, straight in an envelope."""
    match shape:
        case Object(table=None, fields=fields):
            return [column for field in fields for column in loose_columns(field.shape)]
        case Array(items=items):
            return loose_columns(items)
        case ColumnValue():
            return [shape]
        case _:
            return []
