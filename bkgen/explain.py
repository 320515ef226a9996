"""What bkgen made of the documents, and why: the text of `bkgen explain`."""

from __future__ import annotations

import json
from collections.abc import Iterator

from bkgen.model.endpoints import Cause, Endpoint, Operation, Response
from bkgen.model.service import Service
from bkgen.model.shapes import Array, ColumnValue, Constant, FactValue, Field, Object, Shape
from bkgen.model.tables import Column, Default, Table
from bkgen.model.types import Kind, Type

CAUSES = {
    Cause.TOO_LARGE: "the body is over the limit",
    Cause.RATE_LIMITED: "the rate limit is used up",
    Cause.UNAUTHENTICATED: "no access token, or one that is not valid",
    Cause.BAD_CREDENTIALS: "a wrong name or password",
    Cause.BAD_REFRESH_TOKEN: "a refresh token that is unknown, expired, used or revoked",
    Cause.BAD_PATH: "a path parameter that cannot be of its type",
    Cause.UNSUPPORTED_MEDIA_TYPE: "the body is not JSON by its content type",
    Cause.MALFORMED: "the body is no valid JSON",
    Cause.INVALID: "the body or query is not as the contract says",
    Cause.NOT_FOUND: "no such row, or no such parent row",
    Cause.CONFLICT: "a unique rule or a reference forbids it",
    Cause.UNAVAILABLE: "the database does not answer",
    Cause.INTERNAL: "a mistake in the backend",
    Cause.SUCCESS: "all is well",
}
"""Why an endpoint answers with a status, in words."""

_INDENT = "  "


def explain(service: Service) -> str:
    """Everything that was told or added, endpoint by endpoint and table by table."""
    parts = [*map(_endpoint, service.endpoints), *map(_table, service.tables), _errors(service), _accounts(service)]
    return "\n\n".join(part for part in parts if part) + "\n"


def causes_in_words(response: Response, operation: Operation) -> str:
    """Why an endpoint answers with this status."""
    words = [_cause(cause, operation) for cause in response.causes]
    return "; ".join(dict.fromkeys(words))


def _cause(cause: Cause, operation: Operation) -> str:
    if cause is Cause.BAD_CREDENTIALS and operation is Operation.CHANGE_PASSWORD:
        return "the present password is wrong"
    return CAUSES[cause]


def _endpoint(endpoint: Endpoint) -> str:
    lines = [f"{endpoint.method} {endpoint.path}"]
    on = f" on `{endpoint.table}`" if endpoint.table else ""
    lines.append(f"{_INDENT}does     {endpoint.operation}{on}: {endpoint.rule}")
    if endpoint.declared:
        lines.append(f"{_INDENT}from     {endpoint.span}")
    lines += [f"{_INDENT}{label:<8} {text}" for label, text in _takes(endpoint)]
    lines += [f"{_INDENT}{_status(response, endpoint)}" for response in endpoint.responses]
    return "\n".join(lines)


def _takes(endpoint: Endpoint) -> Iterator[tuple[str, str]]:
    for parameter in endpoint.path_parameters:
        yield "path", f"{{{parameter.name}}} is `{parameter.table}.{parameter.column}`, {type_in_words(parameter.type)}"
    if endpoint.link is not None:
        yield "links", f"in `{endpoint.link.table}`"
    for query in endpoint.query:
        meaning = f"filters by `{query.column}`" if query.column else "chooses the page"
        default = "" if query.default is None else f", {query.default} where absent"
        yield "query", f"`{query.name}` {meaning}: {type_in_words(query.type)}{default}"
    if endpoint.body is not None:
        yield "body", shape_in_words(endpoint.body)
    if endpoint.authenticated:
        yield "auth", "a valid access token"
    if endpoint.rate_limit is not None:
        whom = "user" if endpoint.rate_limit.per_user else "client address"
        limit = endpoint.rate_limit
        yield "limit", f"{limit.requests} requests in {limit.seconds} seconds for each {whom} (`{limit.phrase}`)"


