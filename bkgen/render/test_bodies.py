"""Views of the bodies in generated tests: valid ones, bad ones, and ones that contradict what is stored."""

from __future__ import annotations

from dataclasses import dataclass

from bkgen.model.endpoints import Cause, Endpoint, Operation, Response
from bkgen.model.service import Service
from bkgen.model.shapes import ColumnValue, Fact, FactValue, Field
from bkgen.model.tables import Column, OnDelete, Reference, Table
from bkgen.model.types import Kind
from bkgen.render import samples
from bkgen.render.belonging import made, refers
from bkgen.render.columns import from_json
from bkgen.render.literals import literal
from bkgen.render.naming import row_word
from bkgen.render.passwords import new_password
from bkgen.render.problems import Problem, absent_row, missing_fields, told
from bkgen.render.test_values import as_json, unknown_value
from bkgen.resolve.statuses import goes_along


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


def failures(endpoint: Endpoint, service: Service) -> dict[int | str, str]:
    """The assertions on the bodies of failures, by status.

    Where one status has bodies of several words, `missing` is that of fields that are missing, `null` of one that is
    null, `weak` of a password that is easy to guess, `below` of a row that is there, but below another parent.
    """
    responses = [response for response in reversed(endpoint.responses) if response.status >= 400]
    found: dict[int | str, str] = {
        r.status: failure(r.literal or told(_tested(r, endpoint, service), r.status, service.errors)) for r in responses
    }
    if (invalid := endpoint.response(Cause.INVALID)) is not None:
        null = next((f for f in fields_of(endpoint) if not f.nullable and column_of(f)), None)
        chosen = new_password(endpoint)
        wrong = {
            "missing": missing_fields(endpoint),
            "null": [Problem("null", (null.name,))] if null else [],
            "weak": [Problem("weak", (chosen.name,))] if chosen else [],
        }
        for name, problems in wrong.items():
            found[name] = failure(invalid.literal or told(problems, invalid.status, service.errors))
    if (missing := endpoint.response(Cause.NOT_FOUND)) is not None:
        found["below"] = failure(missing.literal or told([absent_row(endpoint, service)], 404, service.errors))
    return found


def _tested(response: Response, endpoint: Endpoint, service: Service) -> list[Problem]:
    """What is wrong where a test makes the endpoint fail; nothing where tests do so in several ways."""
    causes = set(response.causes)
    for cause in causes & {Cause.BAD_CREDENTIALS, Cause.BAD_REFRESH_TOKEN, Cause.BAD_MAILED_TOKEN, Cause.UNVERIFIED}:
        return [Problem(cause.value)]
    if Cause.NOT_FOUND in causes:
        return [absent_row(endpoint, service, first=True)]
    if endpoint.operation in (Operation.DELETE, Operation.CLEAR) and Cause.REFERRED_TO in causes:
        return [Problem("referred_to")]
    if endpoint.operation is Operation.REGISTER and Cause.TAKEN in causes:
        return [Problem("taken", (name,)) for name in identity_fields(endpoint, service)]
    return []


def identity_fields(endpoint: Endpoint, service: Service) -> list[str]:
    """The field of a body that names an account, if there is one."""
    column = service.accounts.identity if service.accounts else ""
    return [
        field.name
        for field in fields_of(endpoint)
        if column_of(field) == column or (isinstance(field.shape, FactValue) and field.shape.fact is Fact.IDENTITY)
    ]


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
        if column.unique and column.name not in table.referring:
            value = from_json(column.type, f"body[{literal(field.name)}]")
            taken = f"rows.{row_word(table)}({column.attribute}={value})"
            found.append(_taken(endpoint, service, column, taken, field))
        for reference in table.references:
            if field is _telling(reference, endpoint, table) and is_whole(reference, endpoint, table):
                found.append(_bad_reference(endpoint, service, reference, table, field))
    return [conflict for conflict in found if conflict is not None]


def is_whole(reference: Reference, endpoint: Endpoint, table: Table) -> bool:
    """Whether a row that the endpoint writes has all columns of a reference, of which the body has some."""
    if endpoint.operation not in (Operation.CREATE, Operation.REGISTER):
        return True
    given = {column_of(field) for field in fields_of(endpoint)} | set(endpoint.presets)
    given |= {name for parent in endpoint.parents[-1:] for name in parent.child_columns}
    columns = map(table.column, reference.columns)
    return all(column.name in given or column.required or column.default is not None for column in columns)


def _telling(reference: Reference, endpoint: Endpoint, table: Table) -> Field | None:
    """The field of the body to which a value is written that makes a reference lead nowhere, and best no other one."""
    sent = [field for field in fields_of(endpoint) if column_of(field) in reference.columns]
    others = {name for one in table.references if one is not reference for name in one.columns}
    alone = [field for field in sent if column_of(field) not in others]
    return next(reversed(alone or sent), None)


def _bad_reference(
    endpoint: Endpoint, service: Service, reference: Reference, table: Table, field: Field
) -> Conflict | None:
    """A value that leads nowhere; None where the endpoint has no such conflict."""
    target = service.table(reference.table)
    if (response := endpoint.response(Cause.BAD_REFERENCE)) is None:
        return None
    sent = {column_of(one): one.name for one in fields_of(endpoint)}
    attributes = [table.column(name).attribute for name in reference.columns]
    problems = [
        Problem(Cause.BAD_REFERENCE.value, (sent.get(name, attribute),))
        for name, attribute in zip(reference.columns, attributes, strict=True)
    ]
    value = unknown_value(target.column(dict(reference.pairs)[column_of(field)]), target)
    shared = sum(column_of(field) in one.columns for one in table.references) > 1  # which of them fails, nobody knows
    body = response.literal or (None if shared else told(problems, response.status, service.errors))
    named = literal(field.name) if response.literal is None else None
    name = f"unknown_{'_and_'.join(attributes)}"
    return Conflict(name, (), f"{{{literal(field.name)}: {value}}}", failure(body), named)


def _taken(endpoint: Endpoint, service: Service, column: Column, taken: str, field: Field) -> Conflict | None:
    if (response := endpoint.response(Cause.TAKEN)) is None:
        return None
    named = literal(field.name) if response.literal is None else None
    body = response.literal or told([Problem(Cause.TAKEN.value, (field.name,))], response.status, service.errors)
    return Conflict(f"taken_{column.attribute}", (taken,), "", failure(body), named)


def referring(endpoint: Endpoint, service: Service, table: Table, variable: str) -> list[str]:
    """Lines that make a row which keeps the endpoint's row from being deleted."""
    deletes = endpoint.operation in (Operation.DELETE, Operation.CLEAR, Operation.DELETE_ME)
    if not deletes or endpoint.response(Cause.REFERRED_TO) is None:
        return []
    narrowed = endpoint.where is not None or table.name in service.policies
    whole = endpoint.operation is Operation.CLEAR and not narrowed
    cleared = tuple(name for parent in endpoint.parents[-1:] for name in parent.child_columns) if whole else None
    for other in service.tables:
        for reference in other.references:
            if other is table and goes_along(reference, table, cleared):
                continue
            if reference.table == table.name and reference.on_delete in {OnDelete.RESTRICT, OnDelete.NO_ACTION}:
                return [made(other, refers(other, reference.pairs, variable))]
    return []
