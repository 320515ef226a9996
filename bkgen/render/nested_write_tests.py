"""Views of the generated tests of fields that write rows of other tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bkgen.model.endpoints import Cause, Endpoint
from bkgen.model.service import Service
from bkgen.model.shapes import Links
from bkgen.render.belonging import Arguments
from bkgen.render.literals import literal
from bkgen.render.nested_writes import holder_of, nested_fields
from bkgen.render.test_values import unknown_value
from bkgen.render.valid_bodies import valid_item


@dataclass(frozen=True, slots=True)
class NestedWriteTest:
    """The tests of one field; all are Python expressions unless said otherwise.

    Attributes:
        name: of the tests, behind the endpoint's and the status: the field's attribute.
        field: its name on the wire.
        lines: lines that make rows of which an item has several columns.
        value: one item of it.
        model: of the rows that it makes; `made` how many of them two equal items make.
        optional: whether it may be absent.
        unknown: an item that no row has, where there has to be one; empty elsewhere.
    """

    name: str
    field: str
    lines: tuple[str, ...]
    value: str
    model: str
    made: int
    optional: bool
    unknown: str


def nested_write_tests(endpoint: Endpoint, service: Service, known: Arguments) -> Iterator[NestedWriteTest]:
    """`known` is what the row that the endpoint writes has beside the body."""
    for field, shape in nested_fields(endpoint):
        lines, value = valid_item(endpoint, shape, service, known)
        unknown = ""
        if isinstance(shape, Links) and not shape.adds and endpoint.response(Cause.BAD_REFERENCE):
            target = service.table(shape.relation.target)
            unknown = unknown_value(target.column(shape.column), target)
        yield NestedWriteTest(
            name=field.attribute.rstrip("_"),
            field=literal(field.name),
            lines=lines,
            value=value,
            model=service.table(holder_of(shape)).class_name,
            made=1 if isinstance(shape, Links) else 2,
            optional=not field.required,
            unknown=unknown,
        )
