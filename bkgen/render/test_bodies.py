"""Views of the bodies in generated tests: valid ones, bad ones, and ones that contradict what is stored."""

from __future__ import annotations

from collections.abc import Sequence

from bkgen.model.endpoints import PASSWORD_OPERATIONS, Cause, Endpoint, Operation, Response
from bkgen.model.service import Service
from bkgen.model.shapes import ColumnValue, Fact, FactValue, Field
from bkgen.model.tables import Column, OnDelete, Reference, Table
from bkgen.model.types import Kind
from bkgen.render import samples
from bkgen.render.belonging import made, refers
from bkgen.render.literals import literal
from bkgen.render.passwords import new_password
from bkgen.render.problems import Problem, absent_row, asserted, missing_fields, told
from bkgen.render.test_values import as_json
from bkgen.resolve.statuses import goes_along


def column_of(field: Field | None) -> str:
    return field.shape.column if field is not None and isinstance(field.shape, ColumnValue) else ""


def fields_of(endpoint: Endpoint) -> tuple[Field, ...]:
    return endpoint.body.fields if endpoint.body is not None else ()


def failures(endpoint: Endpoint, service: Service) -> dict[int | str, str]:
    """The assertions on the bodies of failures, by status.

    Where one status has bodies of several words, `missing` is that of fields that are missing, `null` of one that is
    null, `weak` of a password that is easy to guess, `code_needed` and `bad_code` of the second factor,
    `below` of a row that is there, but below another parent.
    """
    responses = [response for response in reversed(endpoint.responses) if response.status >= 400]
    found: dict[int | str, str] = {r.status: failure(r, _tested(r, endpoint, service), service) for r in responses}
    if (invalid := endpoint.response(Cause.INVALID)) is not None:
        null = next((f for f in fields_of(endpoint) if not f.nullable and column_of(f)), None)
        found["missing"] = failure(invalid, missing_fields(endpoint), service)
        found["null"] = failure(invalid, [Problem("null", (null.name,))] if null else [], service)
        chosen = new_password(endpoint)
        worded = chosen is not None and service.errors.message_of("weak") is not None
        found["weak"] = failure(invalid, [Problem("weak", (chosen.name,))] if chosen and worded else [], service)
    for cause in (Cause.CODE_NEEDED, Cause.BAD_CODE):
        if (refused := endpoint.response(cause)) is not None:
            found[cause.value] = failure(refused, [Problem(cause.value)], service)
    if (missing := endpoint.response(Cause.NOT_FOUND)) is not None:
        found["below"] = failure(missing, [absent_row(endpoint, service)], service)
    return found


def failure(response: Response, problems: Sequence[Problem], service: Service) -> str:
    """The assertion on the body of a failure: as the contract has it, or what the backend says of `problems`."""
    return asserted(response.literal or told(problems, response.status, service.errors))


_OF_CREDENTIALS = {
    **dict.fromkeys(PASSWORD_OPERATIONS, "The current password is not right"),
    Operation.OAUTH2_CALLBACK: "The provider does not say who it is",
}
"""What is said of credentials other than a name and a password."""


def _tested(response: Response, endpoint: Endpoint, service: Service) -> list[Problem]:
    """What is wrong where a test makes the endpoint fail; nothing where tests do so in several ways."""
    causes = set(response.causes)
    if Cause.BAD_CREDENTIALS in causes:
        return [Problem(Cause.BAD_CREDENTIALS.value, text=_OF_CREDENTIALS.get(endpoint.operation, ""))]
    if Cause.BAD_REFRESH_TOKEN in causes:
        return [Problem(Cause.BAD_REFRESH_TOKEN.value)]
    single = {Cause.BAD_MAILED_TOKEN, Cause.BAD_STATE, Cause.UNVERIFIED, Cause.SECOND_FACTOR_ON, Cause.BAD_CODE}
    for cause in causes & single:
        return [Problem(cause.value)]
    if Cause.NOT_FOUND in causes:
        return [absent_row(endpoint, service, first=True)]
    if endpoint.operation in (Operation.DELETE, Operation.CLEAR) and Cause.REFERRED_TO in causes:
        return [Problem("referred_to")]
    if endpoint.operation is Operation.OAUTH2_CALLBACK and Cause.TAKEN in causes and service.accounts is not None:
        return [Problem("taken", (service.table(service.accounts.table).column(service.accounts.identity).attribute,))]
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


def wire(column: Column, row: str) -> str:
    """The value of a column as JSON has it, for a row that a test made."""
    return as_json(column.type, f"{row}[{literal(column.name)}]")


_BAD_URLS = ("javascript:alert(1)", "http://127.1/")
"""The second one is bad where hosts have to be public."""


def bad_fields(endpoint: Endpoint) -> list[tuple[str, str]]:
    if endpoint.files:
        return _bad_texts(endpoint)
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
            if type_.kind is Kind.URL:
                bad += [(literal(field.name), literal(url)) for url in _BAD_URLS[: 2 if type_.public else 1]]
            if type_.kind is Kind.INTEGER:
                bad.append((literal(field.name), "1.5"))
            if type_.kind is Kind.INTEGER and type_.maximum is not None:
                bad.append((literal(field.name), str(int(type_.maximum) + 1)))
    return bad


def _bad_texts(endpoint: Endpoint) -> list[tuple[str, str]]:
    """The fields of a form, and texts that cannot stand for their values; what files may be is tested elsewhere."""
    bad = []
    for field in fields_of(endpoint):
        if isinstance(field.shape, ColumnValue) and field.shape.type.kind is not Kind.FILE:
            type_ = field.shape.type
            if (wrong := samples.impossible(type_)) is not None:
                bad.append((literal(field.name), literal(wrong)))
            if (long := samples.too_long(type_)) is not None:
                bad.append((literal(field.name), long))
            if type_.kind is Kind.URL:
                bad += [(literal(field.name), literal(url)) for url in _BAD_URLS[: 2 if type_.public else 1]]
            if type_.kind is Kind.EMAIL:
                bad.append((literal(field.name), literal("no address")))
    return bad


def is_whole(reference: Reference, endpoint: Endpoint, table: Table) -> bool:
    """Whether a row that the endpoint writes has all columns of a reference, of which the body has some."""
    if endpoint.operation not in (Operation.CREATE, Operation.REGISTER):
        return True
    given = {column_of(field) for field in fields_of(endpoint)} | set(endpoint.presets)
    given |= {name for parent in endpoint.parents[-1:] for name in parent.child_columns}
    columns = map(table.column, reference.columns)
    return all(column.name in given or column.required or column.default is not None for column in columns)


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
