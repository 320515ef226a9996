"""Views of the bodies in generated tests: valid ones, bad ones, and ones that contradict what is stored."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.endpoints import Cause, Endpoint, Operation
from bkgen.model.service import Service
from bkgen.model.shapes import ColumnValue, FactValue, Field, Object
from bkgen.model.tables import Column, OnDelete, Table
from bkgen.model.types import Kind
from bkgen.render import samples
from bkgen.render.columns import from_json
from bkgen.render.literals import literal
from bkgen.render.naming import row_word
from bkgen.render.test_values import as_json, sent_value, unknown_value


@dataclass(frozen=True, slots=True)
class Conflict:
    """A body that contradicts rows that are there.

    Attributes:
        name: of the test, behind the endpoint's.
        setup: lines before the call, which may use the valid body `body`.
        changes: what is then changed in that, as an expression; empty for nothing.
        failure: the assertion on the answer's body.
        field: the name that the message must have; None where the contract words it.
    """

    name: str
    setup: tuple[str, ...]
    changes: str
    failure: str
    field: str | None


def column_of(field: Field | None) -> str:
    return field.shape.column if field is not None and isinstance(field.shape, ColumnValue) else ""


def fields_of(endpoint: Endpoint) -> tuple[Field, ...]:
    return endpoint.body.fields if endpoint.body is not None else ()


def envelope_of(endpoint: Endpoint) -> str:
    """The field that the whole body is in, as a literal; empty where there is none."""
    return literal(endpoint.envelope.name) if endpoint.envelope else ""


def failure(body: object) -> str:
    """The assertion that an answer has this body, or for None the service's error shape."""
    return "assert_shape(reply.json, ERROR)" if body is None else f"assert reply.json == {literal(body)}"


def wire(column: Column, row: str) -> str:
    """The value of a column as JSON has it, for a row that a test made."""
    return as_json(column.type, f"{row}[{literal(column.name)}]")


def bad_fields(endpoint: Endpoint) -> list[tuple[str, str]]:
    bad = []
    for field in fields_of(endpoint):
        if isinstance(field.shape, ColumnValue | FactValue):
            type_ = field.shape.type
            if (wrong := samples.invalid(type_)) is not None:
                bad.append((literal(field.name), literal(wrong)))
            if (long := samples.too_long(type_)) is not None:
                bad.append((literal(field.name), long))
            if type_.kind is Kind.STRING and not type_.enum:
                bad.append((literal(field.name), r'"\x00"'))
            if type_.kind is Kind.INTEGER and type_.maximum is not None:
                bad.append((literal(field.name), str(int(type_.maximum) + 1)))
    return bad


def conflicts(endpoint: Endpoint, service: Service, table: Table) -> list[Conflict]:
    """One for each unique value and each reference in the body."""
    found = []
    for field in fields_of(endpoint):
        if not column_of(field):
            continue
        column = table.column(column_of(field))
        if column.unique and column.reference is None:
            value = from_json(column.type, f"body[{literal(field.name)}]")
            taken = f"rows.{row_word(table)}({column.attribute}={value})"
            found.append(_conflict(endpoint, Cause.TAKEN, f"taken_{column.attribute}", (taken,), "", field))
        if column.reference is not None:
            target = service.table(column.reference.table)
            value = unknown_value(target.column(column.reference.column), target)
            changes = f"{{{literal(field.name)}: {value}}}"
            found.append(_conflict(endpoint, Cause.BAD_REFERENCE, f"unknown_{column.attribute}", (), changes, field))
    return [conflict for conflict in found if conflict is not None]


def _conflict(
    endpoint: Endpoint, cause: Cause, name: str, setup: tuple[str, ...], changes: str, field: Field
) -> Conflict | None:
    """The conflict with its answer; None where the endpoint has no such conflict."""
    response = endpoint.response(cause)
    if response is None:
        return None
    told = literal(field.name) if response.literal is None else None
    return Conflict(name, setup, changes, failure(response.literal), told)


def referring(endpoint: Endpoint, service: Service, table: Table, variable: str) -> list[str]:
    """Lines that make a row which keeps the endpoint's row from being deleted."""
    deletes = endpoint.operation in (Operation.DELETE, Operation.DELETE_ME)
    if not deletes or endpoint.response(Cause.REFERRED_TO) is None:
        return []
    for other in service.tables:
        for column in other.columns:
            reference = column.reference
            if reference is None or reference.table != table.name:
                continue
            if reference.on_delete in {OnDelete.RESTRICT, OnDelete.NO_ACTION}:
                value = f"{variable}[{literal(reference.column)}]"
                return [f"rows.{row_word(other)}({column.attribute}={value})"]
    return []


def body_lines(shape_: Object, service: Service) -> list[tuple[str, str]]:
    """(field, valid value) of a body, for the function that makes it."""
    lines = []
    for field in shape_.fields:
        if not isinstance(field.shape, ColumnValue):
            continue
        table = service.table(field.shape.table)
        column = table.column(field.shape.column)
        if column.reference is not None:
            target = service.table(column.reference.table)
            key = target.column(column.reference.column)
            value = wire(key, f"rows.{row_word(target)}()")
        else:
            value = sent_value(column, table, field.shape.type, service)
        lines.append((literal(field.name), value))
    return lines
