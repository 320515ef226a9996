"""Views of the generated tests of fields that write rows of other tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bkgen.model.endpoints import Cause, Endpoint
from bkgen.model.service import Service
from bkgen.model.shapes import Children, ColumnValue, Links
from bkgen.render.belonging import Arguments
from bkgen.render.literals import literal
from bkgen.render.nested_writes import holder_of, nested_fields
from bkgen.render.test_bodies import failure
from bkgen.render.test_values import scarce_values, stands_alone, unknown_value
from bkgen.render.valid_bodies import valid_item

EQUAL = "[item, item]"
"""Twice the same item."""


@dataclass(frozen=True, slots=True)
class NestedWriteTest:
    """The tests of one field; all are Python expressions unless said otherwise.

    Attributes:
        name: of the tests, behind the endpoint's and the status: the field's attribute.
        field: its name on the wire.
        lines: lines that make rows of which an item has several columns.
        value: one item of it.
        model: of the rows that it makes; `made` how many of them `items` make.
        items: what is sent: two items, or one where there may be no more; `item` stands for one that comes twice.
        optional: whether it may be absent.
        unknown: an item that no row has, where there has to be one; empty elsewhere.
        repeated: the assertion on the answer to an item that comes twice, where a unique rule forbids that.
    """

    name: str
    field: str
    lines: tuple[str, ...]
    value: str
    model: str
    items: str
    made: int
    optional: bool
    unknown: str
    repeated: str


def nested_write_tests(endpoint: Endpoint, service: Service, known: Arguments) -> Iterator[NestedWriteTest]:
    """`known` is what the row that the endpoint writes has beside the body."""
    for field, shape in nested_fields(endpoint):
        lines, value = valid_item(endpoint, shape, service, known)
        unknown = ""
        if isinstance(shape, Links) and not shape.adds and endpoint.response(Cause.BAD_REFERENCE):
            target = service.table(shape.relation.target)
            unknown = unknown_value(target.column(shape.column), target)
        items = EQUAL if isinstance(shape, Links) else _two(value, shape, service, bool(lines))
        yield NestedWriteTest(
            name=field.attribute.rstrip("_"),
            field=literal(field.name),
            lines=lines,
            value=value,
            model=service.table(holder_of(shape)).class_name,
            items=items,
            made=1 if isinstance(shape, Links) or items == f"[{value}]" else 2,
            optional=not field.required,
            unknown=unknown,
            repeated=_repeated(endpoint, shape, service) if isinstance(shape, Children) else "",
        )


def _repeated(endpoint: Endpoint, shape: Children, service: Service) -> str:
    response = endpoint.response(Cause.TAKEN_BELOW)
    sent = {one.shape.column for one in shape.row.fields if isinstance(one.shape, ColumnValue)}
    same = {*sent, *shape.presets, *(there for _, there in shape.relation.pairs)}
    rules = service.table(shape.relation.target).unique_rules
    if response is None or not any(sent.intersection(rule) and same.issuperset(rule) for rule in rules):
        return ""
    return failure(response, [], service)


def _two(value: str, shape: Children, service: Service, shared: bool) -> str:
    """A list of two items, or of one where unique rules allow no second row with what such an item has.

    `shared` tells that all items have the columns of the same rows, where these are of references of several.
    """
    table = service.table(shape.relation.target)
    sent = {one.shape.column for one in shape.row.fields if isinstance(one.shape, ColumnValue)}
    joint = {name for reference in table.joint for name in reference.columns} if shared else set()

    def differs(name: str) -> bool:
        column = table.column(name)
        if name in joint or len(scarce_values(column, table)) == 1:
            return False
        return column.reference is not None or stands_alone(column, table)

    rules = [rule for rule in table.unique_rules if sent.intersection(rule)]
    if not rules:
        return EQUAL
    differ = all(any(map(differs, sent.intersection(rule))) for rule in rules)
    return f"[{value} for _ in range(2)]" if differ else f"[{value}]"