def _status(response: Response, endpoint: Endpoint) -> str:
    if response is endpoint.success or response.status < 400:
        body = shape_in_words(response.body) if response.body is not None else "no body"
        text = body
    else:
        text = causes_in_words(response, endpoint.operation)
        if response.literal is not None:
            text += f": {json.dumps(response.literal, ensure_ascii=False)}"
    added = "" if response.declared or not endpoint.declared else " (added)"
    return f"{response.status:<8} {text}{added}"


def shape_in_words(shape: Shape) -> str:
    """A body on one line: `{title: string, tags?: json}`, `[{id: uuid}]`."""
    match shape:
        case Object(fields=fields):
            return "{" + ", ".join(_field(field) for field in fields) + "}"
        case Array(items=items):
            return f"[{shape_in_words(items)}]"
        case ColumnValue(type=type_) | FactValue(type=type_):
            return type_in_words(type_)
        case Constant(value=value):
            return json.dumps(value, ensure_ascii=False)


def _field(field: Field) -> str:
    null = " or null" if field.nullable else ""
    return f"{field.name}{'' if field.required else '?'}: {shape_in_words(field.shape)}{null}"


def type_in_words(type_: Type) -> str:
    """A type with its limits: `string up to 255`, `decimal(10,2)`, `draft | published`."""
    if type_.enum:
        return " | ".join(type_.enum)
    if type_.kind is Kind.DECIMAL and type_.precision is not None:
        return f"decimal({type_.precision},{type_.scale})"
    words = str(type_.kind)
    if type_.min_length is not None and type_.max_length is not None:
        words += f" of {type_.min_length} to {type_.max_length}"
    elif type_.max_length is not None:
        words += f" up to {type_.max_length}"
    elif type_.min_length is not None:
        words += f" from {type_.min_length}"
    return words


def _table(table: Table) -> str:
    lines = [f"table `{table.name}`" + (f" (added: {table.added})" if table.added else "")]
    lines += [f"{_INDENT}{column.name}: {_column(column)}" for column in table.columns]
    for index in table.indexes:
        rule = "unique together" if index.unique else "index"
        lines.append(f"{_INDENT}{rule}: {', '.join(index.columns)}")
    return "\n".join(lines)


def _column(column: Column) -> str:
    words = [type_in_words(column.type) + (" or null" if column.nullable else "")]
    if column.primary:
        words.append("primary key")
    if column.unique:
        words.append("unique")
    if column.reference is not None:
        reference = column.reference
        words.append(f"refers to {reference.table}.{reference.column} (on delete: {reference.on_delete.lower()})")
    if isinstance(column.default, Default):
        words.append({"uuid": "a new UUID", "now": "the present time", "autoincrement": "a counter"}[column.default])
    elif column.default is not None:
        words.append(f"default {json.dumps(column.default, ensure_ascii=False)}")
    if column.updated:
        words.append("set on every change")
    if column.private:
        words.append("private")
    if column.added:
        words.append(f"added: {column.added}")
    return ", ".join(words)


def _errors(service: Service) -> str:
    body = json.dumps(service.errors.body, ensure_ascii=False)
    return f"errors\n{_INDENT}{body}\n{_INDENT}{service.errors.reason}"


def _accounts(service: Service) -> str:
    accounts = service.accounts
    if accounts is None:
        return ""
    lines = [
        "accounts",
        f"{_INDENT}rows of `{accounts.table}`, which sign in by `{accounts.identity}`; the hash of the password is in "
        f"`{accounts.password_hash}`",
        f"{_INDENT}access tokens are valid for {accounts.access_token_seconds // 60} minutes, in the header "
        f"`Authorization: {accounts.scheme} ...`",
    ]
    if accounts.sessions:
        days = accounts.refresh_token_seconds // 86_400
        lines.append(f"{_INDENT}sessions are kept in `{accounts.sessions}`; refresh tokens are valid for {days} days")
    return "\n".join(lines)
